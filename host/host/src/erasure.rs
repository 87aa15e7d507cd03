//! Erasing contents: those of one run, or all whose retention has ended. Their digests and events stay, so the ledger
//! still verifies. What a reviewer still needs is never erased.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use tollgate_ledger::{
    AttachmentKind, LedgerEntry, LedgerError, LedgerReader, PurgeResult, QueueKind, QueueQuery,
    QueuedRun, StoredEvent,
};
use tollgate_model::{Digest, ErasureEvent, Event, EventKind, GateName, NonBlankString};

use crate::actor::Actor;
use crate::host::Host;
use crate::lookup::short_digest;

/// Maximum number of contents erased by one event, so that the event stays readable.
const CONTENTS_MAX: usize = 1000;

/// The result of erasing contents.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErasureResult {
    /// Number of contents that were erased.
    pub erased: usize,
    /// Number of contents that are kept although their retention has ended, because a run that is held needs them.
    pub needed: usize,
    /// Files that still have bytes of erased contents, also of those erased before, because somebody reads the ledger
    /// as it was. Erasing again after that has ended removes them, even if nothing else is left to erase.
    pub files_in_use: Vec<PathBuf>,
}

/// The reason why contents were not erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErasureError {
    #[error("there is no run {run} in the ledger")]
    UnknownRun { run: Digest },
    #[error("run {} is still held: review it first, then erase it", short_digest(run))]
    Held { run: Digest },
    #[error(
        "run {} has the same output and is still held: review it first, then erase both",
        short_digest(run)
    )]
    SharedWithHeld { run: Digest },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Contents to erase, by the gate that their erasure event is recorded for.
type ContentsByGate = BTreeMap<GateName, Vec<Digest>>;

impl Host {
    /// Erases the output and the details of a run. Fails if it is still held, or another run with the same output is.
    pub async fn erase_run(
        &self,
        run: Digest,
        actor: &Actor,
        reason: &NonBlankString,
    ) -> Result<ErasureResult, ErasureError> {
        let contents = self.shared.read(|reader| contents_of_run(reader, run))?;
        self.erase(contents, 0, actor, reason).await
    }

    /// Erases all contents whose retention has ended, except those that a run needs which is still held.
    pub async fn erase_expired(
        &self,
        actor: &Actor,
        reason: &NonBlankString,
    ) -> Result<ErasureResult, ErasureError> {
        let now_ms = self.shared.clock.now_ms();
        let (contents, needed) = self.shared.read(|reader| expired_contents(reader, now_ms))?;
        self.erase(contents, needed, actor, reason).await
    }

    async fn erase(
        &self,
        contents: ContentsByGate,
        needed: usize,
        actor: &Actor,
        reason: &NonBlankString,
    ) -> Result<ErasureResult, ErasureError> {
        let ledger = self.shared.ledger()?;
        let at_ms = self.shared.clock.now_ms();
        let mut erased = 0;
        for (gate, digests) in contents {
            for contents in digests.chunks(CONTENTS_MAX) {
                let (by, reason) = (actor.person.clone().into(), reason.clone());
                let kind =
                    EventKind::Erasure(ErasureEvent { contents: contents.to_vec(), by, reason });
                let event = Event { at_ms, gate: gate.clone(), kind };
                ledger.append(LedgerEntry::new(event).into()).await?;
                erased += contents.len();
            }
        }
        let files_in_use = match ledger.purge_erased().await? {
            PurgeResult::InUse { files } => files,
            PurgeResult::Purged => Vec::new(),
        };
        Ok(ErasureResult { erased, needed, files_in_use })
    }
}

/// Returns the output and details of a run that are still stored.
fn contents_of_run(view: &dyn LedgerReader, run: Digest) -> Result<ContentsByGate, ErasureError> {
    let row = view.run(run)?.ok_or(ErasureError::UnknownRun { run })?;
    let contents = erasable_contents(&judging_events(view, run)?);
    for held in held_runs(view)? {
        let of_held = erasable_contents(&judging_events(view, held.run)?);
        if held.run == run {
            return Err(ErasureError::Held { run });
        }
        if !of_held.is_disjoint(&contents) {
            return Err(ErasureError::SharedWithHeld { run: held.run });
        }
    }
    let mut stored = Vec::new();
    for digest in contents {
        if view.content(digest)?.is_some() {
            stored.push(digest);
        }
    }
    Ok(BTreeMap::from([(row.gate, stored)]))
}

/// Returns all contents whose retention has ended, and the number of those that a held run still needs.
fn expired_contents(
    view: &dyn LedgerReader,
    now_ms: u64,
) -> Result<(ContentsByGate, usize), LedgerError> {
    let mut needed = BTreeSet::new();
    for held in held_runs(view)? {
        needed.extend(judging_events(view, held.run)?.iter().flat_map(content_digests));
    }
    let (mut to_erase, mut skipped) = (ContentsByGate::new(), 0);
    for (digest, gate) in view.expired_contents(now_ms, u32::MAX)? {
        if needed.contains(&digest) {
            skipped += 1;
        } else {
            to_erase.entry(gate).or_default().push(digest);
        }
    }
    Ok((to_erase, skipped))
}

/// Returns the events in which the run itself was judged, without those of runs edited from it.
fn judging_events(view: &dyn LedgerReader, run: Digest) -> Result<Vec<StoredEvent>, LedgerError> {
    let mut history = view.history(run)?;
    history
        .retain(|event| matches!(&event.event.kind, EventKind::Run(judged) if judged.run == run));
    Ok(history)
}

fn erasable_contents(events: &[StoredEvent]) -> BTreeSet<Digest> {
    let attachments = events.iter().flat_map(|event| &event.contents);
    let erasable = attachments.filter(|attachment| is_erasable(attachment.kind));
    erasable.map(|attachment| attachment.digest).collect()
}

/// Returns whether the attachment is an output, or holds the details: reports, host answers and reasons.
fn is_erasable(kind: AttachmentKind) -> bool {
    use AttachmentKind::{Details, MaskedSubject, Subject};
    matches!(kind, Subject | MaskedSubject | Details)
}

fn content_digests(event: &StoredEvent) -> impl Iterator<Item = Digest> + '_ {
    event.contents.iter().map(|attachment| attachment.digest)
}

/// Returns all runs that wait for a review.
fn held_runs(view: &dyn LedgerReader) -> Result<Vec<QueuedRun>, LedgerError> {
    let kind = QueueKind::Review;
    view.queue(&QueueQuery { gate: None, kind, after: 0, limit: u32::MAX })
}

#[cfg(test)]
mod tests;
