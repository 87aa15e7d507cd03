//! Builds the runtime of JavaScript contracts: one WebAssembly module of quickjs-ng and the C
//! sources in `sdk/javascript/runtime`, which the tool embeds. It is built again when one of its
//! inputs has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::shell::{command, repository_root, run_command};
use crate::{build, python};

const FOLDER: &str = "sdk/javascript/runtime";
/// Crate that contains the sources of quickjs-ng. Cargo only downloads it.
const SOURCE_CRATE: &str = "rquickjs-sys";
/// Manifest whose lock file pins that crate by the hash of its archive.
const SOURCE_MANIFEST: &str = "source/Cargo.toml";
/// Requirements that pin zig, shared with contracts in C.
const ZIG_REQUIREMENTS: &str = "host/toolchain/src/languages/c/requirements.txt";
/// Sources of quickjs-ng to compile; `engine.c` includes the others.
const QUICKJS_SOURCES: [&str; 3] = ["dtoa.c", "libregexp.c", "libunicode.c"];
const COMPILE_FLAGS: [&str; 9] = [
    "cc",
    "-target",
    "wasm32-wasi",
    "-O2",
    "-DNDEBUG",
    "-D_GNU_SOURCE",
    "-Wno-unused-command-line-argument",
    "-include",
    "system.h",
];
/// The stack pointer is exported because taking a snapshot would export it otherwise. That would
/// change the code, and every function would be compiled twice.
const LINK_FLAGS: [&str; 7] = [
    "-mexec-model=reactor",
    "-nostartfiles",
    "-s",
    "-Wl,--no-entry",
    "-Wl,--export=tollgate-last-words",
    "-Wl,--export=__stack_pointer",
    "-Wl,-z,stack-size=1048576",
];

/// Builds the module unless it is up to date. If its tools cannot be fetched, the build goes on:
/// the tool then lacks JavaScript contracts only.
pub fn build_if_outdated() -> anyhow::Result<()> {
    let dist = repository_root().join(FOLDER).join("dist");
    let (module, fingerprint_file) = (dist.join("runtime.wasm"), dist.join("made-of.sha256"));
    let sources = fingerprint()?;
    let built_from = fs::read_to_string(&fingerprint_file).unwrap_or_default();
    if module.is_file() && built_from == sources {
        return Ok(());
    }
    match fetch_inputs() {
        Ok(fetched) => fetched.compile(&module)?,
        Err(error) => {
            eprintln!("warning: the tool cannot build JavaScript contracts: {error:#}");
            return Ok(());
        }
    }
    Ok(fs::write(fingerprint_file, sources)?)
}

/// Returns a hash of everything that goes into the module.
fn fingerprint() -> anyhow::Result<String> {
    let lock = repository_root().join(FOLDER).join(SOURCE_MANIFEST).with_extension("lock");
    let mut hash = Sha256::new();
    // The compiler flags are in this file.
    hash.update(include_bytes!("runtime.rs"));
    for path in own_sources("h")?
        .into_iter()
        .chain(own_sources("c")?)
        .chain([lock, repository_root().join(ZIG_REQUIREMENTS)])
    {
        let content = fs::read(&path).with_context(|| format!("`{}`", path.display()))?;
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Returns the sources of this repository with a file name extension, sorted.
fn own_sources(ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(repository_root().join(FOLDER))?.flatten().map(|entry| entry.path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == ending))
        .collect();
    files.sort();
    Ok(files)
}

/// Inputs that were downloaded to build the module.
struct BuildInputs {
    python: PathBuf,
    quickjs: PathBuf,
}

fn fetch_inputs() -> anyhow::Result<BuildInputs> {
    let python = python::create_venv(Path::new(ZIG_REQUIREMENTS), &work_folder().join("venv"))?;
    Ok(BuildInputs { python, quickjs: quickjs_folder()? })
}

fn work_folder() -> PathBuf {
    build::target_folder().join("runtime")
}

/// Returns the folder of the sources of quickjs-ng in cargo's registry.
fn quickjs_folder() -> anyhow::Result<PathBuf> {
    let manifest = format!("{FOLDER}/{SOURCE_MANIFEST}");
    let arguments = ["metadata", "--locked", "--format-version", "1", "--manifest-path", &manifest];
    let output = command("cargo", &arguments).stderr(Stdio::inherit()).output()?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("`cargo metadata` failed")?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == SOURCE_CRATE);
    let found = package.and_then(|package| package["manifest_path"].as_str());
    let found =
        found.with_context(|| format!("`{manifest}` does not depend on `{SOURCE_CRATE}`"))?;
    Ok(PathBuf::from(found).with_file_name("quickjs"))
}

impl BuildInputs {
    /// Compiles the module. No path of this machine gets into it, so the bytes are reproducible.
    fn compile(&self, module: &Path) -> anyhow::Result<()> {
        println!("building the runtime of JavaScript contracts: this takes a minute");
        fs::create_dir_all(module.parent().unwrap_or(module))?;
        let quickjs = self.quickjs.display();
        let mut zig = command(&self.python, &["-m", "ziglang"]);
        zig.current_dir(repository_root().join(FOLDER)).args(COMPILE_FLAGS).args(LINK_FLAGS);
        zig.arg(format!("-I{quickjs}")).arg(format!("-ffile-prefix-map={quickjs}=."));
        zig.args(QUICKJS_SOURCES.map(|name| self.quickjs.join(name)));
        zig.args(own_sources("c")?.iter().filter_map(|path| path.file_name()));
        zig.env("ZIG_GLOBAL_CACHE_DIR", work_folder().join("zig-cache"));
        zig.env("ZIG_LOCAL_CACHE_DIR", work_folder().join("zig-cache"));
        run_command(zig.arg("-o").arg(module))
    }
}
