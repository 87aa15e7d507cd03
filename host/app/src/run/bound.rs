//! A contract as a gate binds it: with its configuration and its grants, ready to judge.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use serde_json::{Map, Value};
use tollgate_engine::{
    Config, Contract, Engine, Grants, Limits, Live, LoadError, Materials, Table,
};
use tollgate_library::package::PackageId;
use tollgate_model::{Binding, Checked, Determinism, GateName, PinnedContract, Subject, Verdict};

use crate::files;
use crate::project::Project;

/// A contract of a gate, ready to judge.
#[derive(Clone)]
pub(crate) struct Bound {
    /// What this use of it is called in the gate.
    pub(super) called: String,
    pub(super) contract: Contract,
    repeat: u8,
}

impl Bound {
    /// Loads a contract as a gate binds it. Returns its complete configuration too, because with that
    /// its runs can be repeated when the files that it was made of are others.
    pub(super) async fn load(
        engine: &Engine,
        project: &Project,
        gate: &GateName,
        binding: &Binding,
        component: Arc<[u8]>,
    ) -> anyhow::Result<(Self, Config)> {
        let of_gate = || format!("gate `{gate}`, contract `{}`", binding.id());
        let materials = materials(project, binding).with_context(of_gate)?;
        let config = config(project, binding, &materials).with_context(of_gate)?;
        let granted = binding.grants.iter().fold(Grants::none(), |all, &one| all.allow(one));
        let grants = materials.tables.into_iter();
        let grants = grants.fold(granted, |all, (name, table)| all.allow_table(name, table));
        let loaded = engine.load(component, config.clone(), grants, Limits::default()).await;
        let contract = loaded.map_err(|error| refused(gate, binding, &error))?;
        Ok((Self { called: binding.id(), contract, repeat: binding.repeat }, config))
    }

    /// What identifies it.
    pub(super) fn pinned(&self) -> PinnedContract {
        let about = &self.contract.manifest().contract;
        PinnedContract {
            called: self.called.clone(),
            name: about.name.clone(),
            version: about.version.clone(),
            digest: self.contract.digest(),
            config_digest: self.contract.config_digest(),
        }
    }

    /// Asks it, as often as the gate wants.
    pub(super) async fn ask(&self, subject: &Subject, live: &Live) -> Checked {
        let mut verdicts = Vec::with_capacity(self.repeat.into());
        for _ in 0..self.repeat {
            let judgement = self.contract.judge(subject, live.clone()).await;
            verdicts.push(Verdict {
                said: judgement.verdict,
                answers: judgement.answers,
                fuel_used: judgement.fuel_used,
            });
        }
        Checked { contract: self.called.clone(), determinism: self.determinism(), verdicts }
    }

    fn determinism(&self) -> Determinism {
        Determinism::of(self.contract.capabilities().iter().copied())
    }
}

/// The version of a contract that the lock has for a binding.
pub(super) fn locked_for<'l>(
    binding: &Binding,
    locked: &'l [PackageId],
) -> anyhow::Result<&'l PackageId> {
    let name = binding.contract.name.clone().into();
    let found = locked.iter().find(|package| package.name == name);
    found.with_context(|| format!("`{}` is not locked: run `tollgate lock`", binding.contract))
}

/// The files that a configuration may name, and the tables that the contract may look into.
fn materials(project: &Project, binding: &Binding) -> anyhow::Result<Materials> {
    let mut materials = Materials { folder: project.folder.clone(), ..Materials::default() };
    for (name, file) in &binding.tables {
        let table = Table::read(&within(project, file.as_str())?)?;
        materials.tables.insert(name.clone(), Arc::new(table));
    }
    Ok(materials)
}

fn config(project: &Project, binding: &Binding, materials: &Materials) -> anyhow::Result<Config> {
    let mut materials = materials.clone();
    let written = match (&binding.config, &binding.config_file) {
        (Some(config), _) => Value::Object(config.clone().into_iter().collect()),
        (None, Some(file)) => {
            let path = within(project, file.as_str())?;
            // What a file names lies beside it.
            materials.folder = files::folder_of(&path).to_owned();
            files::read_json(&path)?
        }
        (None, None) => Value::Object(Map::new()),
    };
    Ok(Config::complete(written, &materials)?)
}

/// A file that a gate names: in the project, and nowhere else.
fn within(project: &Project, named: &str) -> anyhow::Result<PathBuf> {
    let plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if !Path::new(named).components().all(plain) {
        bail!("`{named}` is not in the project: name a file from its folder on, without `..`");
    }
    Ok(project.folder.join(named))
}

fn refused(gate: &GateName, binding: &Binding, error: &LoadError) -> anyhow::Error {
    let remedy = match error {
        LoadError::NotGranted { capability, .. } => {
            format!(
                "\n  the gate grants it with `grants = [\"{capability}\"]` or, for `lookup`, with `tables`"
            )
        }
        LoadError::Config(_) => {
            format!("\n  see what it takes: `tollgate inspect {}`", binding.contract)
        }
        _ => String::new(),
    };
    anyhow!("gate `{gate}`: `{}` cannot be loaded: {error}{remedy}", binding.contract)
}
