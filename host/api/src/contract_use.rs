//! Contracts that a server runs, or that are locked to be run.

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use tollgate_model::{ContractName, Digest, FormatVersion, GateName};

/// Versions of contracts that gates run or that are locked for them, in the order of their names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ContractsDocument {
    pub format: FormatVersion<1>,
    pub contracts: Vec<UsedContract>,
}

/// Version of a contract that gates use.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UsedContract {
    pub name: ContractName,
    pub version: Version,
    /// Digest of the component.
    pub digest: Digest,
    /// `serving` if a gate judges outputs with it now.
    pub state: ContractUse,
    /// Gates that use it, in the order of their names.
    pub gates: Vec<ContractUser>,
}

/// Gate that uses a version of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ContractUser {
    pub gate: GateName,
    pub state: ContractUse,
}

/// Use of a contract by a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContractUse {
    /// It judges outputs now.
    Serving,
    /// The lock file pins it, and it judges once that is released.
    Locked,
}
