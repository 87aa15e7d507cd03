//! A project on this machine: its settings, the keys that it trusts, its gates, and the packages that its lock
//! file pins.
//!
//! Everything is given to this crate as an argument. It does not look at the current folder or at the
//! environment, and prints nothing.

mod contract_folder;
pub mod files;
mod gates;
mod packages;
mod project;
mod settings;
mod signatures;
pub mod standard;
mod trust;

pub use contract_folder::{CONTRACT_FILE, built_component, component_path, read_contract_file};
pub use gates::{GATE_FOLDER, gate_requirements, read_gate_version};
pub use packages::{
    LocalPackages, ProjectPackages, RegistryAccess, contract_at_path, open_package,
    verified_signers,
};
pub use project::{LOCK_FILE, PROJECT_FILE, Project};
pub use settings::SourceEntry;
pub use signatures::{read_signature, sign, signature_path};
pub use trust::{KeyPurpose, PUBLIC_KEY_EXTENSION, TrustedKey};
