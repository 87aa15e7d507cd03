//! `tollgate build`: from source to a component.

use std::path::PathBuf;

use clap::Args;

use crate::author::{self, Toolbox};
use crate::console;
use crate::exit::Exit;

/// Builds the contract in a folder: `dist/NAME-VERSION.wasm`, with its manifest embedded.
///
/// The language is known by the file that its own tools look for. What it needs besides
/// itself is fetched once, pinned by hashes, into the cache. A component gets no WASI, no
/// randomness and no clock. In Rust the configuration's schema is derived from its type, and
/// written to `config.schema.json`; in other languages it is read from there.
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
