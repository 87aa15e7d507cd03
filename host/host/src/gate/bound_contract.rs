//! A contract as a gate binds it: loaded with its configuration and grants, ready to judge.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use serde_json::{Map, Value};
use tollgate_engine::{
    Config, ConfigInputs, Contract, Engine, Grants, HostContext, Limits, LoadError, Table,
};
use tollgate_model::{
    ContractBinding, ContractCheck, Determinism, GateName, PinnedContract, RecordedVerdict, Subject,
};
use tollgate_packages::package::PackageId;
use tollgate_project::Project;

use tollgate_project::files;

/// A contract of a gate, ready to judge.
#[derive(Clone)]
pub struct BoundContract {
    /// Identifier of this binding within the gate.
    pub(crate) binding_id: String,
    pub(crate) contract: Contract,
    repeat: u8,
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
    ) -> anyhow::Result<(Self, Config)> {
        let binding_context = || format!("gate `{gate}`, contract `{}`", binding.id());
        let materials = config_inputs(project, binding).with_context(binding_context)?;
        let config = resolve_config(project, binding, &materials).with_context(binding_context)?;
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
    ) -> anyhow::Result<Self> {
        let binding_context = || format!("gate `{gate}`, contract `{}`", binding.id());
        let materials = config_inputs(project, binding).with_context(binding_context)?;
        Self::load_with(engine, gate, binding, component, config, materials).await
    }

    async fn load_with(
        engine: &Engine,
        gate: &GateName,
        binding: &ContractBinding,
        component: Arc<[u8]>,
        config: Config,
        materials: ConfigInputs,
    ) -> anyhow::Result<Self> {
        let granted = binding.grants.iter().fold(Grants::none(), |all, &one| all.allow(one));
        let grants = materials.tables.into_iter();
        let grants = grants.fold(granted, |all, (name, table)| all.allow_table(name, table));
        let loaded = engine.load(component, config, grants, Limits::default()).await;
        let contract = loaded.map_err(|error| load_error(gate, binding, &error))?;
        Ok(Self { binding_id: binding.id(), contract, repeat: binding.repeat })
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

    /// Judges a subject as often as the gate asks for.
    pub(crate) async fn judge(&self, subject: &Subject, context: &HostContext) -> ContractCheck {
        let mut verdicts = Vec::with_capacity(self.repeat.into());
        for _ in 0..self.repeat {
            let judgement = self.contract.judge(subject, context.clone()).await;
            verdicts.push(RecordedVerdict {
                result: judgement.verdict.into(),
                answers: judgement.answers,
                fuel_used: judgement.fuel_used,
            });
        }
        ContractCheck {
            contract: self.binding_id.clone(),
            determinism: self.determinism(),
            verdicts,
        }
    }

    fn determinism(&self) -> Determinism {
        Determinism::from_capabilities(self.contract.capabilities().iter().copied())
    }
}

/// Returns the locked version of a binding's contract.
pub(crate) fn locked_version<'l>(
    binding: &ContractBinding,
    locked: &'l [PackageId],
) -> anyhow::Result<&'l PackageId> {
    let name = binding.contract.name.clone().into();
    let found = locked.iter().find(|package| package.name == name);
    found.with_context(|| format!("`{}` is not locked: run `tollgate lock`", binding.contract))
}

/// Reads the tables of a binding, and sets the folder that files in its configuration are relative to.
fn config_inputs(project: &Project, binding: &ContractBinding) -> anyhow::Result<ConfigInputs> {
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
) -> anyhow::Result<Config> {
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
fn resolve_in_project(project: &Project, file_name: &str) -> anyhow::Result<PathBuf> {
    // Absolute paths and `..` could lead out of the project.
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(file_name).components().all(plain) {
        bail!(
            "`{file_name}` is outside the project: use a path relative to the project folder, without `..`"
        );
    }
    Ok(project.folder.join(file_name))
}

fn load_error(gate: &GateName, binding: &ContractBinding, error: &LoadError) -> anyhow::Error {
    let remedy = match error {
        LoadError::NotGranted { capability, .. } => {
            format!(
                "\n  grant it in the gate with `grants = [\"{capability}\"]` or, for `lookup`, with `tables`"
            )
        }
        LoadError::InvalidConfig(_) => {
            format!("\n  `tollgate inspect {}` shows its configuration", binding.contract)
        }
        _ => String::new(),
    };
    anyhow!("gate `{gate}`: cannot load `{}`: {error}{remedy}", binding.contract)
}
