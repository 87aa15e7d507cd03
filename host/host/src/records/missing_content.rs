//! Why a content is no longer stored: it was erased, or it is missing. An absent content is never taken for an empty one.

use tollgate_ledger::{AttachmentKind, LedgerError, LedgerReader, StoredEvent};
use tollgate_model::{EventKind, NonBlankString};

use crate::lookup;

/// The reason why a content is no longer stored.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingContent {
    /// No event records its erasure, so something else removed it.
    Unexplained,
    Erased {
        /// Number of the event that erased it.
        seq: u64,
        /// What the event says. `None` if it cannot be found.
        erasure: Option<ContentErasure>,
    },
}

/// The act that erased a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentErasure {
    pub at_ms: u64,
    /// A person, or the retention policy of the gate.
    pub by: NonBlankString,
    pub reason: NonBlankString,
}

/// Returns why an attachment of an event is absent, or `None` if it is stored or never existed.
pub fn find_missing_content(
    view: &dyn LedgerReader,
    event: &StoredEvent,
    is_wanted: impl Fn(AttachmentKind) -> bool,
) -> Result<Option<MissingContent>, LedgerError> {
    let attachment = event.contents.iter().find(|attachment| is_wanted(attachment.kind));
    let absent = attachment.filter(|attachment| event.erased.contains(&attachment.digest));
    let Some(attachment) = absent else { return Ok(None) };
    let Some(seq) = view.erasure_of(attachment.digest)? else {
        return Ok(Some(MissingContent::Unexplained));
    };
    let erasure = lookup::event_by_number(view, seq)?.and_then(|stored| {
        let at_ms = stored.event.at_ms;
        match stored.event.kind {
            EventKind::Erasure(act) => {
                Some(ContentErasure { at_ms, by: act.by, reason: act.reason })
            }
            _ => None,
        }
    });
    Ok(Some(MissingContent::Erased { seq, erasure }))
}
