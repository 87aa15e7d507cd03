//! Builds contracts in Rust: the author's own cargo compiles a core module, which also contains the
//! schema of the configuration.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;
use tollgate_engine::extract_config_schema;

use super::{CompiledComponent, componentize};
use crate::author::SCHEMA_FILE;
use crate::files;

const TARGET: &str = "wasm32-unknown-unknown";
const MISSING_CARGO: &str = "cannot run `cargo`: install Rust from https://rustup.rs";

/// Release settings: optimised for speed and small sandboxes. Panics stop the sandbox at once, and
/// function names are kept for messages; other debug information is stripped.
const RELEASE_PROFILE: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3"),
    ("CARGO_PROFILE_RELEASE_LTO", "fat"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
    ("CARGO_PROFILE_RELEASE_PANIC", "abort"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
];

/// Environment variables that are removed, because builds must produce the same bytes everywhere and
/// the caller's settings are meant for other targets.
const REMOVED_VARIABLES: [&str; 4] =
    ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"];

/// Builds the crate in this folder into a component, and updates `config.schema.json`.
pub(super) fn build_component(folder: &Path) -> anyhow::Result<CompiledComponent> {
    let module = files::read(&build_module(folder)?)?;
    let config_schema = match extract_config_schema(&module)? {
        Some(schema) => schema,
        None => {
            bail!("the module exports no contract: call `tollgate_sdk::contract!` in the crate")
        }
    };
    let schema_changed = write_schema(folder, &config_schema)?;
    Ok(CompiledComponent { component: componentize(&module)?, config_schema, schema_changed })
}

/// Writes the schema for reviewers and editors; returns whether it changed.
fn write_schema(folder: &Path, schema: &Value) -> anyhow::Result<bool> {
    let path = folder.join(SCHEMA_FILE);
    let text = format!("{schema:#}\n");
    let changed = std::fs::read_to_string(&path).ok().as_ref() != Some(&text);
    if changed {
        files::write(&path, text.as_bytes())?;
    }
    Ok(changed)
}

/// Builds the crate and returns the path of its module.
fn build_module(folder: &Path) -> anyhow::Result<PathBuf> {
    let manifest = folder.join("Cargo.toml").canonicalize().with_context(|| {
        format!("`{}` has no `Cargo.toml`: a contract in Rust is a crate", folder.display())
    })?;
    check_target(folder)?;
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--lib", "--target", TARGET])
        .args(["--message-format", "json-render-diagnostics", "--manifest-path"])
        .arg(&manifest)
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .envs(RELEASE_PROFILE);
    REMOVED_VARIABLES.iter().for_each(|variable| {
        cargo.env_remove(variable);
    });
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rustflags(&manifest)?.join("\x1f"));
    let output = cargo.output().context(MISSING_CARGO)?;
    if !output.status.success() {
        bail!("`cargo build` failed in `{}`; its messages are above", folder.display());
    }
    find_built_module(&output.stdout, &manifest).with_context(|| {
        format!(
            "`{}` builds no WebAssembly module: add `crate-type = [\"cdylib\"]` under `[lib]`",
            manifest.display()
        )
    })
}

fn rustflags(manifest: &Path) -> anyhow::Result<Vec<String>> {
    let mut flags = vec![
        "-Ctarget-feature=+simd128".into(),
        // Taking a snapshot needs this export. If the module has it from the start, snapshotting
        // leaves the code unchanged and nothing is compiled twice.
        "-Clink-arg=--export=__stack_pointer".into(),
        // A sandbox has no randomness. Without this, the crate `getrandom` would import it from
        // JavaScript; the SDK provides a fixed sequence instead.
        "--cfg=getrandom_backend=\"custom\"".into(),
    ];
    // Panic messages name source files. Remapping keeps the builder's folders out of the component.
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
struct CargoMetadata {
    packages: Vec<CargoPackage>,
}

#[derive(Deserialize)]
struct CargoPackage {
    name: String,
    /// Registry or repository; `None` for a package in a local folder.
    source: Option<String>,
    manifest_path: PathBuf,
}

/// Returns the folders and names of all local packages, a nested folder after the one around it,
/// because rustc applies the last prefix that matches.
fn local_packages(manifest: &Path) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let output = cargo.stderr(Stdio::inherit()).output().context(MISSING_CARGO)?;
    if !output.status.success() {
        bail!("`cargo metadata` failed for `{}`; its messages are above", manifest.display());
    }
    let metadata: CargoMetadata = serde_json::from_slice(&output.stdout)?;
    let local = metadata.packages.into_iter().filter(|package| package.source.is_none());
    let mut folders: Vec<_> = local
        .filter_map(|package| Some((package.manifest_path.parent()?.to_owned(), package.name)))
        .collect();
    folders.sort();
    Ok(folders)
}

/// Fails with a remedy if the target is not installed, since cargo's own message has none.
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
struct CargoMessage {
    reason: String,
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

fn find_built_module(messages: &[u8], manifest: &Path) -> Option<PathBuf> {
    let messages =
        serde_json::Deserializer::from_slice(messages).into_iter::<CargoMessage>().flatten();
    let is_own = |message: &CargoMessage| {
        message.reason == "compiler-artifact" && message.manifest_path.as_deref() == Some(manifest)
    };
    let module = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    messages.filter(is_own).flat_map(|message| message.filenames).find(module)
}
