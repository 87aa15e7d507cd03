//! Building a Rust contract's core module with the author's own cargo.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde::Deserialize;

const TARGET: &str = "wasm32-unknown-unknown";

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

/// Builds the crate in this folder; gives the path of its module.
pub(super) fn build(folder: &Path) -> anyhow::Result<PathBuf> {
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
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rustflags(&manifest).join("\x1f"));
    let output =
        cargo.output().context("cannot run `cargo`: install Rust from https://rustup.rs")?;
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

fn rustflags(manifest: &Path) -> Vec<String> {
    let mut flags = vec![
        "-Ctarget-feature=+simd128".into(),
        // There is no randomness in a sandbox. The crate `getrandom` would otherwise
        // take it from JavaScript; the SDK gives it a fixed sequence instead.
        "--cfg=getrandom_backend=\"custom\"".into(),
    ];
    // Panic messages name files. Without this they would name the builder's folders.
    let folders = [
        (manifest.parent().map(Path::to_path_buf), "/contract"),
        (env::var_os("CARGO_HOME").map(PathBuf::from), "/cargo"),
        (env::home_dir().map(|home| home.join(".cargo")), "/cargo"),
    ];
    for (folder, name) in folders {
        if let Some(folder) = folder {
            flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
        }
    }
    flags
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
