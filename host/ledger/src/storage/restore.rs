//! Putting an event together again from its row and those of its contents that still exist.

use serde::de::DeserializeOwned;
use tollgate_model::{Digest, Event, EventKind, GateName, RetainedContent, RunEvent};

use super::body::{EventBody, RunDetails};
use crate::{AttachmentKind, EventRow, StoredEvent};

/// The reason why a stored event cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error("its body is not an event: {0}")]
    Body(serde_json::Error),
    #[error("`{0}` is not the name of a gate")]
    Gate(String),
    #[error("its content {digest} cannot be read: {error}")]
    Content { digest: Digest, error: serde_json::Error },
}

impl EventBody {
    /// Reads the body of a row.
    pub fn from_json(text: &str) -> Result<Self, RestoreError> {
        serde_json::from_str(text).map_err(RestoreError::Body)
    }
}

/// Restores the event of a row. `content_bytes` has the contents of `body` in order, `None` for those that no longer
/// exist.
pub fn restore_event(
    row: EventRow,
    body: EventBody,
    content_bytes: Vec<Option<Vec<u8>>>,
) -> Result<StoredEvent, RestoreError> {
    let EventRow { seq, at_ms, gate, hash, .. } = row;
    let gate = gate.parse::<GateName>().map_err(|_| RestoreError::Gate(gate))?;
    let EventBody { event: mut kind, contents, .. } = body;
    let mut erased = Vec::new();
    for (content, bytes) in contents.iter().zip(content_bytes) {
        let digest = content.digest;
        match (bytes, &mut kind) {
            (Some(bytes), EventKind::Run(run)) => restore_content(run, content.kind, &bytes)
                .map_err(|error| RestoreError::Content { digest, error })?,
            (Some(_), _) => {}
            (None, kind) => {
                erased.push(digest);
                mark_erased(kind, content.kind);
            }
        }
    }
    let event = Event { at_ms, gate, kind };
    Ok(StoredEvent { seq, hash, event, contents, erased })
}

fn mark_erased(kind: &mut EventKind, part: AttachmentKind) {
    if let (EventKind::Run(run), AttachmentKind::Subject | AttachmentKind::MaskedSubject) =
        (kind, part)
    {
        run.content = RetainedContent::Erased;
    }
}

fn restore_content(
    run: &mut RunEvent,
    part: AttachmentKind,
    bytes: &[u8],
) -> serde_json::Result<()> {
    fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
        serde_json::from_slice(bytes)
    }
    match part {
        AttachmentKind::Subject => run.content = RetainedContent::Full(read(bytes)?),
        AttachmentKind::MaskedSubject => run.content = RetainedContent::Masked(read(bytes)?),
        AttachmentKind::Details => {
            let RunDetails { checks, reasons, output_id } = read(bytes)?;
            run.checks = checks;
            run.decision.reasons = reasons;
            if let Some(id) = &mut run.output_id {
                id.text = output_id;
            }
        }
        AttachmentKind::Release
        | AttachmentKind::Gate
        | AttachmentKind::Prompt
        | AttachmentKind::Other => {}
    }
    Ok(())
}
