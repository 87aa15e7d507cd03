//! The release of a loaded gate: everything that is needed to identify and repeat its judgements and decisions.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_engine::Table;
use tollgate_ledger::{Attachment, AttachmentKind, LedgerEntry};
use tollgate_model::{
    CanonicalJsonError, Digest, Event, EventKind, FormatVersion, Gate, NonBlankString, Person,
    PinnedContract, PinnedPrompt, Release, RolloutEvent, RolloutStage, ScoreThresholds,
    canonical_json,
};
use tollgate_packages::prompt::PromptFile;

use crate::gate::bound_contract::{BoundContract, BoundInputs};
use crate::gate::load_error::GateLoadError;

/// Largest size of all contents of a release together. They are recorded with one event, and an entry of a ledger has at
/// most 64 MiB.
const RELEASE_BYTES_MAX: usize = 48 << 20;

/// A release with its digest and the contents it is made of.
#[derive(Clone)]
#[non_exhaustive]
pub struct ReleaseSnapshot {
    pub release: Release,
    pub digest: Digest,
    /// The contents, or nothing if the ledger has them already.
    attachments: Vec<Attachment>,
}

/// Everything that a release of a gate is made of, as the project has it at the moment.
pub(crate) struct ReleaseDraft<'a> {
    pub gate: &'a Gate,
    pub prompt: Option<&'a PromptFile>,
    pub brand_voice: Option<Vec<u8>>,
    pub score_thresholds: ScoreThresholds,
    /// Contracts with what they are loaded with, in the order of the gate.
    pub contracts: &'a [(BoundContract, BoundInputs)],
}

/// The contents of a release that is being made. Each is there once, also if two contracts share it.
#[derive(Default)]
struct ReleaseContents {
    attachments: Vec<Attachment>,
    digests: BTreeSet<Digest>,
    bytes: usize,
    /// Size of the largest content, and what it is.
    largest: (usize, String),
}

impl ReleaseSnapshot {
    /// Creates the release of a gate. Fails if it is too large to be recorded.
    pub(crate) fn new(draft: ReleaseDraft<'_>) -> Result<Self, GateLoadError> {
        let ReleaseDraft { gate, prompt, brand_voice, score_thresholds, contracts } = draft;
        let mut contents = ReleaseContents::default();
        // Canonical JSON, because a digest must not depend on the order of keys.
        let record = canonical_json(gate)?;
        let gate_digest = contents.add(AttachmentKind::Gate, record.into(), "the gate file");
        let pinned_prompt = prompt.and_then(pinned_prompt);
        if let Some(prompt) = prompt {
            contents.add(AttachmentKind::Prompt, prompt.canonical_bytes(), "the prompt");
        }
        let brand_voice = brand_voice
            .map(|bytes| contents.add(AttachmentKind::Other, bytes, "the brand voice document"));
        let contracts = contracts.iter().map(|(bound, inputs)| contents.add_inputs(bound, inputs));
        let contracts = contracts.collect::<Result<_, _>>()?;
        let release = Release {
            format: FormatVersion,
            gate: gate.name.clone(),
            gate_digest,
            prompt: pinned_prompt,
            brand_voice,
            score_thresholds,
            contracts,
        };
        let text = canonical_json(&release)?;
        let digest = contents.add(AttachmentKind::Release, text.into(), "the list of its parts");
        contents.check_size(gate, RELEASE_BYTES_MAX)?;
        Ok(Self { release, digest, attachments: contents.attachments })
    }

    /// Returns the snapshot of a release that the ledger has, with everything that it is made of.
    pub(crate) fn from_ledger(release: Release, digest: Digest) -> Self {
        Self { release, digest, attachments: Vec::new() }
    }

    /// Returns whether the contents are recorded with the event that makes this release active. If not, the ledger has
    /// to have them.
    pub(crate) fn has_contents(&self) -> bool {
        !self.attachments.is_empty()
    }

    /// Returns the entry that makes this release active. Its contents are kept for ever, because runs refer to the
    /// release as long as the ledger exists.
    pub(crate) fn activation_entry(
        &self,
        by: &Person,
        reason: Option<NonBlankString>,
        at_ms: u64,
    ) -> LedgerEntry {
        let stage = RolloutStage::Full;
        let rollout = RolloutEvent { release: self.digest, stage, by: by.clone(), reason };
        let event =
            Event { at_ms, gate: self.release.gate.clone(), kind: EventKind::Rollout(rollout) };
        LedgerEntry { attachments: self.attachments.clone(), ..LedgerEntry::new(event) }
    }
}

