//! The faults that verifying can find.

use std::path::PathBuf;

use tollgate_model::Digest;

use super::HeadFault;

/// A difference between the ledger and what was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerFault {
    /// An event does not match its hash.
    #[error("event {seq} was changed: {field}{}", describe_hashes(hashes))]
    Changed {
        seq: u64,
        field: ChangedField,
        /// The recorded hash and the computed one. `None` if the row is too damaged to compute a hash.
        hashes: Option<(Digest, Digest)>,
    },
    #[error("{}", describe_missing(*from, *to))]
    Missing { from: u64, to: u64 },
    /// An event is not in its place.
    #[error("event {seq} is in the place of event {expected}: it was inserted or moved")]
    Misplaced { seq: u64, expected: u64 },
    /// The ledger ends before an event that a checkpoint has signed.
    #[error("the ledger ends at event {last}, but event {signed} was signed: its end was cut off")]
    Truncated { last: u64, signed: u64 },
    /// The ledger is not the one whose end was recorded.
    #[error(transparent)]
    Head(#[from] HeadFault),
    /// The file of the ledger has another name, by which events may have been recorded that this one does not show.
    #[error(
        "`{}` has another name (a hard link): events that are recorded by one name are lost by the other",
        _0.display()
    )]
    Linked(PathBuf),
    /// A signed event has a different hash.
    #[error(
        "event {signed} has a different hash from the one that was signed: the chain was recomputed \
         somewhere after event {last_sound}"
    )]
    Rewritten {
        signed: u64,
        /// The last signed event whose hash matches. 0 if there is none.
        last_sound: u64,
    },
    /// The export claims to start at the beginning, with a hash that is not this ledger's.
    #[error("the export does not start as this ledger does: its events belong to another ledger")]
    ForeignStart,
    /// No trusted key signed the checkpoint.
    #[error("the checkpoint at event {seq} has no trusted signature by `{key}`")]
    UntrustedCheckpoint { seq: u64, key: String },
    /// The rest of the ledger or export cannot be read.
    #[error("nothing after event {after} can be read: {reason}")]
    Unreadable { after: u64, reason: String },
    /// A content does not exist, and no event says that it was erased.
    #[error("content {digest} of event {seq} is missing, but was not erased")]
    ContentMissing { seq: u64, digest: Digest },
    /// The bytes of a content do not match its digest.
    #[error("content {digest} was changed")]
    ContentChanged { digest: Digest },
    #[error("content {digest} was erased, but still exists")]
    ContentNotErased { digest: Digest },
}

/// The part of an event that does not match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangedField {
    /// Only the hash was changed: the next event was recorded after a different one.
    #[error("its hash is not the one that the next event follows")]
    Hash,
    #[error("its `kind` does not match its body")]
    Kind,
    #[error("its body is not an event any more")]
    Body,
    /// Any other column. A hash does not reveal which.
    #[error("its time, gate or body is not what was recorded")]
    Other,
}

fn describe_missing(from: u64, to: u64) -> String {
    match from == to {
        true => format!("event {from} is missing"),
        false => format!("events {from} to {to} are missing"),
    }
}

/// Describes the recorded and the computed hash.
fn describe_hashes(hashes: &Option<(Digest, Digest)>) -> String {
    let describe = |(recorded, found): &(Digest, Digest)| {
        format!(" (the recorded hash is {recorded}, the computed one is {found})")
    };
    hashes.as_ref().map(describe).unwrap_or_default()
}
