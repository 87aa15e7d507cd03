//! Errors of loading a gate with its contracts.

use tollgate_engine::{ConfigError, EngineError, LoadError, TableError};
use tollgate_model::{CanonicalJsonError, Digest, GateName, TextFileErrors};
use tollgate_project::{FileError, GateReadError, LockError, PackageAccessError, ProjectError};

use super::release_record::ReleaseReadError;

/// The reason why a gate cannot be loaded, as the lock file or a release pins it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GateLoadError {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Gate(#[from] GateReadError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error("`{contract}` is not locked")]
    NotLocked { contract: String },
    #[error(transparent)]
    Package(#[from] PackageAccessError),
    #[error(transparent)]
    Release(#[from] ReleaseReadError),
    /// The prompt that a release pins is not a prompt any more.
    #[error("{0}")]
    Prompt(#[from] TextFileErrors),
    #[error("the gate record of release {release} has no contract `{contract}`")]
    NoBinding { release: Digest, contract: String },
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Contract(#[from] BoundContractError),
    #[error(
        "the release of gate `{gate}` has {bytes} bytes, but at most {bytes_max} can be recorded: {largest} alone has \
         {largest_bytes}"
    )]
    TooLarge {
        gate: GateName,
        bytes: usize,
        bytes_max: usize,
        /// The largest part of the release, for people.
        largest: String,
        largest_bytes: usize,
    },
    #[error("the release has no canonical form")]
    NotCanonical(#[from] CanonicalJsonError),
}

/// The reason why a contract cannot be loaded as a gate binds it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BoundContractError {
    #[error("gate `{gate}`, contract `{contract}`")]
    Config {
        gate: GateName,
        /// Identifier of the binding within the gate.
        contract: String,
        source: Box<BoundConfigError>,
    },
    #[error("gate `{gate}`: cannot load `{contract}`")]
    Load {
        gate: GateName,
        /// The contract as the gate requires it.
        contract: String,
        source: Box<LoadError>,
    },
}

/// The reason why the configuration or a table of a binding cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BoundConfigError {
    #[error(
        "`{file}` is outside the project: use a path relative to the project folder, without `..` and without links that \
         lead out"
    )]
    OutsideProject { file: String },
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}
