//! Entries as callers hand them in, and events as they are stored: the event with digests, its contents apart.
//!
//! Contents can be erased and events cannot. Whatever a retention period may apply to is therefore taken out of
//! the event before it is hashed: the output, the reports, the host's answers, and the reasons, which quote them.
//! What the projections need of these stays in the event as numbers and names.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tollgate_model::{
    ContractCheck, Digest, EnforcementMode, Event, EventKind, Reason, ReasonKind, RetainedContent,
    RunEvent,
};

use crate::LedgerError;

/// Enough for the largest subject with its reports and host answers. A whole group of such entries
/// still fits in memory.
const ENTRY_BYTES_MAX: usize = 64 << 20;

/// An event to append, with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerEntry {
    pub event: Event,
    /// Time until which its contents are kept, in milliseconds since 1970. `None` keeps them for ever.
    pub keep_until_ms: Option<u64>,
    /// Contents that are not part of the event itself: a release, a prompt, a gate.
    pub attachments: Vec<Attachment>,
    /// A condition that is checked in the same transaction. If it does not hold, nothing is recorded.
    pub expected: Option<ExpectedState>,
}

/// A content that is appended together with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub kind: AttachmentKind,
    pub bytes: Vec<u8>,
}

/// The condition that a run is still waiting for a review and has not changed since the caller read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedState {
    pub run: Digest,
    /// Number of the event that changed the run last, as the queue reports it.
    pub last_event: u64,
}

/// The kind of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AttachmentKind {
    /// The output as it was judged.
    Subject,
    /// The output with personal data masked.
    MaskedSubject,
    /// The reports, the host's answers and the reasons of a run.
    Details,
    /// A release as canonical JSON.
    Release,
    /// A gate as canonical JSON.
    Gate,
    /// A prompt in its canonical form.
    Prompt,
    /// Anything else, such as the configuration of a contract.
    Other,
}

/// The reference from an event to a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AttachmentRef {
    #[serde(rename = "part")]
    pub kind: AttachmentKind,
    pub digest: Digest,
    /// Time until which the content is kept, in milliseconds since 1970. `None` keeps it for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
}

/// The part of an event that is stored as JSON and hashed. Contents appear in it by digest only.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct EventBody {
    #[serde(rename = "what")]
    pub kind: EventKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<AttachmentRef>,
    #[serde(default, rename = "judged", skip_serializing_if = "Option::is_none")]
    pub reason_summary: Option<ReasonSummary>,
}

/// The facts about a run's reasons that remain after its contents were erased.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ReasonSummary {
    /// Enforced contracts that gave no answer, sorted and without repetition.
    #[serde(rename = "failed")]
    pub failed_contracts: Vec<String>,
    /// Whether reviewers approved the run.
    #[serde(rename = "by-people")]
    pub approved_by_people: bool,
}

/// The content in which a run's checks and reasons are stored.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunDetails {
    pub checks: Vec<ContractCheck>,
    pub reasons: Vec<Reason>,
}

/// An entry after all the work that does not need the database.
pub(crate) struct PreparedEntry {
    pub at_ms: i64,
    pub gate: String,
    pub body_json: String,
    pub body: EventBody,
    /// The bytes of `body.contents`, in the same order.
    pub content_bytes: Vec<Vec<u8>>,
    pub expected: Option<ExpectedState>,
}

impl LedgerEntry {
    /// Creates an entry for an event without attachments, retention or condition.
    pub fn new(event: Event) -> Self {
        Self { event, keep_until_ms: None, attachments: Vec::new(), expected: None }
    }

    pub(crate) fn prepare(self) -> Result<PreparedEntry, LedgerError> {
        let Event { at_ms, gate, mut kind } = self.event;
        let mut parts = Vec::new();
        let reason_summary = match &mut kind {
            EventKind::Run(run) => Some(split_off_contents(run, &mut parts)?),
            _ => None,
        };
        parts.extend(
            self.attachments.into_iter().map(|attachment| (attachment.kind, attachment.bytes)),
        );
        let until_ms = self.keep_until_ms;
        let to_ref = |(kind, bytes): &(AttachmentKind, Vec<u8>)| AttachmentRef {
            kind: *kind,
            digest: Digest::of(bytes),
            until_ms,
        };
        let contents = parts.iter().map(to_ref).collect();
        let body = EventBody { kind, contents, reason_summary };
        let text = to_lossless_json(&body)?;
        let bytes: Vec<_> = parts.into_iter().map(|(_, bytes)| bytes).collect();
        check_size(text.len() + bytes.iter().map(Vec::len).sum::<usize>())?;
        let (at_ms, gate) = (to_sql(at_ms), gate.to_string());
        Ok(PreparedEntry {
            at_ms,
            gate,
            body_json: text,
            body,
            content_bytes: bytes,
            expected: self.expected,
        })
    }
}

/// Serialises a value and checks that it reads back unchanged. An infinite number or an overlong amount
/// would otherwise be in the chain for ever without being readable.
fn to_lossless_json<T: PartialEq + Serialize + DeserializeOwned>(
    value: &T,
) -> Result<String, LedgerError> {
    let text = serde_json::to_string(value)?;
    if serde_json::from_str::<T>(&text)? != *value {
        return Err(LedgerError::LossyNumber);
    }
    Ok(text)
}

fn check_size(bytes: usize) -> Result<(), LedgerError> {
    if bytes > ENTRY_BYTES_MAX {
        return Err(LedgerError::TooLarge { bytes, bytes_max: ENTRY_BYTES_MAX });
    }
    Ok(())
}

/// Moves the contents out of a run and returns what the projections need of its reasons.
fn split_off_contents(
    run: &mut RunEvent,
    parts: &mut Vec<(AttachmentKind, Vec<u8>)>,
) -> Result<ReasonSummary, LedgerError> {
    // The event keeps a placeholder. A reader puts the content back while it exists.
    match std::mem::replace(&mut run.content, RetainedContent::Digest) {
        RetainedContent::Full(subject) => {
            parts.push((AttachmentKind::Subject, serde_json::to_vec(&subject)?))
        }
        RetainedContent::Masked(subject) => {
            parts.push((AttachmentKind::MaskedSubject, serde_json::to_vec(&subject)?))
        }
        RetainedContent::Digest | RetainedContent::Erased => {}
    }
    let judged = summarize_reasons(&run.decision.reasons);
    let checks = std::mem::take(&mut run.checks);
    let reasons = std::mem::take(&mut run.decision.reasons);
    parts.push((
        AttachmentKind::Details,
        to_lossless_json(&RunDetails { checks, reasons })?.into_bytes(),
    ));
    Ok(judged)
}

fn summarize_reasons(reasons: &[Reason]) -> ReasonSummary {
    // Failures of contracts that are not enforced do not count against the gate.
    let failed_contract = |reason: &Reason| match &reason.kind {
        ReasonKind::Failure { contract, mode, .. } if *mode == EnforcementMode::Enforce => {
            Some(contract.clone())
        }
        _ => None,
    };
    let mut failed: Vec<String> = reasons.iter().filter_map(failed_contract).collect();
    failed.sort();
    failed.dedup();
    let by_people = reasons.iter().any(|reason| matches!(reason.kind, ReasonKind::Approved { .. }));
    ReasonSummary { failed_contracts: failed, approved_by_people: by_people }
}

/// Converts a number to what SQLite stores. Anything beyond the range of `i64` is capped: as a time it is
/// further away than any real one.
pub(crate) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Converts a number that SQLite stored. Negative numbers become 0.
pub(crate) fn from_sql(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or_default()
}
