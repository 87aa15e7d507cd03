//! Collects what the binary carries: the standard contracts, and, for authors, the WIT,
//! the SDKs, what a new contract starts from and what contracts in JavaScript run on.
//!
//! The contracts are built by the binary itself, and the runtime beside them (`cargo xtask
//! build`), so the very first build of it carries none of both.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// A table's name, what is in it, and the folders of that, below another.
type Carried = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CARRIED: [Carried; 2] = [
    ("SDK", "The WIT and the SDKs, by their paths", "", &["sdk", "wit"]),
    ("TEMPLATE", "What a new contract starts from", "host/app/src/author/template", &[""]),
];
/// What tools leave in the folders that they work in.
const LEFT_BEHIND: [&str; 5] = ["target", "node_modules", "__pycache__", "build", "dist"];
/// A part of an SDK that no author needs: it is carried as what is made of it.
const RUNTIME: &str = "sdk/javascript/runtime";

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let root = root.join("../..").canonicalize()?;

    let mut contracts = Vec::new();
    for plugin in folders(&root.join("plugins"))? {
        let dist = plugin.join("dist");
        println!("cargo::rerun-if-changed={}", plugin.join("contract.toml").display());
        println!("cargo::rerun-if-changed={}", dist.display());
        let version = version(&plugin)?;
        let mut built = Vec::new();
        if dist.is_dir() {
            files(&dist, &mut built)?;
        }
        // What was built of earlier versions may still lie there.
        built.retain(|path| path.to_string_lossy().ends_with(&format!("-{version}.wasm")));
        contracts.extend(built);
    }
    let mut code = String::new();
    table(&mut code, "CONTRACTS", "Every standard contract", &root, contracts);
    for (name, doc, base, folders) in CARRIED {
        let base = root.join(base);
        let mut found = Vec::new();
        for folder in folders {
            println!("cargo::rerun-if-changed={}", base.join(folder).display());
            files(&base.join(folder), &mut found)?;
        }
        found.retain(|path| !path.starts_with(root.join(RUNTIME)));
        table(&mut code, name, doc, &base, found);
    }
    runtime(&mut code, &root.join(RUNTIME).join("dist/runtime.wasm"));
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("carried.rs"), code)
}

/// The version that a plugin's `contract.toml` names.
fn version(plugin: &Path) -> io::Result<String> {
    let text = fs::read_to_string(plugin.join("contract.toml"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("version = \""));
    Ok(line.unwrap_or_default().trim_end_matches('"').to_owned())
}

fn folders(parent: &Path) -> io::Result<Vec<PathBuf>> {
    let paths = fs::read_dir(parent)?.map(|entry| Ok(entry?.path()));
    let paths: io::Result<Vec<PathBuf>> = paths.collect();
    Ok(paths?.into_iter().filter(|path| path.join("contract.toml").is_file()).collect())
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() {
            found.push(path);
        } else if !LEFT_BEHIND.iter().any(|name| path.ends_with(name)) {
            files(&path, found)?;
        }
    }
    Ok(())
}

fn runtime(code: &mut String, path: &Path) {
    let value =
        if path.is_file() { format!("Some(include_bytes!({path:?}))") } else { "None".into() };
    let _ = writeln!(
        code,
        "/// What contracts in JavaScript run on, where it has been made.\n\
         pub static JAVASCRIPT_RUNTIME: Option<&[u8]> = {value};"
    );
}

fn table(code: &mut String, name: &str, doc: &str, root: &Path, mut paths: Vec<PathBuf>) {
    paths.sort();
    let _ = writeln!(code, "/// {doc}.\npub static {name}: &[(&str, &[u8])] = &[");
    for path in paths {
        let short = path.strip_prefix(root).unwrap_or(&path).display();
        let _ = writeln!(code, "    ({:?}, include_bytes!({path:?})),", short.to_string());
    }
    let _ = writeln!(code, "];");
}
