//! What the commands that run a contract have in common: how it is configured, what it
//! is granted, what it may cost.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;
use tollgate_engine::{
    Config, Contract, Engine, Grants, Limits, LoadError, Materials, Settings, Table,
};
use tollgate_model::Capability;

use crate::{console, files, reference};

/// How to load a contract.
#[derive(Args, Clone, Debug)]
pub(super) struct Loading {
    /// The configuration: JSON, or `@` and the path of a JSON file.
    ///
    /// In it, {"$file": "schema.json"} stands for a file, {"$lines": "terms.txt"} for its
    /// lines and {"$table": "claims"} for a table. Files lie in the folder of the
    /// configuration, or in this one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    config: String,
    /// A capability that the contract may use: log, clock, lookup or prompt-text.
    #[arg(long = "grant", value_name = "CAPABILITY", value_parser = capability)]
    grants: Vec<Capability>,
    /// A table that the contract may look things up in: a CSV or JSON file.
    #[arg(long = "table", value_name = "NAME=FILE", value_parser = named_file)]
    tables: Vec<(String, PathBuf)>,
    /// How long one judgement may take.
    #[arg(long, value_name = "MS")]
    deadline_ms: Option<u64>,
    /// How much memory one judgement may use.
    #[arg(long, value_name = "MIB")]
    memory_mib: Option<usize>,
    /// How much fuel one judgement has (about one unit an instruction), whatever the subject's size.
    #[arg(long, value_name = "UNITS")]
    fuel: Option<u64>,
}

/// An engine for this process.
pub(super) fn engine(cache: Option<PathBuf>) -> anyhow::Result<Engine> {
    let engine = Engine::new(Settings { cache, ..Settings::default() })?;
    if let Some(problem) = engine.cache_problem() {
        console::warn(format!(
            "{problem}\n  contracts are compiled anew each time; name another folder with `--cache`"
        ));
    }
    Ok(engine)
}

impl Loading {
    /// Loads the contract, and shows that it does where it takes long.
    pub(super) async fn load(&self, engine: &Engine, reference: &str) -> anyhow::Result<Contract> {
        let component = reference::read(reference)?;
        let tables = self.read_tables()?;
        let config = self.read_config(&tables)?;
        let grants = self.grants.iter().fold(Grants::none(), |grants, &one| grants.allow(one));
        let grants = tables
            .tables
            .into_iter()
            .fold(grants, |grants, (name, table)| grants.allow_table(name, table));
        load(engine, reference, component, config, grants, self.limits()).await
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(fuel) = self.fuel {
            limits.fuel = fuel;
            limits.fuel_per_kib = 0;
            limits.fuel_per_part = 0;
        }
        limits.deadline_ms = self.deadline_ms.unwrap_or(limits.deadline_ms);
        limits.memory_bytes_max =
            self.memory_mib.map_or(limits.memory_bytes_max, |mib| mib.saturating_mul(1 << 20));
        limits
    }

    fn read_tables(&self) -> anyhow::Result<Materials> {
        let mut materials = Materials::default();
        for (name, path) in &self.tables {
            let table = Arc::new(Table::read(path)?);
            if materials.tables.insert(name.clone(), table).is_some() {
                bail!("the table `{name}` is given twice");
            }
        }
        Ok(materials)
    }

    fn read_config(&self, tables: &Materials) -> anyhow::Result<Config> {
        let (written, folder) = given("--config", &self.config)?;
        let materials = Materials { folder, tables: tables.tables.clone() };
        Ok(Config::complete(written, &materials)?)
    }
}

/// Loads a contract; says which one it was about, where it cannot.
pub(super) async fn load(
    engine: &Engine,
    reference: &str,
    component: Arc<[u8]>,
    config: Config,
    grants: Grants,
    limits: Limits,
) -> anyhow::Result<Contract> {
    let spinner = console::spinner(&format!("compiling {reference}"));
    let loaded = engine.load(component, config, grants, limits).await;
    spinner.finish_and_clear();
    if let Some(problem) = loaded.as_ref().ok().and_then(Contract::cache_problem) {
        console::warn(format!("{problem}\n  it will be compiled anew the next time"));
    }
    loaded.map_err(|error| {
        let remedy = match &error {
            LoadError::NotGranted { capability: Capability::Lookup, .. } => {
                "\n  grant it with a table: `--table NAME=FILE`".into()
            }
            LoadError::NotGranted { capability, .. } => {
                format!("\n  grant it: `--grant {capability}`")
            }
            LoadError::Config(_) => {
                format!("\n  see what it takes: `tollgate inspect {reference}`")
            }
            _ => String::new(),
        };
        anyhow::anyhow!("`{reference}` cannot be loaded: {error}{remedy}")
    })
}

/// A JSON value that is given as an argument, or as `@` and the path of a file; and the folder in
/// which the files lie that it names.
pub(super) fn given(flag: &str, argument: &str) -> anyhow::Result<(Value, PathBuf)> {
    let Some(path) = argument.strip_prefix('@') else {
        return Ok((json(flag, argument)?, PathBuf::from(".")));
    };
    let path = Path::new(path);
    Ok((files::read_json(path)?, files::folder_of(path).to_owned()))
}

/// A JSON value given as an argument.
pub(super) fn json(flag: &str, text: &str) -> anyhow::Result<Value> {
    serde_json::from_str(text)
        .with_context(|| format!("`{flag}` is not JSON; to name a file, put `@` before its path"))
}

pub(super) fn capability(name: &str) -> Result<Capability, String> {
    let names = Capability::ALL.map(Capability::name).join(", ");
    Capability::named(name).ok_or_else(|| format!("the capabilities are {names}"))
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("it should be `NAME=FILE`")?;
    Ok((name.into(), path.into()))
}
