//! Runs contracts: a component is inspected, configured, snapshotted and compiled once,
//! and then judges each subject in a fresh sandbox.
//!
//! This is the only crate that depends on wasmtime. It knows nothing about gates, about
//! where contracts come from, or about what happens to their reports.

mod bindings;
mod cache;
mod capabilities;
mod code_identity;
mod compile;
mod config;
mod config_check;
mod config_schema;
mod confined_path;
mod contract;
mod core_module;
mod deadline;
mod embedded_program;
mod engine;
mod function_cache;
mod grants;
mod inspect;
mod limits;
mod manifest_section;
mod memory_images;
mod panel;
mod panel_stream;
mod post_mortem;
mod prepare;
mod prompt_coverage;
mod report_check;
mod sandbox;
mod sections;
mod settings;
mod snapshot;
mod stream;
mod tables;
mod wasm_config;

pub use cache::CacheError;
pub use capabilities::{HostContext, test_fixture};
pub use compile::{CompileError, CompileProcess, worker as compile_worker};
pub use config::{Config, ConfigError, ConfigInputs};
pub use config_check::{ConfigMismatch, UnusableSchemaError, check_config_schema};
pub use config_schema::{ConfigSchemaError, extract_config_schema};
pub use confined_path::{ConfinedPathError, confine_path};
pub use contract::Contract;
pub use core_module::{export_address, strip_debug_info};
pub use embedded_program::{ProgramError, embed_program};
pub use engine::{Engine, EngineError, LoadError};
pub use grants::{Grants, NotGrantedError};
pub use inspect::{
    COMPONENT_BYTES_MAX, CompileAmount, InspectError, Inspection, InterfaceError, inspect,
};
pub use limits::Limits;
pub use manifest_section::{ManifestError, embed_manifest, read_manifest, read_manifest_from};
pub use panel::ContractPanel;
pub use panel_stream::PanelStream;
pub use prepare::{Preparation, PrepareError};
pub use settings::{Knobs, Settings};
pub use stream::{JudgementStream, Progress};
pub use tables::{Table, TableError};
pub use wasm_config::Allocation;

pub(crate) use wasm_config::wasm_features;
