//! Arguments shared by the commands that run a contract: configuration, grants, tables and limits.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate::intake::JsonMembers;
use tollgate_engine::{
    CompileProcess, Config, ConfigInputs, Contract, Engine, Grants, Limits, LoadError, Settings,
    Table,
};
use tollgate_model::Capability;
use tollgate_project::{LocalPackages, built_component};
use tollgate_toolchain::newer_source;

use crate::shell_words::quote_word;
use crate::{console, files, hints};

/// Name of the hidden command with which the tool starts itself as its compile process.
pub(super) const COMPILE_WORKER: &str = "compile-worker";

/// Arguments for loading a contract.
#[derive(Args, Clone, Debug)]
pub(super) struct ContractLoadArgs {
    /// Configuration: JSON, or `@` and the path of a JSON file.
    ///
    /// {"$file": "schema.json"} in it is replaced by the JSON in a file, {"$lines": "terms.txt"} by the
    /// lines of a file, and {"$table": "claims"} by a table. Paths are relative to the configuration's
    /// file, or to the current folder.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    config: String,
    /// Capability that the contract may use: log, clock, lookup or prompt-text. May be repeated.
    #[arg(long = "grant", value_name = "CAPABILITY", value_parser = parse_capability)]
    grants: Vec<Capability>,
    /// Table that the contract may look up values in: a CSV or JSON file. May be repeated.
    #[arg(long = "table", value_name = "NAME=FILE", value_parser = parse_named_file)]
    tables: Vec<(String, PathBuf)>,
    /// Time limit of one judgement, in milliseconds.
    #[arg(long, value_name = "MS")]
    deadline_ms: Option<u64>,
    /// Memory limit of one judgement, in MiB.
    #[arg(long, value_name = "MIB")]
    memory_mib: Option<usize>,
    /// Fuel limit of one judgement, whatever the subject's size (about one unit per instruction).
    #[arg(long, value_name = "UNITS")]
    fuel: Option<u64>,
}

/// Creates the engine, and warns if the cache cannot be used.
pub(crate) fn new_engine(cache: Option<PathBuf>) -> anyhow::Result<Engine> {
    let compile_process =
        Some(CompileProcess { program: own_program()?, arguments: vec![COMPILE_WORKER.into()] });
    let engine = Engine::new(Settings { cache, compile_process, ..Settings::default() })?;
    if let Some(problem) = engine.cache_problem() {
        console::warn(format!(
            "{problem}\n  contracts are compiled again each time; set another folder with `--cache`"
        ));
    }
    Ok(engine)
}

/// Returns the path of this program.
fn own_program() -> std::io::Result<PathBuf> {
    if cfg!(target_os = "linux") {
        // Names this program even after another one has been installed in its place.
        Ok("/proc/self/exe".into())
    } else {
        std::env::current_exe()
    }
}

impl ContractLoadArgs {
    /// Loads the contract with these arguments.
    pub(super) async fn load(
        &self,
        engine: &Engine,
        packages: &LocalPackages,
        reference: &str,
    ) -> anyhow::Result<Contract> {
        warn_if_stale(Path::new(reference));
        let component = packages.read_contract(reference)?;
        let tables = read_tables(&self.tables)?;
        let config = read_config(&self.config, &tables)?;
        let grants = self.grants.iter().fold(Grants::none(), |grants, &one| grants.allow(one));
        let grants = tables
            .tables
            .into_iter()
            .fold(grants, |grants, (name, table)| grants.allow_table(name, table));
        load_contract(engine, reference, component, config, grants, self.limits()).await
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(fuel) = self.fuel {
            // An explicit limit is absolute: the shares that grow with the subject are off.
            limits.fuel = fuel;
            limits.fuel_per_kib = 0;
            limits.fuel_per_part = 0;
        }
        limits.deadline_ms = self.deadline_ms.unwrap_or(limits.deadline_ms);
        limits.memory_bytes_max =
            self.memory_mib.map_or(limits.memory_bytes_max, |mib| mib.saturating_mul(1 << 20));
        limits
    }
}

/// Warns if a contract is a folder in which a source is newer than the component, because the current source is then not
/// what is run.
pub(super) fn warn_if_stale(folder: &Path) {
    let component = folder.is_dir().then(|| built_component(folder).ok()).flatten();
    let Some(source) = component.and_then(|component| newer_source(folder, &component)) else {
        return;
    };
    let folder = folder.display().to_string();
    console::warn(format!(
        "`{source}` is newer than the component: run `tollgate build {}` first",
        quote_word(&folder)
    ));
}

