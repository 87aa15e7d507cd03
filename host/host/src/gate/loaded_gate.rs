//! Loading a gate, ready to judge: as the project's lock file pins it, or as a release in the ledger does.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use serde_json::Value;
use tollgate_engine::{Config, Engine, HostContext, Table};
use tollgate_ledger::LedgerReader;
use tollgate_model::{
    Digest, Gate, GateName, GatePurpose, PinnedContract, PromptRef, Release, canonical_json,
};
use tollgate_packages::package::PackageId;
use tollgate_packages::prompt::PromptFile;
use tollgate_project::LocalPackages;

use crate::gate::bound_contract::{BoundContract, BoundInputs, config_error, locked_version};
use crate::gate::bound_panel::BoundPanel;
use crate::gate::load_error::{BoundConfigError, BoundContractError, GateLoadError};
use crate::gate::release_record::{ReleasePart, ReleaseReadError, read_release_gate};
use crate::gate::release_snapshot::{ReleaseDraft, ReleaseSnapshot};

/// A gate that outputs can be judged at. Cloning it is cheap.
#[derive(Clone)]
pub struct LoadedGate {
    pub gate: Arc<Gate>,
    pub snapshot: Arc<ReleaseSnapshot>,
    pub(crate) panel: BoundPanel,
    /// The prompt that the release pins, or the lock file.
    pub prompt: Option<PromptRef>,
    prompt_text: Option<Arc<str>>,
    /// Whether judged outputs are recorded.
    pub(crate) is_recording: bool,
    /// Whether the code fence around a JSON document is taken off before it is judged.
    pub(crate) unfences: bool,
}

/// A loaded gate does not judge and record as its release says, because it was changed for a trial.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "gate `{gate}` was changed for a trial after it was loaded, so it is not release {release}: load it again"
)]
pub struct ChangedForTrialError {
    pub gate: GateName,
    pub release: Digest,
}

/// A release as the ledger keeps it.
pub struct ReleaseParts {
    digest: Digest,
    release: Release,
    gate: Gate,
    prompt: Option<Vec<u8>>,
    /// Configuration and tables of each contract, in the order of the release.
    inputs: Vec<RecordedInputs>,
}

/// The complete configuration and the tables of a contract, as the ledger keeps them.
pub(crate) struct RecordedInputs {
    config: Value,
    tables: BTreeMap<String, Arc<Table>>,
}

impl LoadedGate {
    /// Loads a gate of a project. Fails if the lock file does not match what the gate requires; standard contracts of a
    /// quality gate need not be locked.
    pub async fn load(
        engine: &Engine,
        packages: &LocalPackages,
        gate_name: &str,
    ) -> Result<Self, GateLoadError> {
        let gate = packages.require_project()?.read_gate(gate_name)?;
        Self::from_record(engine, packages, gate).await
    }

    /// Loads a gate from a record that has been read already.
    pub async fn from_record(
        engine: &Engine,
        packages: &LocalPackages,
        gate: Gate,
    ) -> Result<Self, GateLoadError> {
        let project = packages.require_project()?;
        let locked = match gate.purpose {
            GatePurpose::Quality => packages.quality_versions(&gate)?,
            GatePurpose::Delegation => packages.locked_gate(&gate)?,
        };
        let prompt = locked.prompt.as_ref();
        let prompt = prompt.map(|package| packages.read_prompt(package)).transpose()?;
        let mut contracts = Vec::new();
        for binding in &gate.contracts {
            let package = locked_version(binding, &locked.contracts)?;
            let component = packages.read_component(package)?.into();
            let bound = BoundContract::load(engine, project, &gate.name, binding, component).await;
            contracts.push(bound?);
        }
        let snapshot = ReleaseSnapshot::new(ReleaseDraft {
            gate: &gate,
            prompt: prompt.as_ref(),
            brand_voice: project.read_brand_voice(&gate),
            score_thresholds: project.thresholds(),
            contracts: &contracts,
        })?;
        let contracts = contracts.into_iter().map(|(bound, _)| bound).collect();
        Ok(Self::new(gate, snapshot, contracts, prompt.as_ref()))
    }

    /// Reads a release from the ledger, with everything that it is made of but the contracts themselves.
    pub fn read_release(
        reader: &dyn LedgerReader,
        digest: Digest,
    ) -> Result<ReleaseParts, ReleaseReadError> {
        let (release, gate) = read_release_gate(reader, digest)?;
        let prompt = release.prompt.as_ref();
        let prompt = prompt.map(|prompt| ReleasePart::Prompt.read(reader, prompt.digest));
        let prompt = prompt.transpose()?;
        let mut known = BTreeMap::new();
        let inputs = release.contracts.iter();
        let inputs = inputs.map(|pinned| RecordedInputs::read(reader, pinned, &mut known));
        let inputs = inputs.collect::<Result<_, _>>()?;
        Ok(ReleaseParts { digest, release, gate, prompt, inputs })
    }

