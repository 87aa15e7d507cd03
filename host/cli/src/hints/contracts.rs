//! Hints for errors of building, loading and replaying contracts.

use tollgate::gate::BoundContractError;
use tollgate::replay::{CandidateError, ReplayError};
use tollgate_engine::{InspectError, InterfaceError, LoadError, ManifestError};
use tollgate_toolchain::{BuildError, ToolboxError};

use super::host::{gate_open_hint, release_read_hint};
use super::packages::{contract_folder_hint, package_access_hint};
use crate::environment::CACHE;
use crate::shell_words::quote_word;

/// Returns the hint for a contract that a gate binds.
pub(super) fn binding_hint(error: &BoundContractError) -> Option<String> {
    let BoundContractError::Load { contract, source, .. } = error else { return None };
    match &**source {
        LoadError::NotGranted { capability, .. } => Some(format!(
            "grant it in the gate with `grants = [\"{capability}\"]` or, for `lookup`, with `tables`"
        )),
        LoadError::InvalidConfig(_) => {
            let contract = contract.to_string();
            Some(format!("`tollgate inspect {}` shows its configuration", quote_word(&contract)))
        }
        _ => None,
    }
}

pub(super) fn load_hint(error: &LoadError) -> Option<String> {
    match error {
        LoadError::Inspect(error) => inspect_hint(error),
        _ => None,
    }
}

pub(super) fn inspect_hint(error: &InspectError) -> Option<String> {
    match error {
        InspectError::CoreModule => Some("build it with `tollgate build`".into()),
        InspectError::WitVersionMismatch { .. } => Some(build_again_hint()),
        InspectError::Interface(error) => interface_hint(error),
        InspectError::Manifest(error) => manifest_hint(error),
        _ => None,
    }
}

fn interface_hint(error: &InterfaceError) -> Option<String> {
    match error {
        InterfaceError::Wasi(_) => {
            Some("build it with `tollgate build`, which leaves WASI out".into())
        }
        InterfaceError::NoJudge => Some("create one that does with `tollgate new`".into()),
        InterfaceError::UnservedVersion(_)
        | InterfaceError::MixedVersions(_)
        | InterfaceError::WrongExport(_) => Some(build_again_hint()),
        _ => None,
    }
}

pub(super) fn manifest_hint(error: &ManifestError) -> Option<String> {
    match error {
        ManifestError::Missing => Some("build it with `tollgate build`, which embeds one".into()),
        ManifestError::Repeated | ManifestError::Unreadable(_) => Some(build_again_hint()),
        _ => None,
    }
}

fn build_again_hint() -> String {
    "build it again with `tollgate build`".into()
}

pub(super) fn replay_hint(error: &ReplayError) -> Option<String> {
    match error {
        ReplayError::Release(error) => release_read_hint(error),
        ReplayError::Package(error) => package_access_hint(error),
        _ => None,
    }
}

pub(super) fn candidate_hint(error: &CandidateError) -> Option<String> {
    match error {
        CandidateError::Manifest(error) => manifest_hint(error),
        CandidateError::Contract(error) => binding_hint(error),
        CandidateError::Gate(error) => gate_open_hint(error),
        _ => None,
    }
}

pub(super) fn build_hint(error: &BuildError) -> Option<String> {
    match error {
        BuildError::ContractFolder(error) => contract_folder_hint(error),
        BuildError::Toolbox(ToolboxError::NoFolder) => {
            Some(format!("set one with `--cache` or `{}`", CACHE.name))
        }
        BuildError::MissingRuntime => Some(
            "build the tool with `cargo xtask build`, which needs Python 3.11 or later with its `venv`"
                .into(),
        ),
        _ => None,
    }
}
