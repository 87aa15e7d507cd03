//! Receipts of runs: put together from what the ledger has, and only for what went out.

use anyhow::{Context, bail};
use tollgate_govern::provenance::Provenance;
use tollgate_ledger::{Part, Recorded as Event, View};
use tollgate_library::trust::{Asked, Decided, Receipt, RecordedAs, Reviewer};
use tollgate_model::{
    Act, Checked, Content, Digest, PinnedContract, ReviewEvent, Ruling, RunEvent, Subject, What,
};

use crate::{moments, recorded};

/// A run that went out, with everything that is known of it.
pub(crate) struct Allowed {
    event: Event,
    run: RunEvent,
    history: Vec<Event>,
    /// The reviews of this output: of the run, or of the one that it was edited from.
    reviews: Vec<(u64, ReviewEvent)>,
}

impl Allowed {
    /// The run of this name, if its output went out and stayed out.
    pub(crate) fn of(view: &View, named: &str) -> anyhow::Result<Self> {
        let row = recorded::run_named(view, named)?;
        let history = view.history(row.run)?;
        let (name, found) = (recorded::short(&row.run), recorded::decided(&history, row.run));
        let (event, run) = found.with_context(|| {
            format!("no event of the ledger judged run {name}: `tollgate log verify` says more")
        })?;
        let decision = &run.decision;
        if decision.ruling != Ruling::Allow {
            let reason = decision.reasons.first().map(|reason| format!(" ({})", reason.cause));
            bail!(
                "run {name} has no receipt: its decision is `{}`{}, and receipts are of outputs that went out",
                decision.ruling,
                crate::console::harmless(&reason.unwrap_or_default())
            );
        }
        if let Some(by) = taken_back(&history, row.run) {
            bail!("run {name} has no receipt: {} took its output back", by);
        }
        let (event, run) = (event.clone(), run.clone());
        let reviews = reviews(view, &history, &run)?;
        Ok(Self { event, run, history, reviews })
    }

    /// What stands behind the output.
    pub(crate) fn provenance(&self) -> Provenance {
        let mut reviewers = Vec::new();
        for (_, review) in &self.reviews {
            if matches!(review.act, Act::Approve | Act::Edit { .. })
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

    /// The receipt, to be signed.
    pub(crate) fn receipt(&self, view: &View) -> anyhow::Result<Receipt> {
        let name = recorded::short(&self.run.run);
        let release = recorded::release(view, self.run.release)?.with_context(|| {
            format!(
                "run {name} can have no receipt: its release {} is not in the ledger any more, and it \
                 says which versions judged",
                self.run.release
            )
        })?;
        let checks = self.checks();
        let contracts = release.contracts.into_iter().map(|pinned| asked(pinned, checks));
        let reviewers = self.reviews.iter().map(|(at_ms, review)| Reviewer {
            name: review.by.clone(),
            role: review.role.clone(),
            act: review.act.word().into(),
            at: moments::rfc3339(*at_ms),
        });
        let decided = Decided {
            ai_assisted: true,
            gate: release.gate,
            gate_digest: release.gate_digest,
            release: self.run.release,
            prompt: release.prompt,
            model: self.run.model.clone(),
            contracts: contracts.collect(),
            ruling: self.run.decision.ruling,
            reviewers: reviewers.collect(),
            decided_at: moments::rfc3339(self.event.event.at_ms),
            run: self.run.run,
            event: RecordedAs {
                ledger: tollgate_model::hex(view.id()),
                seq: self.event.seq,
                hash: self.event.hash,
            },
        };
        let RunEvent { subject, output, .. } = self.run;
        Ok(Receipt { subject, output, decided })
    }

    /// What the contracts said; nothing, where that was erased.
    fn checks(&self) -> Option<&[Checked]> {
        let said = self.history.iter().rev().find_map(|event| match &event.event.what {
            What::Run(run) if run.run == self.run.run && !run.checks.is_empty() => {
                Some(run.checks.as_slice())
            }
            _ => None,
        });
        let details = self.event.contents.iter().find(|held| held.part == Part::Details);
        let erased = details.is_some_and(|held| self.event.erased.contains(&held.digest));
        said.or(if erased { None } else { Some(&[]) })
    }
}

/// Whether somebody's file is the output of a receipt: its bare bytes, a text of which nothing else
/// was known, or a subject as it is written in a file.
pub(crate) fn is_output(receipt: &Receipt, bytes: &[u8]) -> anyhow::Result<bool> {
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

fn asked(pinned: PinnedContract, checks: Option<&[Checked]>) -> Asked {
    let PinnedContract { called, name, version, digest, config_digest } = pinned;
    let of_it = checks.map(|checks| checks.iter().filter(|one| one.contract == called));
    let outcomes = of_it.map(|of_it| of_it.flat_map(|one| &one.verdicts).map(outcome).collect());
    Asked { called, name, version, digest, config_digest, outcomes }
}

fn outcome(verdict: &tollgate_model::Verdict) -> String {
    match &verdict.said {
        Ok(report) => report.outcome.to_string(),
        Err(failure) => failure.kind().into(),
    }
}

fn taken_back(history: &[Event], run: Digest) -> Option<String> {
    history.iter().find_map(|event| match &event.event.what {
        What::Rollback(rollback) if rollback.run == Some(run) => {
            Some(format!("{} ({})", rollback.by, moments::shown(event.event.at_ms)))
        }
        _ => None,
    })
}

/// Who looked at it: at this run, or at the one that they edited to it.
fn reviews(
    view: &View,
    history: &[Event],
    run: &RunEvent,
) -> anyhow::Result<Vec<(u64, ReviewEvent)>> {
    let before = run.edited_from.map(|from| view.history(from)).transpose()?.unwrap_or_default();
    let all = before.iter().chain(history);
    let of_it = all.filter_map(|event| match &event.event.what {
        What::Review(review) if is_of(review, run) => Some((event.event.at_ms, review.clone())),
        _ => None,
    });
    Ok(of_it.collect())
}

fn is_of(review: &ReviewEvent, run: &RunEvent) -> bool {
    let edited_to_it = matches!(review.act, Act::Edit { edited } if edited == run.subject);
    review.run == run.run || (Some(review.run) == run.edited_from && edited_to_it)
}
