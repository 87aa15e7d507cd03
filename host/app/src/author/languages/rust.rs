//! Rust contracts: a core module by the author's own cargo, which holds the schema of its
//! configuration.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;
use tollgate_engine::extract_config_schema;

use super::{Made, componentize};
use crate::author::SCHEMA_FILE;
use crate::files;

const TARGET: &str = "wasm32-unknown-unknown";
const NO_CARGO: &str = "cannot run `cargo`: install Rust from https://rustup.rs";

/// Optimised for speed and for small sandboxes. Panics stop the sandbox at once, names
/// stay for messages, everything else that only a debugger reads goes.
const PROFILE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
];

/// Every build makes the same bytes wherever it runs, so nothing of the caller's own
/// settings for other targets reaches it.
const NOT_INHERITED: [&str; 4] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"];

/// Makes a component of the crate in this folder.
pub(super) fn make(folder: &Path) -> anyhow::Result<Made> {
    let module = files::read(&build(folder)?)?;
    let config_schema = match extract_config_schema(&module)? {
        Some(schema) => schema,
        None => bail!("the module exports no contract: call `tollgate_sdk::contract!` in it"),
    };
    let schema_changed = write_schema(folder, &config_schema)?;
    Ok(Made { component: componentize(&module)?, config_schema, schema_changed })
}

/// Writes the schema for reviews and editors.
fn write_schema(folder: &Path, schema: &Value) -> anyhow::Result<bool> {
    let path = folder.join(SCHEMA_FILE);
    let text = format!("{schema:#}\n");
    let changed = std::fs::read_to_string(&path).ok().as_ref() != Some(&text);
    if changed {
        files::write(&path, text.as_bytes())?;
    }
    Ok(changed)
}

/// Builds the crate; gives the path of its module.
fn build(folder: &Path) -> anyhow::Result<PathBuf> {
    let manifest = folder.join("Cargo.toml").canonicalize().with_context(|| {
        format!("`{}` holds no `Cargo.toml`: Rust contracts are crates", folder.display())
    })?;
    check_target(folder)?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--lib", "--target", TARGET])
        .args(["--message-format", "json-render-diagnostics", "--manifest-path"])
        .arg(&manifest)
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .envs(PROFILE);
    NOT_INHERITED.iter().for_each(|variable| {
        cargo.env_remove(variable);
    });
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rustflags(&manifest)?.join("\x1f"));
    let output = cargo.output().context(NO_CARGO)?;
    if !output.status.success() {
        bail!("`cargo build` failed in `{}`; what it said stands above", folder.display());
    }
    module_of(&output.stdout, &manifest).with_context(|| {
        format!(
            "`{}` makes no module: put `crate-type = [\"cdylib\"]` under `[lib]`",
            manifest.display()
        )
    })
}

fn rustflags(manifest: &Path) -> anyhow::Result<Vec<String>> {
    let mut flags = vec![
        "-Ctarget-feature=+simd128".into(),
        // Taking a snapshot exports it too. Where it is exported anyway, a contract's
        // code stays as it is, and nothing is compiled twice.
        "-Clink-arg=--export=__stack_pointer".into(),
        // There is no randomness in a sandbox. The crate `getrandom` would otherwise
        // take it from JavaScript; the SDK gives it a fixed sequence instead.
        "--cfg=getrandom_backend=\"custom\"".into(),
    ];
    // Panic messages name files. Without this they would name the builder's folders.
    let cargo_homes = [
        env::var_os("CARGO_HOME").map(PathBuf::from),
        env::home_dir().map(|home| home.join(".cargo")),
    ];
    let cargo_homes = cargo_homes.into_iter().flatten().map(|home| (home, "cargo".into()));
    for (folder, name) in cargo_homes.chain(local_packages(manifest)?) {
        flags.push(format!("--remap-path-prefix={}=/{name}", folder.display()));
    }
    Ok(flags)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// Where it was downloaded from; nowhere, if it is a folder here.
    source: Option<String>,
    manifest_path: PathBuf,
}

/// The folders of all packages that were not downloaded, a folder within another behind
/// it: the last that fits is the one that counts.
fn local_packages(manifest: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let output = cargo.stderr(Stdio::inherit()).output().context(NO_CARGO)?;
    if !output.status.success() {
        bail!("`cargo metadata` failed for `{}`; what it said stands above", manifest.display());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    let local = metadata.packages.into_iter().filter(|package| package.source.is_none());
    let mut folders: Vec<_> = local
        .filter_map(|package| Some((package.manifest_path.parent()?.to_owned(), package.name)))
        .collect();
    folders.sort();
    Ok(folders)
}

/// Cargo's own message for a missing target does not say what to do about it.
fn check_target(folder: &Path) -> anyhow::Result<()> {
    let rustc = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", TARGET])
        .current_dir(folder)
        .output()
        .context("cannot run `rustc`: install Rust from https://rustup.rs")?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&rustc.stdout).trim());
    if !rustc.status.success() || !libraries.is_dir() {
        bail!("the Rust target `{TARGET}` is missing: run `rustup target add {TARGET}`");
    }
    Ok(())
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

fn module_of(messages: &[u8], manifest: &Path) -> Option<PathBuf> {
    let messages = serde_json::Deserializer::from_slice(messages).into_iter::<Message>().flatten();
    let own = |message: &Message| {
        message.reason == "compiler-artifact" && message.manifest_path.as_deref() == Some(manifest)
    };
    let module = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    messages.filter(own).flat_map(|message| message.filenames).find(module)
}
