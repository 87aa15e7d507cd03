//! Builds contracts in Python: componentize-py combines the interpreter, the SDK, `src/` and the
//! packages pinned in `requirements.txt` into one component.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use tollgate_model::ContractFile;

use super::{CompiledComponent, resolve_sdk_folder, with_authored_schema, write_wit_world};
use crate::author::Toolbox;
use crate::author::toolbox::{
    self, INSTALL_PYTHON, PYTHON_PACKAGES, PinnedPackages, run_tool_within,
};
use crate::files;

const COMPONENTIZE_PY: PinnedPackages =
    PinnedPackages::PyPi(include_str!("python.requirements.txt"));
/// Code that runs componentize-py, which has no module that `python -m` could run.
const RUN_COMPONENTIZE_PY: &str =
    "import sys; from componentize_py import script; sys.exit(script())";

const MAIN_FILE: &str = "src/contract.py";
const REQUIREMENTS_FILE: &str = "requirements.txt";
/// Time limit of a build. Builds take seconds, but they import the author's modules, which may loop.
const BUILD_TIMEOUT: Duration = Duration::from_secs(300);
/// Module of the SDK that the component is made from; it imports the author's module `contract`.
const APP_MODULE: &str = "tollgate.component.app";
/// File name of the SDK's native library. componentize-py links every library on the Python path
/// that is named like this.
const SEED_LIBRARY: &str = "tollgate_seed.cpython-314-wasm32-wasi.so";
/// Folders where componentize-py mounts the Python paths, and the names by which authors know them.
const MOUNTS: [(&str, &str); 3] =
    [("/0/", "src/"), ("/1/", ""), ("/2/", "vendor/tollgate/sdk/python/")];

/// Builds the modules in this folder into a component.
pub(super) fn build_component(
    folder: &Path,
    about: &ContractFile,
    tools: &Toolbox,
) -> anyhow::Result<CompiledComponent> {
    if !folder.join(MAIN_FILE).is_file() {
        bail!(
            "`{}` is missing: it is the main module of a contract in Python",
            folder.join(MAIN_FILE).display()
        );
    }
    let work = tempfile::tempdir().context("cannot create a temporary folder")?;
    let packages = tools.get_or_fetch("componentize-py", &COMPONENTIZE_PY)?.join(PYTHON_PACKAGES);
    write_wit_world(&work.path().join("wit"), about)?;
    let paths = stage_modules(folder, work.path())?;
    let component = componentize(work.path(), &paths, &packages)?;
    with_authored_schema(folder, component)
}

/// Copies the author's modules, pinned packages and the SDK into the work folder, because Python
/// writes compiled modules beside the sources.
fn stage_modules(folder: &Path, work: &Path) -> anyhow::Result<[PathBuf; 3]> {
    let [modules, packages, ours] = ["own", "packages", "ours"].map(|name| work.join(name));
    let sdk = resolve_sdk_folder(folder, "python", work)?;
    toolbox::copy_folder(&folder.join("src"), &modules)?;
    toolbox::copy_folder(&sdk.join("tollgate"), &ours.join("tollgate"))?;
    // The SDK has the library as text, and componentize-py links only binaries.
    let seed = files::read_text(&sdk.join("seed.wat"))?;
    files::write(&ours.join(SEED_LIBRARY), &wat::parse_str(seed)?)?;
    std::fs::create_dir_all(&packages)?;
    if folder.join(REQUIREMENTS_FILE).is_file() {
        toolbox::install_pure_python(&folder.join(REQUIREMENTS_FILE), &packages)?;
    }
    Ok([modules, packages, ours])
}

fn componentize(work: &Path, paths: &[PathBuf], packages: &Path) -> anyhow::Result<Vec<u8>> {
    // An empty virtual environment keeps the packages of the system's Python out.
    let empty_environment = work.join("nothing");
    std::fs::create_dir_all(empty_environment.join("lib/python3.14/site-packages"))?;
    let component = work.join("component.wasm");
    let mut python = Command::new("python3");
    python.args(["-c", RUN_COMPONENTIZE_PY, "--quiet", "--wit-path"]).arg(work.join("wit"));
    python.args(["--world", "guest", "componentize", "--stub-wasi", "--output"]).arg(&component);
    for path in paths {
        python.arg("--python-path").arg(path);
    }
    python.arg(APP_MODULE).current_dir(work).env("PYTHONPATH", packages);
    python.env("VIRTUAL_ENV", &empty_environment).env("RUST_BACKTRACE", "0");
    run_tool_within(BUILD_TIMEOUT, &mut python, INSTALL_PYTHON)
        .map_err(|error| anyhow::anyhow!("{}", author_message(&error.to_string())))?;
    files::read(&component)
}

/// Extracts the author's error from componentize-py's output, with paths as the author knows them.
fn author_message(output: &str) -> String {
    let message = output.split_once("AssertionError: ").map_or(output, |(_, message)| message);
    let message = message.split("\n\nCaused by:").next().unwrap_or(message).trim();
    MOUNTS.iter().fold(message.to_owned(), |text, (mount, name)| {
        text.replace(&format!("  File \"{mount}"), &format!("  File \"{name}"))
    })
}
