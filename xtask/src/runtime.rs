//! What contracts in JavaScript run on: quickjs-ng and the C of `sdk/javascript/runtime`, made
//! one module, which the tool carries. It is made when anything that goes into it has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::shell::{command, root, run_command};
use crate::{build, python};

const FOLDER: &str = "sdk/javascript/runtime";
/// The crate that carries the sources of quickjs-ng. Nothing of it is built by cargo.
const CRATE: &str = "rquickjs-sys";
/// What pins that crate, by the hash of its archive.
const PINNED: &str = "source/Cargo.toml";
/// What pins zig: the same that contracts in C are built with.
const ZIG: &str = "host/app/src/author/languages/c/requirements.txt";
/// Of quickjs-ng; `engine.c` includes the rest.
const QUICKJS: [&str; 3] = ["dtoa.c", "libregexp.c", "libunicode.c"];
const COMPILE: [&str; 9] = [
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
/// Taking a snapshot exports the stack pointer too. Where it is exported anyway, the code stays
/// as it is, and nothing is compiled twice.
const LINK: [&str; 7] = [
    "-mexec-model=reactor",
    "-nostartfiles",
    "-s",
    "-Wl,--no-entry",
    "-Wl,--export=tollgate-last-words",
    "-Wl,--export=__stack_pointer",
    "-Wl,-z,stack-size=1048576",
];

/// Makes the module, if it is not there as it should be. Where it cannot be made, everything
/// else of the tool works, so that stops nothing.
pub fn make() -> anyhow::Result<()> {
    let dist = root().join(FOLDER).join("dist");
    let (module, made_of) = (dist.join("runtime.wasm"), dist.join("made-of.sha256"));
    let sources = fingerprint()?;
    let is_made_of = fs::read_to_string(&made_of).unwrap_or_default();
    if module.is_file() && is_made_of == sources {
        return Ok(());
    }
    match fetch() {
        Ok(fetched) => fetched.compile(&module)?,
        Err(error) => {
            eprintln!("the tool will not build contracts in JavaScript: {error:#}");
            return Ok(());
        }
    }
    Ok(fs::write(made_of, sources)?)
}

/// A hash of everything that goes into the module.
fn fingerprint() -> anyhow::Result<String> {
    let lock = root().join(FOLDER).join(PINNED).with_extension("lock");
    let mut hash = Sha256::new();
    // The flags stand in this file.
    hash.update(include_bytes!("runtime.rs"));
    for path in own("h")?.into_iter().chain(own("c")?).chain([lock, root().join(ZIG)]) {
        let content = fs::read(&path).with_context(|| format!("`{}`", path.display()))?;
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The files of ours with this ending.
fn own(ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root().join(FOLDER))?.flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|it| it == ending)).collect();
    files.sort();
    Ok(files)
}

/// What was fetched to make the module.
struct Fetched {
    python: PathBuf,
    quickjs: PathBuf,
}

fn fetch() -> anyhow::Result<Fetched> {
    let python = python::with(Path::new(ZIG), &work().join("venv"))?;
    Ok(Fetched { python, quickjs: quickjs()? })
}

fn work() -> PathBuf {
    build::target().join("runtime")
}

/// Where cargo keeps the sources of quickjs-ng.
fn quickjs() -> anyhow::Result<PathBuf> {
    let manifest = format!("{FOLDER}/{PINNED}");
    let arguments = ["metadata", "--locked", "--format-version", "1", "--manifest-path", &manifest];
    let output = command("cargo", &arguments).stderr(Stdio::inherit()).output()?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("`cargo metadata` failed")?;
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    let package = packages.find(|package| package["name"] == CRATE);
    let found = package.and_then(|package| package["manifest_path"].as_str());
    let found = found.with_context(|| format!("`{manifest}` does not name `{CRATE}`"))?;
    Ok(PathBuf::from(found).with_file_name("quickjs"))
}

impl Fetched {
    /// Names no folder of this machine, so that everybody makes the same bytes.
    fn compile(&self, module: &Path) -> anyhow::Result<()> {
        println!("making what contracts in JavaScript run on, once: it takes a minute");
        fs::create_dir_all(module.parent().unwrap_or(module))?;
        let quickjs = self.quickjs.display();
        let mut zig = command(&self.python, &["-m", "ziglang"]);
        zig.current_dir(root().join(FOLDER)).args(COMPILE).args(LINK);
        zig.arg(format!("-I{quickjs}")).arg(format!("-ffile-prefix-map={quickjs}=."));
        zig.args(QUICKJS.map(|name| self.quickjs.join(name)));
        zig.args(own("c")?.iter().filter_map(|path| path.file_name()));
        zig.env("ZIG_GLOBAL_CACHE_DIR", work().join("zig-cache"));
        zig.env("ZIG_LOCAL_CACHE_DIR", work().join("zig-cache"));
        run_command(zig.arg("-o").arg(module))
    }
}
