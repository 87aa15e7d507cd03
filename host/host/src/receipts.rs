//! Receipts of runs, assembled from the ledger. Only outputs that went out have one.

use anyhow::{Context, bail};
use tollgate_govern::provenance::Provenance;
use tollgate_ledger::{AttachmentKind, LedgerReader, StoredEvent as Event};
use tollgate_model::{
    Content, ContractCheck, Digest, EventKind, PinnedContract, ReviewAction, ReviewEvent, Ruling,
    RunEvent, Subject, Verdict, format_rfc3339, format_utc,
};
use tollgate_packages::trust::{
    LedgerReference, Receipt, ReceiptContract, ReceiptDecision, ReceiptReviewer,
};

use crate::lookup;

/// A run whose output went out, with what the ledger knows of it.
pub struct AllowedRun {
    event: Event,
    run: RunEvent,
    history: Vec<Event>,
    /// Reviews with their times: of this run, and the edit of the run that it was edited from.
    reviews: Vec<(u64, ReviewEvent)>,
}

impl AllowedRun {
    /// Loads a run from the ledger. Fails if its output did not go out or was taken back.
    pub fn load(view: &dyn LedgerReader, named: &str) -> anyhow::Result<Self> {
        let row = lookup::find_run(view, named)?;
        let history = view.history(row.run)?;
        let (name, decision_event) =
            (lookup::short_digest(&row.run), lookup::latest_decision(&history, row.run));
        let (event, run) = decision_event.with_context(|| {
            format!("no event in the ledger judges run {name}: run `tollgate log verify`")
        })?;
        let decision = &run.decision;
        if decision.ruling != Ruling::Allow {
            let reason = decision.reasons.first().map(|reason| format!(" ({})", reason.kind));
            bail!(
                "run {name} has no receipt: its decision is `{}`{}, and only outputs that went out have receipts",
                decision.ruling,
                reason.unwrap_or_default()
            );
        }
        if let Some(by) = find_retraction(&history, row.run) {
            bail!("run {name} has no receipt: {} took its output back", by);
        }
        let (event, run) = (event.clone(), run.clone());
        let reviews = load_reviews(view, &history, &run)?;
        Ok(Self { event, run, history, reviews })
    }

    /// Returns the provenance of the output.
    pub fn provenance(&self) -> Provenance {
        let mut reviewers = Vec::new();
        for (_, review) in &self.reviews {
            if matches!(review.action, ReviewAction::Approve | ReviewAction::Edit { .. })
                && !reviewers.contains(&review.by)
            {
                reviewers.push(review.by.clone());
            }
        }
        Provenance {
            gate: self.event.event.gate.clone(),
            release: self.run.release,
            run: self.run.run,
            subject: self.run.subject,
            model: self.run.model.clone(),
            reviewers,
        }
    }

    /// Returns the receipt without a signature.
    pub fn receipt(&self, view: &dyn LedgerReader) -> anyhow::Result<Receipt> {
        let name = lookup::short_digest(&self.run.run);
        let release = lookup::load_release(view, self.run.release)?.with_context(|| {
            format!(
                "run {name} cannot have a receipt: its release {} names the contract versions, but the ledger \
                 no longer has it",
                self.run.release
            )
        })?;
        let checks = self.checks();
        let contracts = release.contracts.into_iter().map(|pinned| asked_contract(pinned, checks));
        let reviewers = self.reviews.iter().map(|(at_ms, review)| ReceiptReviewer {
            name: review.by.clone(),
            role: review.role.clone(),
            action: review.action.name().into(),
            at: format_rfc3339(*at_ms),
        });
        let decided = ReceiptDecision {
            ai_assisted: true,
            gate: release.gate,
            gate_digest: release.gate_digest,
            release: self.run.release,
            prompt: release.prompt,
            model: self.run.model.clone(),
            contracts: contracts.collect(),
            ruling: self.run.decision.ruling,
            reviewers: reviewers.collect(),
            decided_at: format_rfc3339(self.event.event.at_ms),
            run: self.run.run,
            event: LedgerReference {
                ledger: tollgate_model::encode_hex(view.id()),
                seq: self.event.seq,
                hash: self.event.hash,
            },
        };
        let RunEvent { subject, output, .. } = self.run;
        Ok(Receipt { subject, output, decision: decided })
    }

    /// Returns the checks of the run, or `None` if they were erased.
    fn checks(&self) -> Option<&[ContractCheck]> {
        let recorded_checks = self.history.iter().rev().find_map(|event| match &event.event.kind {
            EventKind::Run(run) if run.run == self.run.run && !run.checks.is_empty() => {
                Some(run.checks.as_slice())
            }
            _ => None,
        });
        let details = self.event.contents.iter().find(|held| held.kind == AttachmentKind::Details);
        let erased = details.is_some_and(|held| self.event.erased.contains(&held.digest));
        recorded_checks.or(if erased { None } else { Some(&[]) })
    }
}

/// Returns whether a file is the output of a receipt: its bare bytes, a text without any context, or a subject
/// as JSON.
pub fn is_receipt_output(receipt: &Receipt, bytes: &[u8]) -> anyhow::Result<bool> {
    if receipt.output == Some(Digest::of(bytes)) {
        return Ok(true);
    }
    let text = || {
        let text = String::from_utf8(bytes.to_vec()).ok()?;
        Some(Subject::new(Content::Text(text)))
    };
    let written = || serde_json::from_slice::<Subject>(bytes).ok();
    for subject in [text(), written()].into_iter().flatten() {
        if Digest::of(serde_json::to_vec(&subject)?) == receipt.subject {
            return Ok(true);
        }
    }
    Ok(false)
}

fn asked_contract(pinned: PinnedContract, checks: Option<&[ContractCheck]>) -> ReceiptContract {
    let PinnedContract { id: called, name, version, digest, config_digest } = pinned;
    let of_contract = checks.map(|checks| checks.iter().filter(|one| one.contract == called));
    let outcomes =
        of_contract.map(|of_it| of_it.flat_map(|one| &one.verdicts).map(format_outcome).collect());
    ReceiptContract { id: called, name, version, digest, config_digest, outcomes }
}

fn format_outcome(verdict: &tollgate_model::RecordedVerdict) -> String {
    match &verdict.result {
        Verdict::Report(report) => report.outcome.to_string(),
        Verdict::Failure(failure) => failure.kind().into(),
    }
}

fn find_retraction(history: &[Event], run: Digest) -> Option<String> {
    history.iter().find_map(|event| match &event.event.kind {
        EventKind::Rollback(rollback) if rollback.run == Some(run) => {
            Some(format!("{} ({})", rollback.by, format_utc(event.event.at_ms)))
        }
        _ => None,
    })
}

/// Collects the reviews of a run, and the edit of the run that it was edited from.
fn load_reviews(
    view: &dyn LedgerReader,
    history: &[Event],
    run: &RunEvent,
) -> anyhow::Result<Vec<(u64, ReviewEvent)>> {
    let before = run.edited_from.map(|from| view.history(from)).transpose()?.unwrap_or_default();
    let all = before.iter().chain(history);
    let of_run = all.filter_map(|event| match &event.event.kind {
        EventKind::Review(review) if is_review_of(review, run) => {
            Some((event.event.at_ms, review.clone()))
        }
        _ => None,
    });
    Ok(of_run.collect())
}

fn is_review_of(review: &ReviewEvent, run: &RunEvent) -> bool {
    let edited_to_it =
        matches!(review.action, ReviewAction::Edit { edited } if edited == run.subject);
    review.run == run.run || (Some(review.run) == run.edited_from && edited_to_it)
}
