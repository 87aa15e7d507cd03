//! What a run is judged by, to the byte, and everything that it takes to judge it again.

use tollgate_ledger::{Enclosed, Part};
use tollgate_library::prompt::PromptFile;
use tollgate_model::{
    Digest, Event, Gate, Person, PinnedPrompt, Release, Rollout, RolloutStage, What, canonical_json,
};

use super::bound::Bound;

/// A release, its name, and the contents that it is made of.
#[derive(Clone)]
pub(crate) struct Pinned {
    pub(crate) release: Release,
    pub(crate) digest: Digest,
    enclosed: Vec<Enclosed>,
}

impl Pinned {
    /// Pins a gate. `configs` are the complete configurations of its contracts.
    pub(super) fn of(
        gate: &Gate,
        prompt: Option<&PromptFile>,
        contracts: &[Bound],
        configs: &[String],
    ) -> anyhow::Result<Self> {
        let record = canonical_json(&serde_json::to_value(gate)?);
        let release = Release {
            gate: gate.name.clone(),
            gate_digest: Digest::of(&record),
            prompt: prompt.and_then(pinned),
            contracts: contracts.iter().map(Bound::pinned).collect(),
        };
        let text = canonical_json(&serde_json::to_value(&release)?);
        let digest = Digest::of(&text);
        let mut enclosed = vec![
            Enclosed { part: Part::Release, bytes: text.into_bytes() },
            Enclosed { part: Part::Gate, bytes: record.into_bytes() },
        ];
        let prompt = prompt.map(PromptFile::canonical);
        enclosed.extend(prompt.map(|bytes| Enclosed { part: Part::Prompt, bytes }));
        let other =
            |text: &String| Enclosed { part: Part::Other, bytes: text.clone().into_bytes() };
        enclosed.extend(configs.iter().map(other));
        Ok(Self { release, digest, enclosed })
    }

    /// That this release decides from now on. What it is made of is kept without an end: runs that
    /// name it can be asked about as long as the ledger is there.
    pub(super) fn takes_over(&self, by: &Person, at_ms: u64) -> tollgate_ledger::Entry {
        let stage = RolloutStage::Full;
        let rollout = Rollout { release: self.digest, stage, by: by.clone() };
        let event = Event { at_ms, gate: self.release.gate.clone(), what: What::Rollout(rollout) };
        let enclosed = self.enclosed.clone();
        tollgate_ledger::Entry { enclosed, ..tollgate_ledger::Entry::of(event) }
    }
}

fn pinned(prompt: &PromptFile) -> Option<PinnedPrompt> {
    Some(PinnedPrompt {
        name: prompt.name()?,
        version: prompt.version()?.clone(),
        digest: prompt.digest(),
    })
}
