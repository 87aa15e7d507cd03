//! From bytes to judgement: inspected, configured and snapshotted, compiled, and then
//! a fresh sandbox for each subject.
//!
//! The only room that names wasmtime. It does not know what a gate is, where contracts
//! come from or what becomes of their reports.

mod bindings;
mod cache;
mod capabilities;
mod check;
mod config;
mod config_schema;
mod contract;
mod core_module;
mod coverage;
mod deadline;
mod engine;
mod functions;
mod grants;
mod inspect;
mod limits;
mod manifest_section;
mod post_mortem;
mod prepare;
mod program;
mod sandbox;
mod sandboxes;
mod settings;
mod stream;
mod tables;

pub use cache::CacheError;
pub use capabilities::{Live, world};
pub use config::{Config, ConfigError, Materials};
pub use config_schema::{SchemaError, extract_config_schema};
pub use contract::Contract;
pub use core_module::{export_address, strip_debug_info};
pub use engine::{Engine, LoadError};
pub use grants::{Grants, NotGranted};
pub use inspect::{COMPONENT_BYTES_MAX, InspectError, Inspection, Unfit, inspect};
pub use limits::Limits;
pub use manifest_section::{ManifestError, embed_manifest, find_manifest, read_manifest};
pub use prepare::{Preparation, PrepareError};
pub use program::{ProgramError, embed_program};
pub use sandboxes::Allocation;
pub use settings::{Knobs, Settings};
pub use stream::{Progress, Stream};
pub use tables::{Table, TableError};

pub(crate) use sandboxes::features;