/// Reads tables from their files.
pub(super) fn read_tables(tables: &[(String, PathBuf)]) -> anyhow::Result<ConfigInputs> {
    let mut inputs = ConfigInputs::default();
    for (name, path) in tables {
        let table = Arc::new(Table::read(path)?);
        if inputs.tables.insert(name.clone(), table).is_some() {
            bail!("table `{name}` is given twice: remove one");
        }
    }
    Ok(inputs)
}

/// Reads a configuration from an argument, with the files and tables that it names.
pub(super) fn read_config(argument: &str, tables: &ConfigInputs) -> anyhow::Result<Config> {
    let (value, folder) = read_json_argument("--config", argument)?;
    let inputs = ConfigInputs { folder, tables: tables.tables.clone() };
    Ok(Config::resolve(value, &inputs)?)
}

/// Loads a contract. Shows a spinner meanwhile, and names the contract and a remedy in errors.
pub(super) async fn load_contract(
    engine: &Engine,
    reference: &str,
    component: Arc<[u8]>,
    config: Config,
    grants: Grants,
    limits: Limits,
) -> anyhow::Result<Contract> {
    let spinner = console::spinner(&format!("compiling {reference}"));
    let contract = engine.load(component, config, grants, limits).await;
    // Cleared before the result is used, so that a warning or error is not printed over the spinner.
    spinner.finish_and_clear();
    if let Some(problem) = contract.as_ref().ok().and_then(Contract::cache_problem) {
        console::warn(format!("{problem}\n  it will be compiled again next time"));
    }
    contract.map_err(|error| anyhow!(describe_load_error(reference, &error)))
}

/// Says why a contract cannot be loaded, and what to do about it.
pub(super) fn describe_load_error(reference: &str, error: &LoadError) -> String {
    let remedy = match error {
        // `--grant lookup` alone would grant no table.
        LoadError::NotGranted { capability: Capability::Lookup, .. } => {
            "\n  grant it with a table: `--table NAME=FILE`".into()
        }
        LoadError::NotGranted { capability, .. } => {
            format!("\n  grant it: `--grant {capability}`")
        }
        LoadError::InvalidConfig(_) => {
            let reference = quote_word(reference);
            format!("\n  show its configuration: `tollgate inspect {reference}`")
        }
        error => match hints::first_hint(error) {
            Some(hint) => format!("\n  {hint}"),
            None => String::new(),
        },
    };
    format!("`{reference}` cannot be loaded: {error}{remedy}")
}

/// Reads a JSON value from an argument, or from a file when the argument is `@` and a path. Also
/// returns the folder that paths in the value are relative to.
pub(super) fn read_json_argument(flag: &str, argument: &str) -> anyhow::Result<(Value, PathBuf)> {
    let Some(path) = argument.strip_prefix('@') else {
        return Ok((parse_json_argument(flag, argument)?, PathBuf::from(".")));
    };
    let path = Path::new(path);
    Ok((files::read_given_json(path)?, files::parent_folder(path).to_owned()))
}

/// Reads a JSON object as [`read_json_argument`] does. A member that is there twice is an error.
pub(super) fn read_object_argument(flag: &str, argument: &str) -> anyhow::Result<JsonMembers> {
    let Some(path) = argument.strip_prefix('@') else {
        return parse_object_argument(flag, argument);
    };
    let text: Box<RawValue> = files::read_given_json(Path::new(path))?;
    parse_object_argument(flag, text.get())
}

/// Parses the JSON object of a flag. A member that is there twice is an error.
pub(super) fn parse_object_argument(flag: &str, text: &str) -> anyhow::Result<JsonMembers> {
    if !parse_json_argument(flag, text)?.is_object() {
        bail!("`{flag}` is not a JSON object");
    }
    Ok(JsonMembers::read_member(flag, text)?)
}

/// Parses the JSON value of a flag.
fn parse_json_argument(flag: &str, text: &str) -> anyhow::Result<Value> {
    serde_json::from_str(text).with_context(|| {
        format!("`{flag}` is not valid JSON; to read a file, put `@` before its path")
    })
}

pub(super) fn parse_capability(name: &str) -> Result<Capability, String> {
    let names = Capability::ALL.map(Capability::name).join(", ");
    Capability::from_name(name).ok_or_else(|| format!("unknown capability: use one of {names}"))
}

pub(super) fn parse_named_file(text: &str) -> Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or("expected `NAME=FILE`")?;
    Ok((name.into(), path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_an_object_with_a_member_that_is_there_twice() {
        let read = |text: &str| read_object_argument("--context", text).map_err(|e| e.to_string());
        let twice = read(r#"{"channel": "sms", "ch\u0061nnel": "email"}"#).unwrap_err();
        assert_eq!(twice, "`--context`: duplicate member `channel`");
        assert_eq!(read("[]").unwrap_err(), "`--context` is not a JSON object");
        assert!(!read(r#" {"channel": "sms"}"#).unwrap().is_empty());
    }
}
