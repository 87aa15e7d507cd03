//! Embeds the standard contracts, so that the tool works on its own.
//!
//! The contracts are built with the tool itself (`cargo xtask build`), so the very first tool contains none.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let root = root.join("../..").canonicalize()?;
    let mut components = Vec::new();
    for plugin in plugin_folders(&root.join("plugins"))? {
        let dist = plugin.join("dist");
        println!("cargo::rerun-if-changed={}", plugin.join("contract.toml").display());
        println!("cargo::rerun-if-changed={}", dist.display());
        // Components of earlier versions may still be in the folder.
        let ending = format!("-{}.wasm", read_version(&plugin)?);
        if dist.is_dir() {
            components.extend(files_ending_with(&dist, &ending)?);
        }
    }
    components.sort();
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("standard_contracts.rs"), table_code(&root, &components))
}

/// Lists the folders that have a `contract.toml`.
fn plugin_folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(parent)?.map(|entry| Ok(entry?.path()));
    let paths: io::Result<Vec<PathBuf>> = paths.collect();
    Ok(paths?.into_iter().filter(|path| path.join("contract.toml").is_file()).collect())
}

/// Reads the version from a plugin's `contract.toml`.
fn read_version(plugin: &Path) -> io::Result<String> {
    let text = fs::read_to_string(plugin.join("contract.toml"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    Ok(line.unwrap_or_default().trim_end_matches('"').to_owned())
}

fn files_ending_with(folder: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let paths: io::Result<Vec<PathBuf>> = paths.collect();
    Ok(paths?.into_iter().filter(|path| path.to_string_lossy().ends_with(ending)).collect())
}

/// Generates the static table of paths, relative to the repository, and contents.
fn table_code(root: &Path, components: &[PathBuf]) -> String {
    let mut code = String::from(
        "/// Components of the standard contracts, by path.\npub static CONTRACTS: &[(&str, &[u8])] = &[\n",
    );
    for path in components {
        let short = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let _ = writeln!(code, "    ({short:?}, include_bytes!({path:?})),");
    }
    code.push_str("];\n");
    code
}
