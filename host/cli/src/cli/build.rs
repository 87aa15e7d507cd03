//! `tollgate build`: builds a contract's source into a component.

use std::path::PathBuf;

use clap::Args;

use super::toolchain::new_toolchain;
use crate::console;
use crate::exit::Exit;

/// Builds the contract in a folder into `dist/NAME-VERSION.wasm`, with its manifest embedded.
///
/// The language is detected by its project file, such as `Cargo.toml` or `go.mod`. Build tools are fetched
/// once into the cache, pinned by hash. The component has no WASI, no randomness and no clock. In Rust the
/// configuration's schema is derived from its type and written to `config.schema.json`; in other languages
/// it is read from that file.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate build claims")]
pub(super) struct BuildCommand {
    /// Folder of the contract.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

impl BuildCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let built = new_toolchain(cache).build_contract(&self.folder)?;
        let inspection = &built.inspection;
        let contract = &inspection.manifest.contract;
        let imports: Vec<_> =
            inspection.capabilities.iter().map(|capability| capability.name()).collect();
        let imports = if imports.is_empty() { "nothing".into() } else { imports.join(", ") };
        console::print(console::paint(
            console::STRONG,
            format!("{} {}", contract.name, contract.version),
        ));
        console::print(format!("  component  {}", built.path.display()));
        console::print(format!("  size       {}", console::format_size(inspection.bytes)));
        console::print(format!("  digest     {}", inspection.digest));
        console::print(format!("  imports    {imports}"));
        if built.schema_changed {
            console::print(
                "  the configuration's schema changed: `config.schema.json` was rewritten",
            );
        }
        if let Err(reason) = &inspection.snapshot {
            console::warn(format!("the contract is configured again in every judgement: {reason}"));
        }
        Ok(Exit::Pass)
    }
}
