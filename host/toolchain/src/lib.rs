//! Tools for authors of contracts: creates a contract from a template, builds its folder into a
//! component with compilers that are pinned and fetched once, and reads and runs its test cases.
//!
//! Nothing here prints, reads the environment or looks at the current folder: paths and settings are
//! arguments, and progress is reported to a [`BuildLog`]. Compilers run as child processes and inherit
//! the environment of this process. Functions that build block until the compiler exits.

mod build_error;
mod build_log;
mod cases;
mod component;
mod contract_files;
mod embedded;
mod languages;
mod requirements;
mod schemas;
mod settings;
mod template;
mod toolbox;

pub use build_error::{BuildError, EncodingError};
pub use build_log::{BuildLog, SilentLog};
pub use cases::{
    CaseDifference, CaseError, CaseExpectation, CaseResult, CaseRunError, CaseRunner, ContractCase,
    DifferentResults, FailureKind, ReloadableContract, read_cases, write_case,
};
pub use component::{BuiltContract, Toolchain, newer_source};
pub use contract_files::{ContractFiles, needs_build};
pub use languages::{Language, WIT_VERSION};
pub use requirements::ToolRequirement;
pub use schemas::{contract_case_schema, contract_file_schema};
pub use settings::{CargoMessages, ToolchainSettings};
pub use template::{ContractTemplate, NewContractError, create_contract};
pub use toolbox::{InstallError, ToolError, ToolboxError};

/// JSON Schema of the configuration. In Rust it is derived from the code; in other languages the
/// author writes it.
const SCHEMA_FILE: &str = "config.schema.json";

/// Folder for the SDK and the WIT in a new contract; below it the paths are those of the repository.
const VENDOR_FOLDER: &str = "vendor/tollgate";
