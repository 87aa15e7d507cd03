//! Contracts in C, C++ and Zig: every source in `src/` and the SDK, compiled by zig, which has
//! a clang. Any language that reads a C header goes this way.

mod zig;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use tollgate_engine::strip_debug_info;
use tollgate_model::ContractFile;

use super::{Made, componentize, in_world, made, sdk_folder};
use crate::author::Toolbox;
use crate::author::toolbox::{Locked, PACKAGES, PYTHON, run};

/// zig comes from PyPI, because that is where archives have hashes and mirrors.
const ZIG: Locked = Locked::PyPi(include_str!("requirements.txt"));

/// WASI for its C library alone: what calls into the operating system is refused when the
/// module becomes a component, and the message names the function.
const TARGET: [&str; 4] = ["-target", "wasm32-wasi", "-O2", "-g0"];
/// `assert` stays on, and what C leaves undefined is a panic and no wrong judgement. The
/// checks left out need a runtime of C++; a stack protector would import randomness.
const SAFE: [&str; 9] = [
    "-UNDEBUG",
    "-fsanitize=undefined",
    "-fno-sanitize=function,vptr",
    "-fno-sanitize-recover=undefined",
    // Places in messages are `src/contract.c`, wherever the folder lies.
    "-fsanitize-undefined-strip-path-components=-2",
    "-fno-stack-protector",
    "-fno-exceptions",
    "-Wall",
    "-Wextra",
];
/// What makes the SDK export `judge-stream`.
const STREAM: &str = "-DTOLLGATE_STREAM";
/// A contract has no `main`. zig's own way to strip takes the names of functions too.
const LINK: [&str; 4] = [
    "-mexec-model=reactor",
    "-Wl,--gc-sections",
    "-Wl,-z,stack-size=131072",
    "-Wl,--export=tollgate-last-words",
];

/// How the C library calls an operating system.
const WASI: &str = "wasi_snapshot_preview1";
const NO_SYSTEM: &str = "there is no operating system in a sandbox: what calls `fd_…` is `printf` \
                         or a file, `clock_…` is the time, `random_…` is `getentropy`, \
                         `environ_…` is `getenv`, `poll_…` is `sleep`, `proc_…` is `exit`";

/// Makes a component of the sources in this folder.
pub(super) fn make(folder: &Path, about: &ContractFile, tools: &Toolbox) -> anyhow::Result<Made> {
    let work = tempfile::tempdir().context("there is no room for temporary files")?;
    let folder = folder.canonicalize()?;
    let sdk = sdk_folder(&folder, "c", work.path())?;
    let zig = Zig {
        program: tools.get("zig", &ZIG)?.join(PACKAGES).join("ziglang/zig"),
        cache: tools.scratch("zig-cache")?,
        folder: &folder,
        stream: about.stream,
    };
    // The SDK comes first, so that its `abort` is taken and not the C library's.
    let mut sources = vec![sdk.join("tollgate.c")];
    sources.extend(self::sources(&folder)?);
    let is_cpp = sources.iter().any(|source| is(source, "cpp"));
    let mut objects = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let object = work.path().join(format!("{number}.o"));
        if is(source, "zig") {
            zig::compile(&zig, source, &sdk, &object)?;
        } else {
            zig.compile(source, &sdk, &object)?;
        }
        objects.push(object);
    }
    let linked = work.path().join("linked.wasm");
    zig.run(if is_cpp { "c++" } else { "cc" }, |command| {
        command.args(TARGET).args(objects).args(LINK).arg("-o").arg(&linked)
    })?;
    let module = in_world(strip_debug_info(&std::fs::read(linked)?)?, about)?;
    let component = componentize(&module).map_err(|error| {
        let is_system = format!("{error:#}").contains(WASI);
        if is_system { error.context(NO_SYSTEM) } else { error }
    });
    made(&folder, component?)
}

struct Zig<'f> {
    program: PathBuf,
    cache: PathBuf,
    folder: &'f Path,
    stream: bool,
}

impl Zig<'_> {
    /// Paths of this machine do not get into the component, so that the same source makes
    /// the same bytes anywhere.
    fn compile(&self, source: &Path, sdk: &Path, object: &Path) -> anyhow::Result<()> {
        let (compiler, standard) =
            if is(source, "cpp") { ("c++", "-std=c++17") } else { ("cc", "-std=c11") };
        self.run(compiler, |command| {
            command
                .arg(standard)
                .args(TARGET)
                .args(SAFE)
                .args(self.stream.then_some(STREAM))
                .arg(format!("-I{}", sdk.display()))
                .arg(format!("-ffile-prefix-map={}=tollgate", sdk.display()))
                .arg(format!("-ffile-prefix-map={}=.", self.folder.display()))
                .arg("-c")
                .arg(source)
                .arg("-o")
                .arg(object)
        })
    }

    fn run(
        &self,
        compiler: &str,
        arguments: impl FnOnce(&mut Command) -> &mut Command,
    ) -> anyhow::Result<()> {
        run(arguments(self.command().arg(compiler)), PYTHON)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder);
        command.env("ZIG_GLOBAL_CACHE_DIR", &self.cache).env("ZIG_LOCAL_CACHE_DIR", &self.cache);
        command
    }
}

/// From the contract's folder, as its author names them.
fn sources(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder.join("src"));
    let entries = entries.with_context(|| format!("`{}` has no `src`", folder.display()))?;
    let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.file_name().into()).collect();
    // Other files in Zig are imported by this one.
    names.retain(|name| is(name, "c") || is(name, "cpp") || name == Path::new("contract.zig"));
    names.sort();
    if names.is_empty() {
        bail!(
            "there is no `.c`, no `.cpp` and no `contract.zig` in `{}`",
            folder.join("src").display()
        );
    }
    Ok(names.into_iter().map(|name| Path::new("src").join(name)).collect())
}

fn is(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found == extension)
}
