//! A contract as a gate binds it: loaded with its configuration and grants, ready to judge.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};
use tollgate_engine::{Config, ConfigInputs, Contract, Engine, Grants, Limits, Table};
use tollgate_model::{
    ContractBinding, ContractCheck, Determinism, EnforcementMode, GateName, Judgement,
    PinnedContract, RecordedVerdict, Verdict,
};
use tollgate_packages::package::PackageId;
use tollgate_project::{Project, files};

use crate::gate::load_error::{BoundConfigError, BoundContractError, GateLoadError};

/// A contract of a gate, ready to judge.
#[derive(Clone)]
pub struct BoundContract {
    /// Identifier of this binding within the gate.
    pub(crate) binding_id: String,
    pub(crate) contract: Contract,
    /// Number of judgements of each output.
    pub(crate) repeat: u8,
    pub(crate) mode: EnforcementMode,
}

impl BoundContract {
    /// Loads a contract as a gate binds it. Also returns its complete configuration, so that runs can be repeated
    /// after the files behind it have changed.
    pub(crate) async fn load(
        engine: &Engine,
        project: &Project,
        gate: &GateName,
        binding: &ContractBinding,
        component: Arc<[u8]>,
    ) -> Result<(Self, Config), BoundContractError> {
        let unusable = |error| config_error(gate, binding, error);
        let materials = config_inputs(project, binding).map_err(unusable)?;
        let config = resolve_config(project, binding, &materials).map_err(unusable)?;
        let bound =
            Self::load_with(engine, gate, binding, component, config.clone(), materials).await?;
        Ok((bound, config))
    }

    /// Loads a contract with the configuration that a release pins.
    pub(crate) async fn load_pinned(
        engine: &Engine,
        project: &Project,
        gate: &GateName,
        binding: &ContractBinding,
        component: Arc<[u8]>,
        config: Config,
    ) -> Result<Self, BoundContractError> {
        let unusable = |error| config_error(gate, binding, error);
        let materials = config_inputs(project, binding).map_err(unusable)?;
        Self::load_with(engine, gate, binding, component, config, materials).await
    }

    async fn load_with(
        engine: &Engine,
        gate: &GateName,
        binding: &ContractBinding,
        component: Arc<[u8]>,
        config: Config,
        materials: ConfigInputs,
    ) -> Result<Self, BoundContractError> {
        let granted = binding.grants.iter().fold(Grants::none(), |all, &one| all.allow(one));
        let grants = materials.tables.into_iter();
        let grants = grants.fold(granted, |all, (name, table)| all.allow_table(name, table));
        let loaded = engine.load(component, config, grants, Limits::default()).await;
        let contract = loaded.map_err(|error| BoundContractError::Load {
            gate: gate.clone(),
            contract: binding.contract.to_string(),
            source: Box::new(error),
        })?;
        let ContractBinding { repeat, mode, .. } = *binding;
        Ok(Self { binding_id: binding.id(), contract, repeat, mode })
    }

    /// Returns the version and digests that a release pins.
    pub(crate) fn to_pinned(&self) -> PinnedContract {
        let about = &self.contract.manifest().contract;
        PinnedContract {
            id: self.binding_id.clone(),
            name: about.name.clone(),
            version: about.version.clone(),
            digest: self.contract.digest(),
            config_digest: self.contract.config_digest(),
        }
    }

    /// Returns the check of an output for the record.
    pub(crate) fn to_check(&self, judgements: Vec<Judgement>) -> ContractCheck {
        let to_verdict = |Judgement { verdict, answers, fuel_used, .. }| RecordedVerdict {
            result: Verdict::from(verdict),
            answers,
            fuel_used,
        };
        ContractCheck {
            contract: self.binding_id.clone(),
            determinism: self.determinism(),
            verdicts: judgements.into_iter().map(to_verdict).collect(),
            fails_ordinary: false,
        }
    }

    pub(crate) fn determinism(&self) -> Determinism {
        Determinism::from_capabilities(self.contract.capabilities().iter().copied())
    }
}

/// Returns the locked version of a binding's contract.
pub(crate) fn locked_version<'l>(
    binding: &ContractBinding,
    locked: &'l [PackageId],
) -> Result<&'l PackageId, GateLoadError> {
    let name = binding.contract.name.clone().into();
    let found = locked.iter().find(|package| package.name == name);
    found.ok_or_else(|| GateLoadError::NotLocked { contract: binding.contract.to_string() })
}

/// Reads the tables of a binding, and sets the folder that files in its configuration are relative to.
fn config_inputs(
    project: &Project,
    binding: &ContractBinding,
) -> Result<ConfigInputs, BoundConfigError> {
    let mut materials = ConfigInputs { folder: project.folder.clone(), ..ConfigInputs::default() };
    for (name, file) in &binding.tables {
        let table = Table::read(&resolve_in_project(project, file.as_str())?)?;
        materials.tables.insert(name.clone(), Arc::new(table));
    }
    Ok(materials)
}

fn resolve_config(
    project: &Project,
    binding: &ContractBinding,
    materials: &ConfigInputs,
) -> Result<Config, BoundConfigError> {
    let mut materials = materials.clone();
    let written = match (&binding.config, &binding.config_file) {
        (Some(config), _) => Value::Object(config.clone().into_iter().collect()),
        (None, Some(file)) => {
            let path = resolve_in_project(project, file.as_str())?;
            // Files named in a configuration file are relative to that file.
            materials.folder = files::parent_folder(&path).to_owned();
            files::read_json(&path)?
        }
        (None, None) => Value::Object(Map::new()),
    };
    Ok(Config::resolve(written, &materials)?)
}

/// Resolves a file that a gate names. It must be inside the project.
fn resolve_in_project(project: &Project, file_name: &str) -> Result<PathBuf, BoundConfigError> {
    // Absolute paths and `..` could lead out of the project.
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(file_name).components().all(plain) {
        return Err(BoundConfigError::OutsideProject { file: file_name.to_owned() });
    }
    Ok(project.folder.join(file_name))
}

fn config_error(
    gate: &GateName,
    binding: &ContractBinding,
    error: BoundConfigError,
) -> BoundContractError {
    let (gate, contract) = (gate.clone(), binding.id());
    BoundContractError::Config { gate, contract, source: Box::new(error) }
}
