//! What is handed in, and how it is stored: the event with digests, its contents apart.
//!
//! Contents can be erased and events cannot, so whatever a retention could apply to leaves the
//! event before it is hashed: the output, what contracts and the host said, and the reasons, which
//! quote them. What the projections need of them stays in the event as numbers and names.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tollgate_model::{Cause, Checked, Digest, Event, Kept, Mode, Reason, RunEvent, What};

use crate::Error;

/// The largest subject, its reports and their host answers, with room; a group of these still
/// fits in memory.
const ENTRY_BYTES_MAX: usize = 64 << 20;

/// Something to record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// Until when its contents are kept; without an end, where nothing is said.
    pub keep_until_ms: Option<u64>,
    /// What belongs to it and is not part of the event: a release, a prompt, a record.
    pub enclosed: Vec<Enclosed>,
    /// What it takes to be true; otherwise nothing is recorded.
    pub expect: Option<Expect>,
}

/// A content that the event itself has no place for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosed {
    /// What it is.
    pub part: Part,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// That a run waits for a review, and nothing has come of it since the caller looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expect {
    /// Which run.
    pub run: Digest,
    /// The event that changed it last: [`crate::Waiting::state`].
    pub state: u64,
}

/// What a content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The output, as it was.
    Subject,
    /// The output without what a contract found to be personal.
    MaskedSubject,
    /// What contracts and the host said, and the reasons.
    Details,
    /// A release, as canonical JSON.
    Release,
    /// The record of a gate.
    Gate,
    /// A prompt.
    Prompt,
    /// Something else.
    Other,
}

/// A content that an event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Held {
    /// What it is.
    pub part: Part,
    /// What identifies it.
    pub digest: Digest,
    /// Until when it is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
}

/// An event without its contents: the body that is stored and hashed.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Body {
    pub what: What,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<Held>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
}

/// What stays of the reasons of a run when its contents are erased.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Judged {
    /// The contracts that gave no answer, and should have.
    pub failed: Vec<String>,
    /// Whether people approved it.
    pub by_people: bool,
}

/// The content that a run's checks and reasons become.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Details {
    pub checks: Vec<Checked>,
    pub reasons: Vec<Reason>,
}

/// An entry, ready to be written: everything that does not need the database is done.
pub(crate) struct Prepared {
    pub at_ms: i64,
    pub gate: String,
    pub text: String,
    pub body: Body,
    /// The bytes of `body.contents`, in the same order.
    pub bytes: Vec<Vec<u8>>,
    pub expect: Option<Expect>,
}

impl Entry {
    /// An event, and nothing else.
    pub fn of(event: Event) -> Self {
        Self { event, keep_until_ms: None, enclosed: Vec::new(), expect: None }
    }

    pub(crate) fn prepare(self) -> Result<Prepared, Error> {
        let Event { at_ms, gate, mut what } = self.event;
        let mut parts = Vec::new();
        let judged = match &mut what {
            What::Run(run) => Some(take_out(run, &mut parts)?),
            _ => None,
        };
        parts.extend(self.enclosed.into_iter().map(|one| (one.part, one.bytes)));
        let until_ms = self.keep_until_ms;
        let held = |(part, bytes): &(Part, Vec<u8>)| Held {
            part: *part,
            digest: Digest::of(bytes),
            until_ms,
        };
        let contents = parts.iter().map(held).collect();
        let body = Body { what, contents, judged };
        let text = written(&body)?;
        let bytes: Vec<_> = parts.into_iter().map(|(_, bytes)| bytes).collect();
        within_bounds(text.len() + bytes.iter().map(Vec::len).sum::<usize>())?;
        let (at_ms, gate) = (stored(at_ms), gate.to_string());
        Ok(Prepared { at_ms, gate, text, body, bytes, expect: self.expect })
    }
}

/// As JSON that reads back as what it was. Else an amount beyond all bounds, or a number that is
/// none, would be in the chain for ever, and nobody could read it.
fn written<T: PartialEq + Serialize + DeserializeOwned>(value: &T) -> Result<String, Error> {
    let text = serde_json::to_string(value)?;
    if serde_json::from_str::<T>(&text)? != *value {
        return Err(Error::ReadsOtherwise);
    }
    Ok(text)
}

fn within_bounds(bytes: usize) -> Result<(), Error> {
    if bytes > ENTRY_BYTES_MAX {
        return Err(Error::TooLarge { bytes, bytes_max: ENTRY_BYTES_MAX });
    }
    Ok(())
}

/// Takes the contents out of a run.
fn take_out(run: &mut RunEvent, parts: &mut Vec<(Part, Vec<u8>)>) -> Result<Judged, Error> {
    match std::mem::replace(&mut run.content, Kept::Digest) {
        Kept::Full(subject) => parts.push((Part::Subject, serde_json::to_vec(&subject)?)),
        Kept::Masked(subject) => parts.push((Part::MaskedSubject, serde_json::to_vec(&subject)?)),
        Kept::Digest | Kept::Erased => {}
    }
    let judged = judged(&run.decision.reasons);
    let checks = std::mem::take(&mut run.checks);
    let reasons = std::mem::take(&mut run.decision.reasons);
    parts.push((Part::Details, written(&Details { checks, reasons })?.into_bytes()));
    Ok(judged)
}

fn judged(reasons: &[Reason]) -> Judged {
    let failed = |reason: &Reason| match &reason.cause {
        Cause::Failure { contract, mode, .. } if *mode == Mode::Enforce => Some(contract.clone()),
        _ => None,
    };
    let mut failed: Vec<String> = reasons.iter().filter_map(failed).collect();
    failed.sort();
    failed.dedup();
    let by_people = reasons.iter().any(|reason| matches!(reason.cause, Cause::Approved { .. }));
    Judged { failed, by_people }
}

/// A number as the database keeps it. What does not fit is further away than any moment.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as the database has kept it.
pub(crate) fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
