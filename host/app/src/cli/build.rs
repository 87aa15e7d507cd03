//! `tollgate build`: from source to a component.

use std::path::PathBuf;

use clap::Args;

use crate::author::{self, Toolbox};
use crate::console;
use crate::exit::Exit;

/// Builds the contract in a folder: `dist/NAME-VERSION.wasm`, with its manifest embedded.
///
/// Rust contracts are built for wasm32-unknown-unknown with SIMD, without WASI and
/// without randomness. The configuration's schema is written to `config.schema.json`.
#[derive(Args)]
pub(super) struct Build {
    /// The folder of the contract.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

impl Build {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let built = author::build(&self.folder, &Toolbox::new(cache))?;
        let inspection = &built.inspection;
        let contract = &inspection.manifest.contract;
        let imports: Vec<_> = inspection.capabilities.iter().map(|one| one.name()).collect();
        let imports = if imports.is_empty() { "nothing".into() } else { imports.join(", ") };
        console::say(console::paint(
            console::STRONG,
            format!("{} {}", contract.name, contract.version),
        ));
        console::say(format!("  component  {}", built.path.display()));
        console::say(format!("  size       {}", console::size(inspection.bytes)));
        console::say(format!("  digest     {}", inspection.digest));
        console::say(format!("  imports    {imports}"));
        if built.schema_changed {
            console::say(
                "  the configuration's schema changed: `config.schema.json` is written anew",
            );
        }
        if let Err(reason) = &inspection.snapshot {
            console::warn(format!("it is configured in every judgement: {reason}"));
        }
        Ok(Exit::Pass)
    }
}
