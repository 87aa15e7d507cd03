//! Entries as callers hand them in: an event, and the contents that belong to it.

use serde::{Deserialize, Serialize};
use tollgate_model::{Digest, Event, rfc3339};

/// An event to append, with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerEntry {
    pub event: Event,
    /// Time until which its contents are kept, in milliseconds since 1970. `None` keeps them for ever.
    pub keep_until_ms: Option<u64>,
    /// Contents that are not part of the event itself: a release, a prompt, a gate.
    pub attachments: Vec<Attachment>,
}

/// A content that is appended together with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    pub kind: AttachmentKind,
    pub bytes: Vec<u8>,
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
    /// Anything else that a release is made of: configurations and tables of contracts, the brand voice document.
    Other,
}

/// The reference from an event to a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AttachmentRef {
    pub kind: AttachmentKind,
    pub digest: Digest,
    /// Time until which the content is kept, in milliseconds since 1970. `None` keeps it for ever.
    #[serde(
        default,
        rename = "until",
        skip_serializing_if = "Option::is_none",
        with = "rfc3339::option"
    )]
    pub until_ms: Option<u64>,
}

impl LedgerEntry {
    /// Creates an entry for an event without attachments or retention.
    pub fn new(event: Event) -> Self {
        Self { event, keep_until_ms: None, attachments: Vec::new() }
    }
}