    /// Loads a release that was read from the ledger. Its contracts have to be on this machine; nothing else is read
    /// from the project.
    pub async fn from_release(
        engine: &Engine,
        packages: &LocalPackages,
        parts: ReleaseParts,
    ) -> Result<Self, GateLoadError> {
        let ReleaseParts { digest, release, gate, prompt, inputs } = parts;
        let prompt = match (&release.prompt, prompt) {
            (Some(pinned), Some(bytes)) => {
                let file = format!("{}@{}.prompt", pinned.name, pinned.version);
                Some(PromptFile::from_canonical_bytes(&file, &bytes)?)
            }
            _ => None,
        };
        let mut contracts = Vec::new();
        for (pinned, inputs) in release.contracts.iter().zip(inputs) {
            let binding = gate.contracts.iter().find(|binding| binding.id() == pinned.id);
            let binding = binding.ok_or_else(|| GateLoadError::NoBinding {
                release: digest,
                contract: pinned.id.clone(),
            })?;
            let package =
                PackageId { name: pinned.name.clone().into(), version: pinned.version.clone() };
            let component = packages.read_pinned(&package, pinned.digest)?.into();
            let inputs = inputs.into_inputs(&gate.name, pinned)?;
            let bound = BoundContract::load_with(engine, &gate.name, binding, component, &inputs);
            contracts.push(bound.await?);
        }
        let snapshot = ReleaseSnapshot::from_ledger(release, digest);
        Ok(Self::new(gate, snapshot, contracts, prompt.as_ref()))
    }

    pub(super) fn new(
        gate: Gate,
        snapshot: ReleaseSnapshot,
        contracts: Vec<BoundContract>,
        prompt: Option<&PromptFile>,
    ) -> Self {
        Self {
            unfences: gate.unfence,
            gate: Arc::new(gate),
            snapshot: Arc::new(snapshot),
            panel: BoundPanel::new(contracts),
            prompt_text: prompt.map(|prompt| prompt.text().as_str().into()),
            prompt: prompt.and_then(PromptFile::to_prompt_ref),
            is_recording: true,
        }
    }

    /// Returns the gate for a trial, in which nothing is prepared for recording.
    pub fn without_recording(self) -> Self {
        Self { is_recording: false, ..self }
    }

    /// Returns the gate with code fences taken off, whatever its record says. For trials: what decides on a recorded output
    /// belongs into the record.
    #[must_use]
    pub fn with_code_fences_off(self) -> Self {
        Self { unfences: true, ..self }
    }

    /// Fails if it judges, decides or records in another way than its release says.
    pub(crate) fn require_unchanged(&self) -> Result<(), ChangedForTrialError> {
        let (gate, snapshot) = (&self.gate, &self.snapshot);
        let has_digest =
            |text: Result<String, _>, digest| text.is_ok_and(|text| Digest::of(text) == digest);
        let is_unchanged = self.is_recording
            && self.unfences == gate.unfence
            && has_digest(canonical_json(&**gate), snapshot.release.gate_digest)
            && has_digest(canonical_json(&snapshot.release), snapshot.digest);
        match is_unchanged {
            true => Ok(()),
            false => {
                let (gate, release) = (gate.name.clone(), snapshot.digest);
                Err(ChangedForTrialError { gate, release })
            }
        }
    }

    /// Returns the gate without the contents that a release is recorded with. Checks need none of them, and they can be
    /// as large as an entry of the ledger.
    pub(crate) fn without_contents(self) -> Self {
        let (release, digest) = (self.snapshot.release.clone(), self.snapshot.digest);
        Self { snapshot: Arc::new(ReleaseSnapshot::from_ledger(release, digest)), ..self }
    }

    /// Returns the context from which the host answers contracts at a time.
    pub(crate) fn host_context(&self, now_ms: u64) -> HostContext {
        HostContext { now_ms, prompt_text: self.prompt_text.clone() }
    }
}

impl RecordedInputs {
    /// Reads what a release pins for a contract. `known` are the tables that were read already, so that contracts share
    /// them.
    pub(crate) fn read(
        reader: &dyn LedgerReader,
        pinned: &PinnedContract,
        known: &mut BTreeMap<Digest, Arc<Table>>,
    ) -> Result<Self, ReleaseReadError> {
        let config = ReleasePart::Configuration.read_json(reader, pinned.config_digest)?;
        let mut tables = BTreeMap::new();
        for (name, digest) in &pinned.tables {
            let table = match known.entry(*digest) {
                Entry::Occupied(read) => read.into_mut(),
                Entry::Vacant(unread) => {
                    unread.insert(Arc::new(ReleasePart::Table.read_json(reader, *digest)?))
                }
            };
            tables.insert(name.clone(), table.clone());
        }
        Ok(Self { config, tables })
    }

    /// Returns what the contract is loaded with.
    pub(crate) fn into_inputs(
        self,
        gate: &GateName,
        pinned: &PinnedContract,
    ) -> Result<BoundInputs, BoundContractError> {
        let Self { config, tables } = self;
        let unusable = |error| config_error(gate, &pinned.id, BoundConfigError::Config(error));
        let config = Config::from_resolved(config).map_err(unusable)?;
        Ok(BoundInputs { config, tables })
    }
}
