//! Receipts of runs, assembled from the ledger. Only outputs that went out have one.

use tollgate_govern::answers::is_review_of;
use tollgate_govern::provenance::Provenance;
use tollgate_ledger::{AttachmentKind, LedgerError, LedgerReader, StoredEvent as Event};
use tollgate_model::{
    Content, ContractCheck, Decision, Digest, EventKind, PinnedContract, ReasonKind, ReviewAction,
    ReviewEvent, Revocation, Ruling, RunEvent, Subject, Verdict, format_rfc3339, format_utc,
};
use tollgate_packages::trust::{
    LedgerReference, Receipt, ReceiptContract, ReceiptDecision, ReceiptReviewer,
};

use crate::gate::judging::subject_digest;
use crate::gate::{OutputDigestError, ReleaseReadError};
use crate::host::Host;
use crate::lookup::{self, RunLookupError, short_digest};

/// The reason why a run has no receipt.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    #[error(transparent)]
    Run(#[from] RunLookupError),
    #[error(
        "run {} has no receipt: its decision is `{ruling}`{}, and only outputs that went out have receipts",
        short_digest(run), describe_reason(.reason.as_deref())
    )]
    NotAllowed {
        run: Digest,
        ruling: Ruling,
        /// The first reason of the decision.
        reason: Option<Box<ReasonKind>>,
    },
    #[error("run {} has no receipt: {revocation} ({})", short_digest(run), format_utc(revocation.at_ms))]
    Revoked { run: Digest, revocation: Box<Revocation> },
    #[error("no event in the ledger judges run {}", short_digest(run))]
    NotJudged { run: Digest },
    #[error(
        "run {} cannot have a receipt: its release {release} names the contract versions, but the ledger no longer \
         has it",
        short_digest(run)
    )]
    ReleaseMissing { run: Digest, release: Digest },
    #[error(transparent)]
    Release(#[from] ReleaseReadError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A run whose output went out, with what the ledger knows of it.
pub struct AllowedRun {
    event: Event,
    run: RunEvent,
    history: Vec<Event>,
    /// Reviews with their times: of this run, and the edit of the run that it was edited from.
    reviews: Vec<(u64, ReviewEvent)>,
}

impl Host {
    /// Returns the receipt of a run without a signature. It blocks while it reads.
    pub fn receipt(&self, run: Digest) -> Result<Receipt, ReceiptError> {
        self.shared.read(|view| AllowedRun::load(view, &run.to_string())?.receipt(view))
    }
}

impl AllowedRun {
    /// Loads a run from the ledger. Fails if its output did not go out, or if the decision was taken back: by a
    /// retraction, a rejected audit or an incident that names the run. Fails for a ledger that lost its end or was
    /// replaced, because it cannot tell what was taken back.
    ///
    /// ```no_run
    /// # use tollgate::{ledger::Ledger, receipts::AllowedRun};
    /// # fn example(ledger: &dyn Ledger, run: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let reader = ledger.open_reader()?;
    /// let receipt = AllowedRun::load(&*reader, run)?.receipt(&*reader)?;
    /// println!("{} went out by a decision of {}", receipt.subject, receipt.decision.gate);
    /// # Ok(()) }
    /// ```
    pub fn load(view: &dyn LedgerReader, named: &str) -> Result<Self, ReceiptError> {
        view.require_recorded_head()?;
        let name = lookup::find_run(view, named)?.run;
        let history = view.history(name)?;
        let (event, run) =
            lookup::latest_decision(&history, name).ok_or(ReceiptError::NotJudged { run: name })?;
        let Decision { ruling, reasons, .. } = &run.decision;
        if *ruling != Ruling::Allow {
            let reason = reasons.first().map(|reason| Box::new(reason.kind.clone()));
            return Err(ReceiptError::NotAllowed { run: name, ruling: *ruling, reason });
        }
        if let Some(revocation) = lookup::find_revocation(&history, name) {
            return Err(ReceiptError::Revoked { run: name, revocation: Box::new(revocation) });
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
    pub fn receipt(&self, view: &dyn LedgerReader) -> Result<Receipt, ReceiptError> {
        let RunEvent { run, release, .. } = self.run;
        let missing = ReceiptError::ReleaseMissing { run, release };
        let release = lookup::load_release(view, release)?.ok_or(missing)?;
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
pub fn is_receipt_output(receipt: &Receipt, bytes: &[u8]) -> Result<bool, OutputDigestError> {
    if receipt.output == Some(Digest::of(bytes)) {
        return Ok(true);
    }
    let text = || {
        let text = String::from_utf8(bytes.to_vec()).ok()?;
        Some(Subject::new(Content::Text(text)))
    };
    let written = || serde_json::from_slice::<Subject>(bytes).ok();
    for subject in [text(), written()].into_iter().flatten() {
        if subject_digest(&subject)? == receipt.subject {
            return Ok(true);
        }
    }
    Ok(false)
}

fn asked_contract(pinned: PinnedContract, checks: Option<&[ContractCheck]>) -> ReceiptContract {
    let PinnedContract { id: called, name, version, digest, config_digest, .. } = pinned;
    let of_contract = checks.map(|checks| checks.iter().filter(|one| one.contract == called));
    let outcomes = of_contract.map(|of_it| of_it.flat_map(check_outcomes).collect());
    ReceiptContract { id: called, name, version, digest, config_digest, outcomes }
}

/// Returns the outcomes of a check. A part that was not judged has none of a contract.
fn check_outcomes(check: &ContractCheck) -> Vec<String> {
    match check.part.as_ref().and_then(|part| part.problem) {
        Some(_) => vec!["part-not-judged".into()],
        None => check.verdicts.iter().map(format_outcome).collect(),
    }
}

fn format_outcome(verdict: &tollgate_model::RecordedVerdict) -> String {
    match &verdict.result {
        Verdict::Report(report) => report.outcome.to_string(),
        Verdict::Failure(failure) => failure.kind().into(),
    }
}

fn describe_reason(reason: Option<&ReasonKind>) -> String {
    reason.map(|reason| format!(" ({reason})")).unwrap_or_default()
}

/// Collects the reviews of a run, and the edit of the run that it was edited from.
fn load_reviews(
    view: &dyn LedgerReader,
    history: &[Event],
    run: &RunEvent,
) -> Result<Vec<(u64, ReviewEvent)>, LedgerError> {
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
