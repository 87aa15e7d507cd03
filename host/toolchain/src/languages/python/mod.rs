//! Builds contracts in Python: componentize-py combines the interpreter, the SDK, `src/` and the
//! packages pinned in `requirements.txt` into one component.

mod build_cache;
mod packages;
mod scan;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tollgate_model::ContractFile;
use tollgate_project::files;

use build_cache::{BuildCache, digest_inputs};
use packages::{PinnedList, is_complete_list};

use super::encoding::write_wit_world;
use super::{CompiledComponent, read_text_module, resolve_sdk_folder, with_authored_schema};
use crate::build_error::BuildError;
use crate::component::Toolchain;
use crate::requirements::INSTALL_PYTHON;
use crate::toolbox::{PYTHON_PACKAGES, PinnedPackages, ToolError, run_tool_within};

const COMPONENTIZE_PY_LIST: &str = include_str!("requirements.txt");
const COMPONENTIZE_PY: PinnedPackages = PinnedPackages::PyPi(COMPONENTIZE_PY_LIST);
/// Code that runs componentize-py, which has no module that `python -m` could run.
const RUN_COMPONENTIZE_PY: &str =
    "import sys; from componentize_py import script; sys.exit(script())";

const MAIN_FILE: &str = "src/contract.py";
const REQUIREMENTS_FILE: &str = "requirements.txt";
/// Folder of the toolbox with components of earlier builds.
const BUILDS_FOLDER: &str = "python-builds";
/// Folder of the toolbox with the packages of authors' lists.
const PACKAGES_FOLDER: &str = "python-packages";
/// Folders of the work folder that are inputs of the component, besides the author's packages.
const OWN_FOLDER: &str = "own";
const SDK_FOLDER: &str = "ours";
const WIT_FOLDER: &str = "wit";
/// Time limit of a build. Builds take seconds, but they import the author's modules, which may loop.
const BUILD_TIMEOUT: Duration = Duration::from_secs(300);
/// Module of the SDK that the component is made from; it imports the author's module `contract`.
const APP_MODULE: &str = "tollgate.component.app";
/// File name of the SDK's native library. componentize-py links every library on the Python path
/// that is named like this.
const SEED_LIBRARY: &str = "tollgate_seed.cpython-314-wasm32-wasi.so";
/// Folder in which Python caches compiled modules beside their sources.
const PYTHON_CACHE: &str = "__pycache__";
/// Folders where componentize-py mounts the Python paths, and the names by which authors know them.
const MOUNTS: [(&str, &str); 3] =
    [("/0/", "src/"), ("/1/", ""), ("/2/", "vendor/tollgate/sdk/python/")];

/// Builds the modules in this folder into a component.
pub(super) fn build_component(
    folder: &Path,
    about: &ContractFile,
    toolchain: &Toolchain,
) -> Result<CompiledComponent, BuildError> {
    let main = folder.join(MAIN_FILE);
    if !main.is_file() {
        return Err(BuildError::MissingMainModule { path: main, language: "Python" });
    }
    let requirements = read_requirements(folder)?;
    scan::scan_modules(folder, about, requirements.is_some(), toolchain.log())?;
    let work = toolchain.create_work_folder()?;
    let work = work.path();
    write_wit_world(&work.join(WIT_FOLDER), about)?;
    stage_modules(folder, work)?;
    let folders = [OWN_FOLDER, SDK_FOLDER, WIT_FOLDER].map(|name| work.join(name));
    let pinned = requirements.as_deref().unwrap_or_default();
    let inputs = digest_inputs(&folders, COMPONENTIZE_PY_LIST, pinned)?;
    let builds = BuildCache::new(toolchain.toolbox().scratch_folder(BUILDS_FOLDER)?);
    let has_all_inputs = is_complete_list(pinned);
    if has_all_inputs && let Some(component) = builds.find(&inputs) {
        return with_authored_schema(folder, component);
    }
    let tool = toolchain.toolbox().get_or_fetch("componentize-py", &COMPONENTIZE_PY)?;
    let packages = work.join("packages");
    create_folder(&packages)?;
    if let Some(text) = &requirements {
        let path = &folder.join(REQUIREMENTS_FILE);
        let cache = toolchain.toolbox().scratch_folder(PACKAGES_FOLDER)?;
        PinnedList { path, text, cache }.install(&packages, work)?;
    }
    let paths = [work.join(OWN_FOLDER), packages, work.join(SDK_FOLDER)];
    let component = componentize(work, &paths, &tool.join(PYTHON_PACKAGES))?;
    if has_all_inputs {
        builds.store(&inputs, &component);
    }
    with_authored_schema(folder, component)
}

