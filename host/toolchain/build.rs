//! Embeds what authors need: the WIT, the SDKs, the templates of new contracts, and the runtime of
//! contracts in JavaScript.
//!
//! The runtime is built after this crate (`cargo xtask build`), so the very first build lacks it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// A table of embedded files that is generated.
struct EmbeddedTable {
    name: &'static str,
    doc: &'static str,
    /// Type of a file's content, and the macro that embeds it.
    content: (&'static str, &'static str),
    /// Folder that the paths in the table are relative to, from the repository's root.
    base: &'static str,
    /// Folders below `base` whose files are embedded.
    folders: &'static [&'static str],
}

const TABLES: [EmbeddedTable; 2] = [
    EmbeddedTable {
        name: "SDK",
        doc: "Files of the WIT and the SDKs, by path",
        content: ("[u8]", "include_bytes"),
        base: "",
        folders: &["sdk", "wit/0.1.0"],
    },
    EmbeddedTable {
        name: "TEMPLATES",
        doc: "Templates of new contracts, by path",
        content: ("str", "include_str"),
        base: "host/toolchain/templates",
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

    let mut code = String::new();
    for table in TABLES {
        let base = root.join(table.base);
        let mut paths = Vec::new();
        for folder in table.folders {
            // Cargo looks at everything below a folder, so a runtime that is built later counts too.
            println!("cargo::rerun-if-changed={}", base.join(folder).display());
            collect_files(&base.join(folder), &mut paths)?;
        }
        paths.retain(|path| !path.starts_with(root.join(RUNTIME_FOLDER)));
        write_table(&mut code, &table, &base, paths);
    }
    write_runtime(&mut code, &root.join(RUNTIME_FOLDER).join("dist/runtime.wasm"));
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("embedded.rs"), code)
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
         pub(crate) static JAVASCRIPT_RUNTIME: Option<&[u8]> = {value};"
    );
}

/// Generates a static table of paths and contents, sorted by path.
fn write_table(code: &mut String, table: &EmbeddedTable, base: &Path, mut paths: Vec<PathBuf>) {
    let EmbeddedTable { name, doc, content: (kind, embed), .. } = table;
    paths.sort();
    let _ = writeln!(code, "/// {doc}.\npub(crate) static {name}: &[(&str, &{kind})] = &[");
    for path in paths {
        let short = path.strip_prefix(base).unwrap_or(&path).display();
        let _ = writeln!(code, "    ({:?}, {embed}!({path:?})),", short.to_string());
    }
    let _ = writeln!(code, "];");
}
