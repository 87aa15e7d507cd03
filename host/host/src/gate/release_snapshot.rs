//! The release of a loaded gate: everything that is needed to identify and repeat its judgements.

use tollgate_ledger::{Attachment, AttachmentKind};
use tollgate_model::{
    CanonicalJsonError, Digest, Event, EventKind, FormatVersion, Gate, NonBlankString, Person,
    PinnedPrompt, Release, RolloutEvent, RolloutStage, canonical_json,
};
use tollgate_packages::prompt::PromptFile;

use crate::gate::bound_contract::BoundContract;

/// A release with its digest and the contents it is made of.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReleaseSnapshot {
    pub release: Release,
    pub digest: Digest,
    attachments: Vec<Attachment>,
}

impl ReleaseSnapshot {
    /// Creates the release of a gate. `configs` are the complete configurations of its contracts, in order.
    pub(crate) fn new(
        gate: &Gate,
        prompt: Option<&PromptFile>,
        contracts: &[BoundContract],
        configs: &[String],
    ) -> Result<Self, CanonicalJsonError> {
        // Canonical JSON, because a digest must not depend on the order of keys.
        let record = canonical_json(gate)?;
        let release = Release {
            format: FormatVersion,
            gate: gate.name.clone(),
            gate_digest: Digest::of(&record),
            prompt: prompt.and_then(pinned_prompt),
            contracts: contracts.iter().map(BoundContract::to_pinned).collect(),
        };
        let text = canonical_json(&release)?;
        let digest = Digest::of(&text);
        let mut enclosed = vec![
            Attachment { kind: AttachmentKind::Release, bytes: text.into_bytes() },
            Attachment { kind: AttachmentKind::Gate, bytes: record.into_bytes() },
        ];
        let prompt = prompt.map(PromptFile::canonical_bytes);
        enclosed.extend(prompt.map(|bytes| Attachment { kind: AttachmentKind::Prompt, bytes }));
        let other = |text: &String| Attachment {
            kind: AttachmentKind::Other,
            bytes: text.clone().into_bytes(),
        };
        enclosed.extend(configs.iter().map(other));
        Ok(Self { release, digest, attachments: enclosed })
    }

    /// Returns the snapshot of a release that the ledger has, with everything that it is made of.
    pub(crate) fn from_ledger(release: Release, digest: Digest) -> Self {
        Self { release, digest, attachments: Vec::new() }
    }

    /// Returns the entry that makes this release active. Its contents are kept for ever, because runs refer to the
    /// release as long as the ledger exists.
    pub(crate) fn activation_entry(
        &self,
        by: &Person,
        reason: Option<NonBlankString>,
        at_ms: u64,
    ) -> tollgate_ledger::LedgerEntry {
        let stage = RolloutStage::Full;
        let rollout = RolloutEvent { release: self.digest, stage, by: by.clone(), reason };
        let event =
            Event { at_ms, gate: self.release.gate.clone(), kind: EventKind::Rollout(rollout) };
        let enclosed = self.attachments.clone();
        tollgate_ledger::LedgerEntry {
            attachments: enclosed,
            ..tollgate_ledger::LedgerEntry::new(event)
        }
    }
}

fn pinned_prompt(prompt: &PromptFile) -> Option<PinnedPrompt> {
    Some(PinnedPrompt {
        name: prompt.name()?,
        version: prompt.version()?.clone(),
        digest: prompt.digest(),
    })
}
