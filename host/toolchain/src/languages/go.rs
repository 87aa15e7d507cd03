//! Builds contracts in Go: compiled by the standard compiler for wasip1, and linked with an adapter
//! that replaces the operating system and imports nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tollgate_engine::export_address;
use tollgate_model::ContractFile;
use tollgate_project::files;

use super::encoding::{componentize_with_adapter, embed_world};
use super::{
    CompiledComponent, Language, read_text_module, resolve_sdk_folder, with_authored_schema,
};
use crate::build_error::BuildError;
use crate::component::Toolchain;
use crate::requirements::INSTALL_PYTHON;
use crate::toolbox::{PYTHON_PACKAGES, PinnedPackages, run_tool};

const GO_PACKAGES: PinnedPackages = PinnedPackages::PyPi(include_str!("go.requirements.txt"));
/// Environment variables of the author's Go that must not influence the build.
const REMOVED_VARIABLES: [&str; 5] = ["GOFLAGS", "GOEXPERIMENT", "GOWASM", "GODEBUG", "GOWORK"];
const BUILD_ARGUMENTS: [&str; 4] = ["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared"];
/// Build tag that makes the SDK export `judge-stream`.
const STREAM_TAG: &str = "tollgate_stream";
/// Name of the SDK's function that every contract with streams calls. Go keeps the names of linked functions, and links no
/// function that nothing calls.
const STREAM_FUNCTION: &str = "RegisterPreparedStreaming";
/// Export name and address of the buffer in which the adapter stores what a panic prints. Go leaves
/// the first pages of memory unused.
const PANIC_MESSAGE_EXPORT: (&str, u32) = ("tollgate-last-words", 4096);
/// Export of every contract; a package that does not import the SDK lacks it.
const JUDGE_INTERFACE: &str = "tollgate:contract/judge";
/// Module of the imports that the adapter satisfies.
const WASI_PREVIEW_1: &str = "wasi_snapshot_preview1";

/// Builds the Go package in this folder into a component.
pub(super) fn build_component(
    folder: &Path,
    about: &ContractFile,
    toolchain: &Toolchain,
) -> Result<CompiledComponent, BuildError> {
    let tools = toolchain.toolbox();
    let work = toolchain.create_work_folder()?;
    let sdk = resolve_sdk_folder(folder, "go", work.path())?;
    let root = tools.get_or_fetch("go", &GO_PACKAGES)?.join(PYTHON_PACKAGES).join("go");
    make_executable(&root)?;
    let built = work.path().join("built.wasm");
    let mut go = Command::new(root.join("bin/go"));
    go.args(BUILD_ARGUMENTS);
    if about.stream {
        go.args(["-tags", STREAM_TAG]);
    }
    go.arg("-o").arg(&built).arg(".").current_dir(folder);
    for variable in REMOVED_VARIABLES {
        go.env_remove(variable);
    }
    // Go must neither download another toolchain nor read the user's settings.
    go.env("GOROOT", &root).env("GOTOOLCHAIN", "local").env("GOENV", "off");
    go.env("GOTELEMETRY", "off")
        .env("CGO_ENABLED", "0")
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm");
    go.env("GOCACHE", tools.scratch_folder("go-cache")?)
        .env("GOMODCACHE", tools.scratch_folder("go-modules")?);
    run_tool(&mut go, INSTALL_PYTHON)?;
    let linked = files::read(&built)?;
    if about.stream && !contains(&linked, STREAM_FUNCTION.as_bytes()) {
        return Err(Language::Go.missing_stream(folder));
    }
    let (name, address) = PANIC_MESSAGE_EXPORT;
    let module = export_address(&linked, name, address);
    let module = module.map_err(|error| BuildError::MalformedModule(error.into()))?;
    let adapter = read_text_module(&sdk.join("adapter.wat"))?;
    let component =
        componentize_with_adapter(&embed_world(module, about)?, Some((WASI_PREVIEW_1, &adapter)));
    let component = component.map_err(|error| {
        if !error.mentions(JUDGE_INTERFACE) {
            return error.into();
        }
        BuildError::NoContractExported {
            unit: "package",
            remedy: "call `tollgate.Register` in `init`, and import the SDK",
        }
    });
    with_authored_schema(folder, component?)
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Makes Go's programs executable: pip installs the data files of a wheel without that permission.
fn make_executable(root: &Path) -> Result<(), BuildError> {
    let mut folders = vec![root.join("bin")];
    let tools = root.join("pkg/tool");
    let machines = std::fs::read_dir(&tools).map_err(BuildError::at_path(&tools))?;
    folders.extend(machines.flatten().map(|machine| machine.path()));
    for program in folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten() {
        let program = program.map_err(BuildError::at_path(root))?.path();
        let metadata = std::fs::metadata(&program).map_err(BuildError::at_path(&program))?;
        let mut permissions = metadata.permissions();
        if permissions.mode() & 0o111 == 0 {
            permissions.set_mode(0o755);
            std::fs::set_permissions(&program, permissions)
                .map_err(BuildError::at_path(&program))?;
        }
    }
    Ok(())
}
