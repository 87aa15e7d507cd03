//! `tollgate gate schema`: what editors complete and check gates by.

use clap::Args;

use crate::console;
use crate::exit::Exit;

/// The JSON Schema of gates: made from the code that reads them.
pub(in crate::cli) const SCHEMA: &str = include_str!("../../../../../docs/gate.schema.json");

/// Writes the JSON Schema of gates, for editors. A gate whose first line is `#:schema gate.schema.json`
/// is completed and checked while you write it, by every editor that knows TOML's schemas.
///
/// Example: tollgate gate schema > gates/gate.schema.json
#[derive(Args)]
pub(super) struct Schema {}

impl Schema {
    pub(super) fn run(&self) -> Exit {
        console::say(SCHEMA.trim_end());
        Exit::Pass
    }
}
