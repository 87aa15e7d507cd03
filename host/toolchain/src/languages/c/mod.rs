//! Builds contracts in C, C++ and Zig: all sources in `src/` and the SDK are compiled by zig, which
//! includes clang. Other languages that can use a C header can be added here.

mod zig;

use std::path::{Path, PathBuf};
use std::process::Command;

use tollgate_engine::strip_debug_info;
use tollgate_model::ContractFile;
use tollgate_project::files;

use super::encoding::{componentize, embed_world};
use super::{CompiledComponent, Language, resolve_sdk_folder, with_authored_schema};
use crate::build_error::BuildError;
use crate::component::Toolchain;
use crate::requirements::INSTALL_PYTHON;
use crate::toolbox::{PYTHON_PACKAGES, PinnedPackages, ToolError, run_tool};

/// zig is fetched from PyPI, whose archives have hashes and mirrors.
const ZIG_PACKAGES: PinnedPackages = PinnedPackages::PyPi(include_str!("requirements.txt"));

/// WASI is chosen for its C library only. A call into the operating system fails when the module
/// becomes a component, and the message names the function.
const TARGET_ARGUMENTS: [&str; 4] = ["-target", "wasm32-wasi", "-O2", "-g0"];
/// Keeps `assert` on and turns undefined behaviour into a panic instead of a wrong judgement. The
/// excluded checks need a C++ runtime, and a stack protector would import randomness.
const SAFETY_ARGUMENTS: [&str; 9] = [
    "-UNDEBUG",
    "-fsanitize=undefined",
    "-fno-sanitize=function,vptr",
    "-fno-sanitize-recover=undefined",
    // Messages name `src/contract.c`, without the folders above.
    "-fsanitize-undefined-strip-path-components=-2",
    "-fno-stack-protector",
    "-fno-exceptions",
    "-Wall",
    "-Wextra",
];
/// Macro definition that makes the SDK export `judge-stream`.
const STREAM_DEFINE: &str = "-DTOLLGATE_STREAM";
/// Text by which the linker's error about a contract without a stream is recognised.
const NO_STREAM_ERROR: &str = "undefined symbol: tg_begin";
/// A contract has no `main`, hence a reactor. zig's own `-s` is not used, because it would strip
/// function names too.
const LINK_ARGUMENTS: [&str; 4] = [
    "-mexec-model=reactor",
    "-Wl,--gc-sections",
    "-Wl,-z,stack-size=131072",
    "-Wl,--export=tollgate-last-words",
];

/// Module from which the C library imports the operating system's functions.
const WASI_MODULE: &str = "wasi_snapshot_preview1";

/// Builds the sources in this folder into a component.
pub(super) fn build_component(
    folder: &Path,
    about: &ContractFile,
    toolchain: &Toolchain,
) -> Result<CompiledComponent, BuildError> {
    let tools = toolchain.toolbox();
    let work = toolchain.create_work_folder()?;
    let folder = folder.canonicalize().map_err(BuildError::at_path(folder))?;
    let sdk = resolve_sdk_folder(&folder, "c", work.path())?;
    let zig = ZigToolchain {
        program: tools
            .get_or_fetch("zig", &ZIG_PACKAGES)?
            .join(PYTHON_PACKAGES)
            .join("ziglang/zig"),
        cache: tools.scratch_folder("zig-cache")?,
        folder: &folder,
        stream: about.stream,
    };
    // The SDK comes first, so that the linker takes its `abort` instead of the C library's.
    let mut sources = vec![sdk.join("tollgate.c")];
    sources.extend(list_sources(&folder)?);
    let is_cpp = sources.iter().any(|source| has_extension(source, "cpp"));
    let mut objects = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        let object = work.path().join(format!("{number}.o"));
        if has_extension(source, "zig") {
            zig::compile_zig(&zig, source, &sdk, &object)?;
        } else {
            zig.compile_c(source, &sdk, &object)?;
        }
        objects.push(object);
    }
    let linked = work.path().join("linked.wasm");
    let linking = zig.run(if is_cpp { "c++" } else { "cc" }, |command| {
        command.args(TARGET_ARGUMENTS).args(objects).args(LINK_ARGUMENTS).arg("-o").arg(&linked)
    });
    linking.map_err(|error| match error.to_string().contains(NO_STREAM_ERROR) {
        true => Language::C.missing_stream(&folder),
        false => error.into(),
    })?;
    let module = strip_debug_info(&files::read(&linked)?);
    let module = module.map_err(|error| BuildError::MalformedModule(error.into()))?;
    let component = componentize(&embed_world(module, about)?).map_err(|error| {
        if error.mentions(WASI_MODULE) { BuildError::OperatingSystem(error) } else { error.into() }
    });
    with_authored_schema(&folder, component?)
}

/// The zig program, and the settings that all its calls share.
struct ZigToolchain<'f> {
    program: PathBuf,
    cache: PathBuf,
    folder: &'f Path,
    stream: bool,
}

impl ZigToolchain<'_> {
    /// Compiles a C or C++ source. Paths are remapped, so that the same source produces the same bytes
    /// on every machine.
    fn compile_c(&self, source: &Path, sdk: &Path, object: &Path) -> Result<(), ToolError> {
        let (compiler, standard) =
            if has_extension(source, "cpp") { ("c++", "-std=c++17") } else { ("cc", "-std=c11") };
        self.run(compiler, |command| {
            command
                .arg(standard)
                .args(TARGET_ARGUMENTS)
                .args(SAFETY_ARGUMENTS)
                .args(self.stream.then_some(STREAM_DEFINE))
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
    ) -> Result<(), ToolError> {
        run_tool(arguments(self.command().arg(compiler)), INSTALL_PYTHON)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder);
        command.env("ZIG_GLOBAL_CACHE_DIR", &self.cache).env("ZIG_LOCAL_CACHE_DIR", &self.cache);
        command
    }
}

/// Lists the sources by their paths relative to the contract's folder, sorted.
fn list_sources(folder: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let entries = std::fs::read_dir(folder.join("src"));
    let no_folder = |source| BuildError::NoSourceFolder { folder: folder.to_owned(), source };
    let entries = entries.map_err(no_folder)?;
    let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.file_name().into()).collect();
    // In Zig, `contract.zig` imports the other files.
    names.retain(|name| {
        has_extension(name, "c") || has_extension(name, "cpp") || name == Path::new("contract.zig")
    });
    names.sort();
    if names.is_empty() {
        return Err(BuildError::NoSources { folder: folder.join("src") });
    }
    Ok(names.into_iter().map(|name| Path::new("src").join(name)).collect())
}

fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|actual| actual == extension)
}
