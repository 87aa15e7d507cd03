//! A project on this machine: its settings, the keys that it trusts, its gates, and the packages that its lock
//! file pins.
//!
//! Everything is given to this crate as an argument. It does not look at the current folder or at the
//! environment, and prints nothing. Its errors say what is wrong; which command mends it is for the caller to say.

mod contract_folder;
pub mod files;
mod gate_template;
mod gates;
mod lock;
mod packages;
mod progress;
mod project;
mod prompts;
mod settings;
mod signatures;
mod standard;
mod trust;

pub use contract_folder::{
    CONTRACT_FILE, ContractFolderError, built_component, component_path, read_contract_file,
};
pub use files::{FileError, ReadError};
pub use gate_template::{AnswerError, GateDraft, GateQuestion, GateTemplate};
pub use gates::{GATE_FOLDER, GateReadError, gate_requirements, read_gate_version};
pub use lock::{LOCK_FILE, LockError};
pub use packages::{
    FoundLocked, LocalPackages, LockedPackageError, PackageAccessError, PackageFileError,
    ProjectPackages, RegistryAccess, SourceAccessError, SourceQuery, contract_at_path,
    open_package,
};
pub use progress::FetchProgress;
pub use project::{PROJECT_FILE, Project, ProjectError};
pub use prompts::PROMPT_FOLDER;
pub use settings::{PublishMode, ServeSettings, SourceEntry, project_file_schema};
pub use signatures::{
    RequiredSignature, SignatureError, read_signature, sign, signature_path, verified_signers,
};
pub use standard::{StandardContractError, StandardContractMismatchError};
pub use trust::{KeyPurpose, PUBLIC_KEY_EXTENSION, TrustedKey};
