//! `tollgate gate schema`: prints the JSON Schema of gates, for editors.

use clap::Args;

use crate::console;
use crate::exit::Exit;

/// JSON Schema of gates, generated from the code that reads them.
pub(in crate::cli) const GATE_SCHEMA: &str = include_str!("../../../../../docs/gate.schema.json");

/// Path of the schema in a project, beside the gates that name it.
pub(in crate::cli) const GATE_SCHEMA_FILE: &str = "gates/gate.schema.json";

/// Prints the JSON Schema of gates, for editors.
///
/// Editors that support schemas for TOML complete and check a gate whose first line is
/// `#:schema gate.schema.json`.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate gate schema > gates/gate.schema.json")]
pub(super) struct GateSchemaCommand {}

impl GateSchemaCommand {
    pub(super) fn run(&self) -> Exit {
        console::print(GATE_SCHEMA.trim_end());
        Exit::Pass
    }
}
