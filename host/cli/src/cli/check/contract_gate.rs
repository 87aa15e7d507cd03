//! A gate that is made of contracts on the command line: it judges, and has no file, no release and no ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use semver::{Comparator, Op, Version, VersionReq};
use tollgate::gate::{BoundContractError, GateLoadError, LoadedGate, QualityContract};
use tollgate_engine::read_manifest;
use tollgate_model::{
    AbsentPart, ContractBinding, ContractRequirement, EnforcementMode, NonBlankString, OnFail,
    StopEffect,
};
use tollgate_project::LocalPackages;

use super::named_contracts::NamedContract;
use crate::cli::contract_loading::{
    describe_load_error, new_engine, read_config, read_tables, warn_if_stale,
};
use crate::console;
use crate::current_project::local_packages;

/// Name that reports give to what has no gate.
const GATE_NAME: &str = "contracts";
/// Configuration of a contract that gets none.
const NO_CONFIG: &str = "{}";

/// Loads contracts as a gate that only judges. In a project, its lock and the keys that it trusts apply.
pub(super) async fn load_contract_gate(
    named: Vec<NamedContract>,
    cache: Option<PathBuf>,
) -> anyhow::Result<LoadedGate> {
    let packages = local_packages()?;
    let mut ids = BTreeSet::new();
    let mut contracts = Vec::new();
    for contract in &named {
        contracts.push(read_contract(contract, &packages, &mut ids)?);
    }
    let names: BTreeMap<_, _> = contracts
        .iter()
        .zip(&named)
        .map(|(contract, named)| (contract.binding.contract.to_string(), &named.reference))
        .collect();
    let (engine, name) = (new_engine(cache)?, GATE_NAME.parse()?);
    let spinner = console::spinner("loading contracts");
    let loaded = LoadedGate::for_quality(&engine, name, contracts).await;
    spinner.finish_and_clear();
    loaded.map_err(|error| match &error {
        GateLoadError::Contract(BoundContractError::Load { contract, source, .. }) => {
            let reference = names.get(contract).map_or(contract, |reference| *reference);
            anyhow!(describe_load_error(reference, source))
        }
        _ => error.into(),
    })
}

/// Reads a contract with its configuration and tables. `ids` are those of the contracts before.
fn read_contract(
    named: &NamedContract,
    packages: &LocalPackages,
    ids: &mut BTreeSet<String>,
) -> anyhow::Result<QualityContract> {
    let NamedContract { reference, config, grants, tables, at } = named;
    warn_if_stale(Path::new(reference));
    let component = packages.read_contract(reference)?;
    let manifest = read_manifest(&component)
        .with_context(|| format!("`{reference}` cannot be loaded"))?
        .contract;
    let in_contract = || format!("`{reference}`");
    let inputs = read_tables(tables).with_context(in_contract)?;
    let config = config.as_deref().unwrap_or(NO_CONFIG);
    let config = read_config(config, &inputs).with_context(in_contract)?;
    let binding = ContractBinding {
        alias: new_alias(manifest.name.to_string(), ids),
        contract: ContractRequirement { name: manifest.name, versions: exactly(manifest.version) },
        config: None,
        config_file: None,
        grants: grants.iter().copied().collect(),
        tables: BTreeMap::new(),
        mode: EnforcementMode::default(),
        repeat: 1,
        majority: None,
        on_fail: OnFail::default(),
        on_failure: StopEffect::Block,
        fail_open: None,
        at: at.clone(),
        when_absent: AbsentPart::default(),
    };
    Ok(QualityContract { binding, component, config, tables: inputs.tables })
}

/// Returns the alias of a contract that was named before, so that reports tell them apart.
fn new_alias(name: String, ids: &mut BTreeSet<String>) -> Option<NonBlankString> {
    if ids.insert(name.clone()) {
        return None;
    }
    let aliases = (2_usize..).map(|number| format!("{name} ({number})"));
    let alias = aliases.into_iter().find(|alias| !ids.contains(alias))?;
    ids.insert(alias.clone());
    alias.parse().ok()
}

fn exactly(version: Version) -> VersionReq {
    let Version { major, minor, patch, pre, .. } = version;
    let (minor, patch) = (Some(minor), Some(patch));
    VersionReq { comparators: vec![Comparator { op: Op::Exact, major, minor, patch, pre }] }
}

#[cfg(test)]
mod tests {
    use tollgate_model::GateName;

    use super::*;

    #[test]
    fn the_name_in_reports_is_one_of_a_gate() {
        assert!(GATE_NAME.parse::<GateName>().is_ok());
    }

    #[test]
    fn a_contract_that_is_named_again_has_another_id() {
        let mut ids = BTreeSet::new();
        let mut alias = || new_alias("a/a".into(), &mut ids).map(|alias| alias.to_string());
        assert_eq!(
            (alias(), alias(), alias()),
            (None, Some("a/a (2)".into()), Some("a/a (3)".into()))
        );
    }
}
