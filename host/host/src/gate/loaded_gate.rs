//! Loading a gate, ready to judge: as the project's lock file pins it, or as a release in the ledger does.

use std::sync::Arc;

use serde_json::Value;
use tollgate_engine::{Config, Engine, HostContext};
use tollgate_ledger::LedgerReader;
use tollgate_model::{Digest, Gate, PromptRef, Release};
use tollgate_packages::package::PackageId;
use tollgate_packages::prompt::PromptFile;
use tollgate_project::LocalPackages;

use crate::gate::bound_contract::{BoundContract, locked_version};
use crate::gate::bound_panel::BoundPanel;
use crate::gate::load_error::{BoundConfigError, BoundContractError, GateLoadError};
use crate::gate::release_record::{ReleasePart, ReleaseReadError, read_release_gate};
use crate::gate::release_snapshot::ReleaseSnapshot;

/// A gate that outputs can be judged at. Cloning it is cheap.
#[derive(Clone)]
pub struct LoadedGate {
    pub gate: Arc<Gate>,
    pub snapshot: Arc<ReleaseSnapshot>,
    pub(crate) panel: BoundPanel,
    /// The prompt pinned by the lock file.
    pub prompt: Option<PromptRef>,
    prompt_text: Option<Arc<str>>,
    /// Whether judged outputs are recorded.
    pub(crate) is_recording: bool,
}

/// A release as the ledger keeps it.
pub struct ReleaseParts {
    digest: Digest,
    release: Release,
    gate: Gate,
    prompt: Option<Vec<u8>>,
    /// Complete configurations of the contracts, in the order of the release.
    configs: Vec<Value>,
}

impl LoadedGate {
    /// Loads a gate of a project. Fails if the lock file does not match what the gate requires.
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
        let locked = packages.locked_gate(&gate)?;
        let prompt = locked.prompt.as_ref();
        let prompt = prompt.map(|package| packages.read_prompt(package)).transpose()?;
        let (mut contracts, mut configs) = (Vec::new(), Vec::new());
        for binding in &gate.contracts {
            let package = locked_version(binding, &locked.contracts)?;
            let component = packages.read_component(package)?.into();
            let bound = BoundContract::load(engine, project, &gate.name, binding, component).await;
            let (bound, config) = bound?;
            contracts.push(bound);
            configs.push(config.text().to_string());
        }
        let snapshot = ReleaseSnapshot::new(&gate, prompt.as_ref(), &contracts, &configs)?;
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
        let configs = release
            .contracts
            .iter()
            .map(|one| ReleasePart::Configuration.read_json(reader, one.config_digest));
        let configs = configs.collect::<Result<_, _>>()?;
        Ok(ReleaseParts { digest, release, gate, prompt, configs })
    }

    /// Loads a release that was read from the ledger. Its contracts have to be on this machine.
    pub async fn from_release(
        engine: &Engine,
        packages: &LocalPackages,
        parts: ReleaseParts,
    ) -> Result<Self, GateLoadError> {
        let ReleaseParts { digest, release, gate, prompt, configs } = parts;
        let project = packages.require_project()?;
        let prompt = match (&release.prompt, prompt) {
            (Some(pinned), Some(bytes)) => {
                let file = format!("{}@{}.prompt", pinned.name, pinned.version);
                Some(PromptFile::from_canonical_bytes(&file, &bytes)?)
            }
            _ => None,
        };
        let mut contracts = Vec::new();
        for (pinned, config) in release.contracts.iter().zip(configs) {
            let binding = gate.contracts.iter().find(|binding| binding.id() == pinned.id);
            let binding = binding.ok_or_else(|| GateLoadError::NoBinding {
                release: digest,
                contract: pinned.id.clone(),
            })?;
            let package =
                PackageId { name: pinned.name.clone().into(), version: pinned.version.clone() };
            let component = packages.read_pinned(&package, pinned.digest)?.into();
            let unusable = |error| BoundContractError::Config {
                gate: gate.name.clone(),
                contract: pinned.id.clone(),
                source: Box::new(BoundConfigError::Config(error)),
            };
            let config = Config::from_resolved(config).map_err(unusable)?;
            let bound =
                BoundContract::load_pinned(engine, project, &gate.name, binding, component, config);
            contracts.push(bound.await?);
        }
        let snapshot = ReleaseSnapshot::from_ledger(release, digest);
        Ok(Self::new(gate, snapshot, contracts, prompt.as_ref()))
    }

    fn new(
        gate: Gate,
        snapshot: ReleaseSnapshot,
        contracts: Vec<BoundContract>,
        prompt: Option<&PromptFile>,
    ) -> Self {
        Self {
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

    /// Returns the context from which the host answers contracts at a time.
    pub(crate) fn host_context(&self, now_ms: u64) -> HostContext {
        HostContext { now_ms, prompt_text: self.prompt_text.clone() }
    }
}
