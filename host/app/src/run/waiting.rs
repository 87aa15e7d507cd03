//! A run that waits for somebody, with everything that a review of it depends on.

use anyhow::Context;
use tollgate_govern::review::HeldRun;
use tollgate_ledger::{Expect, Part, Recorded as Event, View, Waiting, WaitingFor};
use tollgate_model::{Act, Digest, Kept, Person, RunEvent, Subject, What};

use super::reviewing::Against;
use crate::recorded::{decided, run_named, short};

/// How often what was edited can have been edited before: nobody does more, and a ledger that says so
/// is damaged.
const EDITS_MAX: usize = 64;

/// A run in the queue, or one that was.
pub(crate) struct Open {
    pub(crate) row: Waiting,
    /// How it was decided the last time.
    pub(crate) run: RunEvent,
    /// Everything that happened to it, the oldest first.
    pub(crate) history: Vec<Event>,
    /// Who wrote what is reviewed: who asked for it, and whoever edited it.
    pub(crate) authors: Vec<Person>,
    /// When the output was paid for: edited, it is not paid again.
    pub(super) paid_ms: u64,
    /// The event in which it was decided the last time.
    decided_in: u64,
    /// That nobody knows any more what was said of it.
    pub(crate) details_gone: bool,
}

/// An output, as far as it is known.
pub(crate) enum Output {
    /// To the byte.
    Full(Subject),
    /// Without what is personal.
    Masked(Subject),
}

impl Open {
    /// The run that a person means.
    pub(crate) fn named(view: &View, named: &str) -> anyhow::Result<Self> {
        let found = run_named(view, named)?;
        let waiting = view.waiting(found.run)?.with_context(|| {
            let (name, ruling) = (short(&found.run), found.ruling);
            format!("run {name} was decided `{ruling}` at once: it never waited for a review")
        })?;
        Self::of(view, waiting)
    }

    /// All that is known of a run in the queue.
    pub(crate) fn of(view: &View, row: Waiting) -> anyhow::Result<Self> {
        let history = view.history(row.run)?;
        let (event, run) = decided(&history, row.run).with_context(|| {
            format!("no event judged run {}: `tollgate log verify` says more", short(&row.run))
        })?;
        let (decided_in, run) = (event.seq, run.clone());
        let is_details = |digest| {
            event.contents.iter().any(|held| held.digest == digest && held.part == Part::Details)
        };
        let details_gone = event.erased.iter().any(|digest| is_details(*digest));
        let (editors, paid_ms) = editors(view, &run, &history)?;
        let authors = run.author.iter().cloned().chain(editors).collect();
        Ok(Self { row, run, history, authors, paid_ms, decided_in, details_gone })
    }

    /// As the rules of reviews take it.
    pub(crate) fn held(&self) -> HeldRun {
        HeldRun {
            subject: self.run.subject,
            decision: self.run.decision.clone(),
            authors: self.authors.clone(),
            held_at_ms: self.row.since_ms,
            claim: self.row.claim.clone(),
            approved_by: self.approved_by(),
            escalated: self.row.escalated,
        }
    }

    /// Who approved it as it was decided the last time. What was approved before that was judged
    /// otherwise.
    pub(crate) fn approved_by(&self) -> Vec<Person> {
        let since = self.history.iter().filter(|event| event.seq > self.decided_in);
        let approvals = since.filter_map(|event| match &event.event.what {
            What::Review(review) if matches!(review.act, Act::Approve) => Some(review.by.clone()),
            _ => None,
        });
        approvals.collect()
    }

    /// That nothing has come of it since it was looked at.
    pub(crate) fn expect(&self) -> Expect {
        Expect { run: self.row.run, state: self.row.state }
    }

    /// Whether the output has gone out, and is looked at afterwards.
    pub(crate) fn is_audit(&self) -> bool {
        self.row.waiting_for == WaitingFor::Audit
    }

    /// The output: as somebody has it, or as it was kept.
    pub(crate) fn output(&self, given: Option<Subject>) -> anyhow::Result<Result<Output, Against>> {
        if let Some(subject) = given {
            let digest = Digest::of(serde_json::to_vec(&subject)?);
            let wanted = self.run.subject;
            let is_it = digest == wanted;
            return Ok(if is_it {
                Ok(Output::Full(subject))
            } else {
                Err(Against::OtherSubject { given: digest, wanted })
            });
        }
        Ok(match &self.run.content {
            Kept::Full(subject) => Ok(Output::Full((**subject).clone())),
            Kept::Masked(subject) => Ok(Output::Masked((**subject).clone())),
            Kept::Digest | Kept::Erased => Err(Against::NotKept),
        })
    }
}

impl Output {
    /// As far as it is known.
    pub(super) fn subject(self) -> Subject {
        match self {
            Self::Full(subject) | Self::Masked(subject) => subject,
        }
    }
}

/// Whoever edited an output to what it is, and when the first of them all came.
fn editors(view: &View, run: &RunEvent, history: &[Event]) -> anyhow::Result<(Vec<Person>, u64)> {
    let began = |history: &[Event]| history.first().map_or(0, |event| event.event.at_ms);
    let (mut editors, mut paid_ms) = (Vec::new(), began(history));
    let mut next = run.edited_from;
    for _ in 0..EDITS_MAX {
        let Some(from) = next.take() else { break };
        let history = view.history(from)?;
        paid_ms = began(&history);
        for event in &history {
            match &event.event.what {
                What::Review(review) if matches!(review.act, Act::Edit { .. }) => {
                    editors.push(review.by.clone());
                }
                What::Run(judged) if judged.run == from => next = judged.edited_from,
                _ => {}
            }
        }
    }
    Ok((editors, paid_ms))
}
