//! What verifying can find, and where.

use tollgate_model::Digest;

/// Something that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An event does not fit its hash.
    #[error("event {seq} was changed: {field}{}", told(hashes))]
    Changed {
        /// Which.
        seq: u64,
        /// What does not fit.
        field: Field,
        /// The hash that it was recorded with, and the one that it has; nothing, where no hash
        /// can be computed of it.
        hashes: Option<(Digest, Digest)>,
    },
    /// Events are not there.
    #[error("events {from} to {to} are missing")]
    Missing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// An event stands where it does not belong.
    #[error("event {seq} stands where event {expected} should: it was inserted or moved")]
    Misplaced {
        /// Which.
        seq: u64,
        /// Which should be there.
        expected: u64,
    },
    /// The end is missing.
    #[error("the ledger ends at event {last}, and event {signed} was signed: its end was cut off")]
    CutOff {
        /// The last that there is.
        last: u64,
        /// The last that was signed.
        signed: u64,
    },
    /// The chain is another one.
    #[error(
        "event {signed} has another hash than was signed: the chain was computed anew, somewhere \
         behind event {sound}"
    )]
    Rewritten {
        /// Which.
        signed: u64,
        /// The last signed one that fits.
        sound: u64,
    },
    /// The beginning is of another ledger.
    #[error("the events do not begin where they say: they are of another ledger")]
    OtherBeginning,
    /// Nobody who is trusted signed it.
    #[error("the checkpoint at event {seq} is not signed by `{key}`, or that key is not trusted")]
    NotSigned {
        /// Which.
        seq: u64,
        /// Whom it names.
        key: String,
    },
    /// It cannot be read.
    #[error("nothing behind event {after} can be read: {reason}")]
    Unreadable {
        /// The last that can.
        after: u64,
        /// Why.
        reason: String,
    },
    /// A content is gone, and no event says that it was erased.
    #[error("content {digest} of event {seq} is missing, and was not erased")]
    ContentMissing {
        /// Whose it was.
        seq: u64,
        /// Which.
        digest: Digest,
    },
    /// A content is another.
    #[error("content {digest} was changed")]
    ContentChanged {
        /// Which it was.
        digest: Digest,
    },
    /// A content that was erased is still there.
    #[error("content {digest} was erased, and is still there")]
    ContentNotErased {
        /// Which.
        digest: Digest,
    },
}

/// What of an event does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Field {
    /// The hash: the event behind it was recorded behind another one.
    #[error("its hash is not the one that the next event was recorded behind")]
    Hash,
    /// The word for what happened.
    #[error("its `kind` is not what its body says")]
    Kind,
    /// The body is no event.
    #[error("its body is no event any more")]
    Body,
    /// A hash does not tell which.
    #[error("its moment, gate or body is not what was recorded")]
    Other,
}

/// What was expected, and what was found.
fn told(hashes: &Option<(Digest, Digest)>) -> String {
    let told = |(recorded, found): &(Digest, Digest)| {
        format!(" (its hash is recorded as {recorded}, and what stands there has {found})")
    };
    hashes.as_ref().map(told).unwrap_or_default()
}
