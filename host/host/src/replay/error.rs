//! Errors of replays and comparisons.

use tollgate_engine::{ConfigError, LoadError, ManifestError};
use tollgate_ledger::LedgerError;
use tollgate_model::{Digest, GateName, LevelScheme, TextFileErrors};
use tollgate_packages::package::PackageId;
use tollgate_project::PackageAccessError;

use crate::gate::{BoundContractError, GateOpenError, OutputDigestError, ReleaseReadError};

/// The reason why a run cannot be judged again: the contracts judged the complete output, and that was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputNotKeptError {
    #[error(
        "its output was kept without personal data, but the contracts judged the complete output"
    )]
    Masked,
    #[error("only the digest of its output was kept")]
    DigestOnly,
    #[error("its output was erased")]
    Erased,
}

/// The reason why a run cannot be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    #[error(transparent)]
    Output(#[from] OutputNotKeptError),
    #[error("the reports of its contracts were erased, so there is nothing to compare with")]
    ReportsErased,
    #[error("release {release} has no contract `{contract}`")]
    NoContract { release: Digest, contract: String },
    #[error("`{contract}` judged `{at}`, and the output that was kept has nothing there")]
    NoPart { contract: String, at: String },
    #[error(transparent)]
    Release(#[from] ReleaseReadError),
    #[error(transparent)]
    Package(#[from] PackageAccessError),
    #[error("the recorded configuration of `{contract}` cannot be used")]
    Config { contract: String, source: ConfigError },
    #[error("`{package}` cannot be loaded again")]
    Load { package: Box<PackageId>, source: Box<LoadError> },
    #[error("a verdict cannot be written as JSON")]
    Verdict(#[source] serde_json::Error),
}

/// The reason why a candidate cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CandidateError {
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("gate `{gate}` does not use `{contract}`: it uses {}", used.join(", "))]
    NotUsed {
        gate: GateName,
        contract: String,
        /// The contracts that the gate uses.
        used: Vec<String>,
    },
    #[error(transparent)]
    Contract(#[from] BoundContractError),
    /// The active release, whose configurations and tables are used, cannot be read.
    #[error(transparent)]
    Gate(#[from] GateOpenError),
}

/// The reason why decisions cannot be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ComparisonError {
    #[error("{scheme} has no level {level}: it has {lowest} to {highest}")]
    NoSuchLevel { scheme: LevelScheme, level: u8, lowest: u8, highest: u8 },
    #[error("gate `{gate}` has no owner, who would have to accept the level")]
    NoOwner { gate: GateName },
    #[error(transparent)]
    NotKept(#[from] OutputNotKeptError),
    #[error(transparent)]
    Output(#[from] OutputDigestError),
    #[error(transparent)]
    Release(#[from] ReleaseReadError),
    /// The prompt that a release pins is not a prompt any more.
    #[error("{0}")]
    Prompt(#[from] TextFileErrors),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