/// Reads the list of packages that the author pins, if there is one.
fn read_requirements(folder: &Path) -> Result<Option<String>, BuildError> {
    let path = folder.join(REQUIREMENTS_FILE);
    Ok(if path.is_file() { Some(files::read_text(&path)?) } else { None })
}

/// Copies the author's modules and the SDK into the work folder, because Python writes compiled modules beside the
/// sources.
fn stage_modules(folder: &Path, work: &Path) -> Result<(), BuildError> {
    let sdk = resolve_sdk_folder(folder, "python", work)?;
    copy_folder(&folder.join("src"), &work.join(OWN_FOLDER))?;
    let ours = work.join(SDK_FOLDER);
    copy_folder(&sdk.join("tollgate"), &ours.join("tollgate"))?;
    // The SDK has the library as text, and componentize-py links only binaries.
    Ok(files::write(&ours.join(SEED_LIBRARY), &read_text_module(&sdk.join("seed.wat"))?)?)
}

/// Copies a folder recursively, without Python's caches.
fn copy_folder(from: &Path, to: &Path) -> Result<(), BuildError> {
    let cannot_copy = |source| BuildError::CopyFolder { folder: from.to_owned(), source };
    for entry in std::fs::read_dir(from).map_err(cannot_copy)? {
        let path = entry.map_err(cannot_copy)?.path();
        let Some(name) = path.file_name().filter(|name| *name != PYTHON_CACHE) else { continue };
        if path.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else {
            files::write(&to.join(name), &files::read(&path)?)?;
        }
    }
    Ok(())
}

fn create_folder(folder: &Path) -> Result<(), BuildError> {
    std::fs::create_dir_all(folder).map_err(BuildError::at_path(folder))
}

fn componentize(work: &Path, paths: &[PathBuf], packages: &Path) -> Result<Vec<u8>, BuildError> {
    // An empty virtual environment keeps the packages of the system's Python out.
    let empty_environment = work.join("nothing");
    create_folder(&empty_environment.join("lib/python3.14/site-packages"))?;
    let component = work.join("component.wasm");
    let mut python = Command::new("python3");
    python.args(["-c", RUN_COMPONENTIZE_PY, "--quiet", "--wit-path"]).arg(work.join(WIT_FOLDER));
    python.args(["--world", "guest", "componentize", "--stub-wasi", "--output"]).arg(&component);
    for path in paths {
        python.arg("--python-path").arg(path);
    }
    python.arg(APP_MODULE).current_dir(work).env("PYTHONPATH", packages);
    python.env("VIRTUAL_ENV", &empty_environment).env("RUST_BACKTRACE", "0");
    run_tool_within(BUILD_TIMEOUT, &mut python, INSTALL_PYTHON, work)
        .map_err(componentize_error)?;
    Ok(files::read(&component)?)
}

/// Replaces the output of componentize-py by the author's own error.
fn componentize_error(error: ToolError) -> BuildError {
    match &error {
        ToolError::Failed { .. } => {
            BuildError::Python { message: author_message(&error.to_string()) }
        }
        _ => error.into(),
    }
}

/// Extracts the author's error from componentize-py's output, with paths as the author knows them.
fn author_message(output: &str) -> String {
    let message = output.split_once("AssertionError: ").map_or(output, |(_, message)| message);
    let message = message.split("\n\nCaused by:").next().unwrap_or(message).trim();
    MOUNTS.iter().fold(message.to_owned(), |text, (mount, name)| {
        text.replace(&format!("  File \"{mount}"), &format!("  File \"{name}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_authors_error_with_the_authors_paths() {
        let output = "`python3` failed:\nTraceback: inner\nAssertionError: Traceback:\n  File \"/0/contract.py\", line 3\n\
                      NameError: nothing\n\nCaused by:\n  wasm trap";
        let expected = "Traceback:\n  File \"src/contract.py\", line 3\nNameError: nothing";
        assert_eq!(author_message(output), expected);
        assert_eq!(author_message("`python3` failed:\nno module"), "`python3` failed:\nno module");
    }

    #[test]
    fn copies_modules_without_compiled_ones() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in ["contract.py", "inner/words.py", "__pycache__/contract.pyc"] {
            files::write(&from.path().join(name), b"x").unwrap();
        }
        copy_folder(from.path(), to.path()).unwrap();
        assert!(to.path().join("inner/words.py").is_file());
        assert!(!to.path().join(PYTHON_CACHE).exists());
    }
}