impl ReleaseContents {
    /// Adds a content, and returns its digest. `what` says what it is.
    fn add(&mut self, kind: AttachmentKind, bytes: Vec<u8>, what: &str) -> Digest {
        let digest = Digest::of(&bytes);
        if self.digests.insert(digest) {
            self.bytes += bytes.len();
            if bytes.len() > self.largest.0 {
                self.largest = (bytes.len(), what.to_owned());
            }
            self.attachments.push(Attachment { kind, bytes });
        }
        digest
    }

    /// Adds the configuration and the tables of a contract, and returns what the release pins of it.
    fn add_inputs(
        &mut self,
        bound: &BoundContract,
        inputs: &BoundInputs,
    ) -> Result<PinnedContract, CanonicalJsonError> {
        let id = &bound.binding_id;
        let config = inputs.config.text().as_bytes().to_vec();
        self.add(AttachmentKind::Other, config, &format!("the configuration of contract `{id}`"));
        let mut tables = BTreeMap::new();
        for (name, table) in &inputs.tables {
            let what = format!("the table `{name}` of contract `{id}`");
            tables.insert(name.clone(), self.add_table(table, &what)?);
        }
        Ok(bound.to_pinned(tables))
    }

    fn add_table(&mut self, table: &Table, what: &str) -> Result<Digest, CanonicalJsonError> {
        Ok(self.add(AttachmentKind::Other, canonical_json(table)?.into(), what))
    }

    /// Fails if the contents are too large to be recorded.
    fn check_size(&self, gate: &Gate, bytes_max: usize) -> Result<(), GateLoadError> {
        if self.bytes <= bytes_max {
            return Ok(());
        }
        let (gate, bytes, (largest_bytes, largest)) =
            (gate.name.clone(), self.bytes, self.largest.clone());
        Err(GateLoadError::TooLarge { gate, bytes, bytes_max, largest, largest_bytes })
    }
}

fn pinned_prompt(prompt: &PromptFile) -> Option<PinnedPrompt> {
    Some(PinnedPrompt {
        name: prompt.name()?,
        version: prompt.version()?.clone(),
        digest: prompt.digest(),
    })
}

#[cfg(test)]
mod tests {
    use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};

    use super::*;

    fn table(value: &str) -> Table {
        [("best".to_owned(), value.to_owned())].into_iter().collect()
    }

    #[test]
    fn keeps_a_table_that_two_contracts_share_once() {
        let mut contents = ReleaseContents::default();
        let first = contents.add_table(&table("legal"), "the table `claims` of contract `a`");
        let shared = contents.add_table(&table("legal"), "the table `slogans` of contract `b`");
        assert_eq!(first.unwrap(), shared.unwrap());
        assert_eq!(contents.attachments.len(), 1);
        contents.add_table(&table("nobody"), "the table `claims` of contract `b`").unwrap();
        assert_eq!(contents.attachments.len(), 2);
    }

    #[test]
    fn a_recorded_table_reads_back() {
        let mut contents = ReleaseContents::default();
        contents.add_table(&table("\u{e9} \"x\"\n"), "a table").unwrap();
        let read: Table = serde_json::from_slice(&contents.attachments[0].bytes).unwrap();
        assert_eq!(read, table("\u{e9} \"x\"\n"));
    }

    #[test]
    fn refuses_contents_that_a_ledger_cannot_keep_and_names_the_largest() {
        let gate = tollgate_govern::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap();
        let mut contents = ReleaseContents::default();
        contents.add(AttachmentKind::Prompt, vec![0; 10], "the prompt");
        contents.add(AttachmentKind::Other, vec![0; 30], "the table `claims` of contract `a`");
        contents.add(AttachmentKind::Other, vec![0; 20], "the brand voice document");
        contents.check_size(&gate, 60).unwrap();
        let error = contents.check_size(&gate, 59).unwrap_err().to_string();
        assert_eq!(
            error,
            "the release of gate `welcome-email` has 60 bytes, but at most 59 can be recorded: \
             the table `claims` of contract `a` alone has 30"
        );
    }
}
