//! A contract as a gate binds it: loaded with its configuration and grants, ready to judge.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value};
use tollgate_engine::{
    Config, ConfigInputs, ConfinedPathError, Contract, Engine, Grants, Limits, Table, confine_path,
};
use tollgate_model::{
    CheckedPart, ContractBinding, ContractCheck, Determinism, Digest, EnforcementMode, GateName,
    Judgement, PinnedContract, PointerPattern, RecordedVerdict, Verdict,
};
use tollgate_packages::package::PackageId;
use tollgate_project::{FileError, Project, files};

use crate::gate::load_error::{BoundConfigError, BoundContractError, GateLoadError};

/// A contract of a gate, ready to judge.
#[derive(Clone)]
pub struct BoundContract {
    /// Identifier of this binding within the gate.
    pub(crate) binding_id: String,
    pub(crate) contract: Contract,
    /// Part of a document that it judges; `None` for whole outputs.
    pub(crate) at: Option<PointerPattern>,
    /// Number of judgements of each output.
    pub(crate) repeat: u8,
    pub(crate) mode: EnforcementMode,
}

/// The configuration and the tables that a contract is loaded with. A release keeps both, so the files behind them no
/// longer matter.
pub(crate) struct BoundInputs {
    /// Complete configuration.
    pub(crate) config: Config,
    /// Tables, by the contract's name for each.
    pub(crate) tables: BTreeMap<String, Arc<Table>>,
}

impl BoundContract {
    /// Loads a contract as a gate binds it, with the files of the project as they are now. Also returns what it read
    /// from them.
    pub(crate) async fn load(
        engine: &Engine,
        project: &Project,
        gate: &GateName,
        binding: &ContractBinding,
        component: Arc<[u8]>,
    ) -> Result<(Self, BoundInputs), BoundContractError> {
        let inputs = read_inputs(project, binding)
            .map_err(|error| config_error(gate, &binding.id(), error))?;
        let bound = Self::load_with(engine, gate, binding, component, &inputs).await?;
        Ok((bound, inputs))
    }

    /// Loads a contract with a configuration and tables that were read already. No file is read.
    pub(crate) async fn load_with(
        engine: &Engine,
        gate: &GateName,
        binding: &ContractBinding,
        component: Arc<[u8]>,
        inputs: &BoundInputs,
    ) -> Result<Self, BoundContractError> {
        let granted = binding.grants.iter().fold(Grants::none(), |all, &one| all.allow(one));
        let tables = inputs.tables.iter();
        let grants =
            tables.fold(granted, |all, (name, table)| all.allow_table(name, table.clone()));
        let loaded = engine.load(component, inputs.config.clone(), grants, Limits::default()).await;
        let contract = loaded.map_err(|error| BoundContractError::Load {
            gate: gate.clone(),
            contract: binding.contract.to_string(),
            source: Box::new(error),
        })?;
        let ContractBinding { repeat, mode, .. } = *binding;
        let (binding_id, at) = (binding.id(), binding.at.clone());
        Ok(Self { binding_id, contract, at, repeat, mode })
    }

    /// Returns the version and digests that a release pins. `tables` are the digests of its tables.
    pub(crate) fn to_pinned(&self, tables: BTreeMap<String, Digest>) -> PinnedContract {
        let about = &self.contract.manifest().contract;
        PinnedContract {
            id: self.binding_id.clone(),
            name: about.name.clone(),
            version: about.version.clone(),
            digest: self.contract.digest(),
            config_digest: self.contract.config_digest(),
            tables,
        }
    }

    /// Returns the check of an output, or of a part of it, for the record.
    pub(crate) fn to_check(
        &self,
        part: Option<CheckedPart>,
        judgements: Vec<Judgement>,
    ) -> ContractCheck {
        let to_verdict = |Judgement { verdict, answers, fuel_used, .. }| RecordedVerdict {
            result: Verdict::from(verdict),
            answers,
            fuel_used,
        };
        ContractCheck {
            contract: self.binding_id.clone(),
            determinism: self.determinism(),
            part,
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

/// Reads the tables and the configuration of a binding from the project.
fn read_inputs(
    project: &Project,
    binding: &ContractBinding,
) -> Result<BoundInputs, BoundConfigError> {
    let mut materials = ConfigInputs { folder: project.folder.clone(), ..ConfigInputs::default() };
    for (name, file) in &binding.tables {
        let table = Table::read(&resolve_in_project(project, file.as_str())?)?;
        materials.tables.insert(name.clone(), Arc::new(table));
    }
    let written = match (&binding.config, &binding.config_file) {
        (Some(config), _) => Value::Object(config.clone().into_iter().collect()),
        (None, Some(file)) => {
            let path = resolve_in_project(project, file.as_str())?;
            // Files named in a configuration file are relative to that file.
            materials.folder = files::parent_folder(&path).to_owned();
            files::read_regular_json(&path)?
        }
        (None, None) => Value::Object(Map::new()),
    };
    let config = Config::resolve(written, &materials)?;
    Ok(BoundInputs { config, tables: materials.tables })
}

/// Resolves a file that a gate names. It must be inside the project, and so must what it is a link to.
fn resolve_in_project(project: &Project, file_name: &str) -> Result<PathBuf, BoundConfigError> {
    confine_path(&project.folder, file_name).map_err(|error| match error {
        ConfinedPathError::NotRelative | ConfinedPathError::LeadsOut => {
            BoundConfigError::OutsideProject { file: file_name.to_owned() }
        }
        ConfinedPathError::Io(error) => {
            let path = project.folder.join(file_name);
            BoundConfigError::File(FileError::Read { path, source: error.into() })
        }
    })
}

pub(crate) fn config_error(
    gate: &GateName,
    contract: &str,
    error: BoundConfigError,
) -> BoundContractError {
    let (gate, contract) = (gate.clone(), contract.to_owned());
    BoundContractError::Config { gate, contract, source: Box::new(error) }
}
