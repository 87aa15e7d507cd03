//! Events of the ledger.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::records::RunStanding;
use tollgate_ledger::{AttachmentKind, AttachmentRef, StoredEvent};
use tollgate_model::{Digest, EventKind, FormatVersion, GateName, Revocation, Ruling};

use crate::Timestamp;

/// Event of the ledger as a document of its own.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LedgerEventLine {
    pub format: FormatVersion<1>,
    #[serde(flatten)]
    pub event: LedgerEvent,
}

/// Event of the ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LedgerEvent {
    /// Number of the event, counted from 1.
    pub seq: u64,
    /// Time of recording.
    pub at: Timestamp,
    pub gate: GateName,
    /// Name of the only member of `event`.
    pub kind: String,
    /// Run that the event is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Digest>,
    /// Latest ruling of the run. Only in lists and for events that judge a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_ruling: Option<Ruling>,
    /// Act that took the output back after it was allowed, if one did. Only in lists and for events that judge a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation: Option<Revocation>,
    /// Hash of the event, which the next event contains.
    pub hash: Digest,
    /// Details. For a run whose contents were erased, checks and reasons are empty.
    pub event: EventKind,
    /// Contents that were recorded with the event.
    pub contents: Vec<ContentReference>,
    /// Digests of those contents that no longer exist.
    pub erased: Vec<Digest>,
}

/// Reference from an event to a content.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ContentReference {
    pub kind: StoredContentKind,
    pub digest: Digest,
    /// Time until which the content is kept; absent if it is kept for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Kind of a content in the ledger.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StoredContentKind {
    /// The output as it was judged.
    Subject,
    /// The output with personal data masked.
    MaskedSubject,
    /// The reports, the answers of the host and the reasons of a run.
    Details,
    /// A release as canonical JSON.
    Release,
    /// A gate record as canonical JSON.
    Gate,
    /// A prompt in its canonical form.
    Prompt,
    /// Any other content that is only stored.
    Other,
}

impl LedgerEvent {
    pub fn new(stored: &StoredEvent, latest_ruling: Option<Ruling>) -> Self {
        let StoredEvent { seq, hash, event, contents, erased } = stored;
        Self {
            seq: *seq,
            at: Timestamp(event.at_ms),
            gate: event.gate.clone(),
            kind: event.kind.name().into(),
            run: event.kind.run(),
            latest_ruling,
            revocation: None,
            hash: *hash,
            event: event.kind.clone(),
            contents: contents.iter().map(Into::into).collect(),
            erased: erased.clone(),
        }
    }
}

impl LedgerEventLine {
    pub fn new(stored: &StoredEvent, latest_ruling: Option<Ruling>) -> Self {
        Self { format: FormatVersion, event: LedgerEvent::new(stored, latest_ruling) }
    }

    /// Describes an event with how the run that it judged stands now.
    pub fn with_standing(stored: &StoredEvent, standing: Option<&RunStanding>) -> Self {
        let mut line = Self::new(stored, standing.map(|standing| standing.ruling));
        line.event.revocation = standing.and_then(|standing| standing.revocation.clone());
        line
    }
}

impl From<&AttachmentRef> for ContentReference {
    fn from(attachment: &AttachmentRef) -> Self {
        let AttachmentRef { kind, digest, until_ms } = *attachment;
        Self { kind: kind.into(), digest, until: until_ms.map(Timestamp) }
    }
}

impl From<AttachmentKind> for StoredContentKind {
    fn from(kind: AttachmentKind) -> Self {
        match kind {
            AttachmentKind::Subject => Self::Subject,
            AttachmentKind::MaskedSubject => Self::MaskedSubject,
            AttachmentKind::Details => Self::Details,
            AttachmentKind::Release => Self::Release,
            AttachmentKind::Gate => Self::Gate,
            AttachmentKind::Prompt => Self::Prompt,
            AttachmentKind::Other => Self::Other,
        }
    }
}
