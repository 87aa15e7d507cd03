//! Prompts and contracts as versioned packages: sources, versions, signatures.
//!
//! `package` defines packages, `prompt` reads `.prompt` files. `source` reads and publishes
//! packages,
//! `registry` is its client for OCI registries, `store` keeps blobs on this machine. `resolve`
//! chooses the versions that a project runs, `lock` records them, `catalogue` combines these steps.
//! `semver_check` compares versions of a contract, `bundle` packs packages into one file, `trust` has
//! keys, signatures and receipts.

mod bump;
pub mod bundle;
pub mod catalogue;
mod hash;
pub mod lock;
pub mod package;
pub mod prompt;
pub mod registry;
mod regular_file;
pub mod resolve;
mod schema;
pub mod semver_check;
pub mod source;
pub mod store;
pub mod trust;

pub use bump::Bump;
