//! The work on an append that does not need the database: taking contents out of events, serialising, digests.
//! It is done on the caller's thread, so that many callers do it in parallel.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tollgate_model::{
    Digest, EnforcementMode, Event, EventKind, FormatVersion, MOMENT_MS_MAX, Reason, ReasonKind,
    RetainedContent, RunEvent,
};

use super::body::{EventBody, ReasonSummary, RunDetails};
use crate::{Append, AppendCondition, AttachmentKind, AttachmentRef, LedgerEntry, LedgerError};

/// Enough for the largest subject with its reports and host answers. A whole group of such entries
/// still fits in memory.
const ENTRY_BYTES_MAX: usize = 64 << 20;

/// The latest time of an event, which databases and RFC 3339 can hold. Anything beyond is further away than any real
/// time.
pub const TIME_MS_MAX: u64 = MOMENT_MS_MAX;

/// An append that only needs to be checked and recorded.
pub struct PreparedAppend {
    pub entries: Vec<PreparedEntry>,
    pub conditions: Vec<AppendCondition>,
}

/// An entry after all the work that does not need the database.
pub struct PreparedEntry {
    /// At most [`TIME_MS_MAX`].
    pub at_ms: u64,
    pub gate: String,
    /// `body` as it is hashed.
    pub body_json: String,
    pub body: EventBody,
    /// The bytes of `body.contents`, in the same order.
    pub content_bytes: Vec<Vec<u8>>,
}

impl Append {
    /// Serialises the entries and computes the digests of their contents.
    pub fn prepare(self) -> Result<PreparedAppend, LedgerError> {
        let entries = self.entries.into_iter().map(prepare_entry).collect::<Result<_, _>>()?;
        Ok(PreparedAppend { entries, conditions: self.conditions })
    }
}

impl PreparedAppend {
    /// Returns the size of the entries with their contents.
    pub fn size_bytes(&self) -> usize {
        self.entries.iter().map(PreparedEntry::size_bytes).sum()
    }
}

impl PreparedEntry {
    /// Returns the contents that the entry erases. `None` if it is not an erasure.
    pub fn erased_contents(&self) -> Option<&[Digest]> {
        match &self.body.event {
            EventKind::Erasure(erasure) => Some(&erasure.contents),
            _ => None,
        }
    }

    fn size_bytes(&self) -> usize {
        self.body_json.len() + self.content_bytes.iter().map(Vec::len).sum::<usize>()
    }
}

fn prepare_entry(entry: LedgerEntry) -> Result<PreparedEntry, LedgerError> {
    let LedgerEntry { event: Event { at_ms, gate, mut kind }, keep_until_ms, attachments } = entry;
    let mut parts = Vec::new();
    let reason_summary = match &mut kind {
        EventKind::Run(run) => Some(split_off_contents(run, &mut parts)?),
        _ => None,
    };
    parts.extend(attachments.into_iter().map(|attachment| (attachment.kind, attachment.bytes)));
    let to_ref = |(kind, bytes): &(AttachmentKind, Vec<u8>)| AttachmentRef {
        kind: *kind,
        digest: Digest::of(bytes),
        until_ms: keep_until_ms.map(|until_ms| until_ms.min(TIME_MS_MAX)),
    };
    let contents = parts.iter().map(to_ref).collect();
    let body = EventBody { format: FormatVersion, event: kind, contents, reason_summary };
    let prepared = PreparedEntry {
        at_ms: at_ms.min(TIME_MS_MAX),
        gate: gate.to_string(),
        body_json: to_lossless_json(&body)?,
        body,
        content_bytes: parts.into_iter().map(|(_, bytes)| bytes).collect(),
    };
    check_size(prepared.size_bytes())?;
    Ok(prepared)
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
    let summary = summarize_reasons(&run.decision.reasons);
    let checks = std::mem::take(&mut run.checks);
    let reasons = std::mem::take(&mut run.decision.reasons);
    let output_id = run.output_id.as_mut().and_then(|id| id.text.take());
    parts.push((
        AttachmentKind::Details,
        to_lossless_json(&RunDetails { checks, reasons, output_id })?.into_bytes(),
    ));
    Ok(summary)
}

fn summarize_reasons(reasons: &[Reason]) -> ReasonSummary {
    // Failures of contracts that are not enforced do not count against the gate.
    let failed_contract = |reason: &Reason| match &reason.kind {
        ReasonKind::Failure { contract, mode, .. } if *mode == EnforcementMode::Enforce => {
            Some(contract.clone())
        }
        _ => None,
    };
    let level_costing = |reason: &Reason| reason.kind.level_costing_contract().map(str::to_owned);
    let by_people = reasons.iter().any(|reason| matches!(reason.kind, ReasonKind::Approved { .. }));
    ReasonSummary {
        failed_contracts: sort_names(reasons.iter().filter_map(failed_contract)),
        level_costing_contracts: sort_names(reasons.iter().filter_map(level_costing)),
        approved_by_people: by_people,
    }
}

/// Returns the names in order and without repetition.
fn sort_names(names: impl Iterator<Item = String>) -> Vec<String> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
