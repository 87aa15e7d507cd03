//! Embeds files in the binary: the standard contracts and, for authors, the WIT, the SDKs, the
//! templates of new contracts, and the runtime of contracts in JavaScript.
//!
//! The contracts are built with the binary itself, and the runtime with them (`cargo xtask build`), so
//! the very first binary contains neither.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// A table of embedded files that is generated.
struct EmbeddedTable {
    name: &'static str,
    doc: &'static str,
    /// Folder that the paths in the table are relative to, from the repository's root.
    base: &'static str,
    /// Folders below `base` whose files are embedded.
    folders: &'static [&'static str],
}

const TABLES: [EmbeddedTable; 2] = [
    EmbeddedTable {
        name: "SDK",
        doc: "Files of the WIT and the SDKs, by path",
        base: "",
        folders: &["sdk", "wit"],
    },
    EmbeddedTable {
        name: "TEMPLATE",
        doc: "Templates of new contracts, by path",
        base: "host/app/src/author/template",
        folders: &[""],
    },
];
/// Folders that tools create beside the sources; they are not embedded.
const TOOL_FOLDERS: [&str; 5] = ["target", "node_modules", "__pycache__", "build", "dist"];
/// Sources of the JavaScript runtime, which authors do not need: only the built runtime is embedded.
const RUNTIME_FOLDER: &str = "sdk/javascript/runtime";

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let root = root.join("../..").canonicalize()?;

    let mut contracts = Vec::new();
    for plugin in plugin_folders(&root.join("plugins"))? {
        let dist = plugin.join("dist");
        println!("cargo::rerun-if-changed={}", plugin.join("contract.toml").display());
        println!("cargo::rerun-if-changed={}", dist.display());
        let version = read_version(&plugin)?;
        let mut built = Vec::new();
        if dist.is_dir() {
            collect_files(&dist, &mut built)?;
        }
        // Components of earlier versions may still be in the folder.
        built.retain(|path| path.to_string_lossy().ends_with(&format!("-{version}.wasm")));
        contracts.extend(built);
    }
    let mut code = String::new();
    write_table(
        &mut code,
        "CONTRACTS",
        "Components of the standard contracts, by path",
        &root,
        contracts,
    );
    for table in TABLES {
        let base = root.join(table.base);
        let mut paths = Vec::new();
        for folder in table.folders {
            println!("cargo::rerun-if-changed={}", base.join(folder).display());
            collect_files(&base.join(folder), &mut paths)?;
        }
        paths.retain(|path| !path.starts_with(root.join(RUNTIME_FOLDER)));
        write_table(&mut code, table.name, table.doc, &base, paths);
    }
    write_runtime(&mut code, &root.join(RUNTIME_FOLDER).join("dist/runtime.wasm"));
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("embedded.rs"), code)
}

/// Reads the version from a plugin's `contract.toml`.
fn read_version(plugin: &Path) -> io::Result<String> {
    let text = fs::read_to_string(plugin.join("contract.toml"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    Ok(line.unwrap_or_default().trim_end_matches('"').to_owned())
}

/// Lists the folders that have a `contract.toml`.
fn plugin_folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(parent)?.map(|entry| Ok(entry?.path()));
    let paths: io::Result<Vec<PathBuf>> = paths.collect();
    Ok(paths?.into_iter().filter(|path| path.join("contract.toml").is_file()).collect())
}

/// Collects the paths of all files below a folder, except in `TOOL_FOLDERS`.
fn collect_files(folder: &Path, paths: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() {
            paths.push(path);
        } else if !TOOL_FOLDERS.iter().any(|name| path.ends_with(name)) {
            collect_files(&path, paths)?;
        }
    }
    Ok(())
}

/// Generates the static of the JavaScript runtime, which is `None` until it is built.
fn write_runtime(code: &mut String, path: &Path) {
    let value =
        if path.is_file() { format!("Some(include_bytes!({path:?}))") } else { "None".into() };
    let _ = writeln!(
        code,
        "/// Runtime of contracts in JavaScript, if it was built.\n\
         pub static JAVASCRIPT_RUNTIME: Option<&[u8]> = {value};"
    );
}

/// Generates a static table of paths and contents, sorted by path.
fn write_table(code: &mut String, name: &str, doc: &str, root: &Path, mut paths: Vec<PathBuf>) {
    paths.sort();
    let _ = writeln!(code, "/// {doc}.\npub static {name}: &[(&str, &[u8])] = &[");
    for path in paths {
        let short = path.strip_prefix(root).unwrap_or(&path).display();
        let _ = writeln!(code, "    ({:?}, include_bytes!({path:?})),", short.to_string());
    }
    let _ = writeln!(code, "];");
}
