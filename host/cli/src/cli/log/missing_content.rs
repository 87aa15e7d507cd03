//! Explains why a content is no longer stored: erased (by whom and why) or missing. Absent contents are never
//! shown as empty.

use tollgate::lookup;
use tollgate_ledger::{AttachmentKind, LedgerReader, StoredEvent};
use tollgate_model::EventKind;

use super::event_summary::single_line;
use crate::timestamps;

/// Explains why an attachment of the event is absent, or returns `None` if it is stored or never existed.
pub(super) fn describe_missing_content(
    view: &dyn LedgerReader,
    event: &StoredEvent,
    is_wanted: impl Fn(AttachmentKind) -> bool,
) -> anyhow::Result<Option<String>> {
    let attachment = event.contents.iter().find(|attachment| is_wanted(attachment.kind));
    let Some(attachment) =
        attachment.filter(|attachment| event.erased.contains(&attachment.digest))
    else {
        return Ok(None);
    };
    let Some(seq) = view.erasure_of(attachment.digest)? else {
        return Ok(Some(
            "missing, and no event records its erasure: run `tollgate log verify`".into(),
        ));
    };
    let erasure_event = lookup::event_by_number(view, seq)?;
    let description =
        erasure_event.as_ref().and_then(|erasure_event| match &erasure_event.event.kind {
            EventKind::Erasure(erasure) => Some(format!(
                "erased in event {seq} ({}) by {}: {}",
                timestamps::format_time(erasure_event.event.at_ms),
                erasure.by,
                erasure.reason
            )),
            _ => None,
        });
    Ok(Some(single_line(&description.unwrap_or_else(|| format!("erased in event {seq}")))))
}

/// Returns whether the attachment is the output, in full or masked.
pub(super) fn is_output(kind: AttachmentKind) -> bool {
    matches!(kind, AttachmentKind::Subject | AttachmentKind::MaskedSubject)
}

/// Returns whether the attachment holds the details: reports, host answers and reasons.
pub(super) fn is_details(kind: AttachmentKind) -> bool {
    kind == AttachmentKind::Details
}
