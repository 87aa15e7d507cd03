//! Says why a content is no longer stored. Absent contents are never shown as empty.

use tollgate::records::find_missing_content;
use tollgate_ledger::{AttachmentKind, LedgerReader, StoredEvent};

/// Explains why an attachment of the event is absent, or returns `None` if it is stored or never existed.
pub(super) fn describe_missing_content(
    view: &dyn LedgerReader,
    event: &StoredEvent,
    is_wanted: impl Fn(AttachmentKind) -> bool,
) -> anyhow::Result<Option<String>> {
    let missing = find_missing_content(view, event, is_wanted)?;
    Ok(missing.as_ref().map(tollgate_api::describe_missing_content))
}

/// Returns whether the attachment is the output, in full or masked.
pub(super) fn is_output(kind: AttachmentKind) -> bool {
    matches!(kind, AttachmentKind::Subject | AttachmentKind::MaskedSubject)
}

/// Returns whether the attachment holds the details: reports, host answers and reasons.
pub(super) fn is_details(kind: AttachmentKind) -> bool {
    kind == AttachmentKind::Details
}
