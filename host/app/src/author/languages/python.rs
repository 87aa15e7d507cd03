//! Contracts in Python: the interpreter, the SDK, `src/` and what `requirements.txt` pins,
//! made one component by componentize-py.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use tollgate_model::ContractFile;

use super::{Made, made, sdk_folder, write_world};
use crate::author::Toolbox;
use crate::author::toolbox::{self, Locked, PACKAGES, PYTHON, run_within};
use crate::files;

const COMPONENTIZE: Locked = Locked::PyPi(include_str!("python.requirements.txt"));
/// The entry point of the package, which is no module that could be run by its name.
const RUN: &str = "import sys; from componentize_py import script; sys.exit(script())";

const MAIN: &str = "src/contract.py";
const REQUIREMENTS: &str = "requirements.txt";
/// Building takes seconds. It imports the author's modules, and those may never end.
const TIME: Duration = Duration::from_secs(300);
/// What the component is made of; it imports the author's module `contract`.
const APP: &str = "tollgate.component.app";
/// Every library on the Python path that is named like this is linked in.
const SEED: &str = "tollgate_seed.cpython-314-wasm32-wasi.so";
/// Where componentize-py mounts the folders that it is given, and what they are to an author.
const MOUNTS: [(&str, &str); 3] =
    [("/0/", "src/"), ("/1/", ""), ("/2/", "vendor/tollgate/sdk/python/")];

/// Makes a component of the modules in this folder.
pub(super) fn make(folder: &Path, about: &ContractFile, tools: &Toolbox) -> anyhow::Result<Made> {
    if !folder.join(MAIN).is_file() {
        bail!("there is no `{}`: a contract in Python is that module", folder.join(MAIN).display());
    }
    let work = tempfile::tempdir().context("there is no room for temporary files")?;
    let packages = tools.get("componentize-py", &COMPONENTIZE)?.join(PACKAGES);
    write_world(&work.path().join("wit"), about)?;
    let paths = stage(folder, work.path())?;
    let component = componentize(work.path(), &paths, &packages)?;
    made(folder, component)
}

/// Copies, because Python keeps what it compiled beside its sources.
fn stage(folder: &Path, work: &Path) -> anyhow::Result<[PathBuf; 3]> {
    let [own, packages, ours] = ["own", "packages", "ours"].map(|name| work.join(name));
    let sdk = sdk_folder(folder, "python", work)?;
    toolbox::copy(&folder.join("src"), &own)?;
    toolbox::copy(&sdk.join("tollgate"), &ours.join("tollgate"))?;
    let seed = files::read_text(&sdk.join("seed.wat"))?;
    files::write(&ours.join(SEED), &wat::parse_str(seed)?)?;
    std::fs::create_dir_all(&packages)?;
    if folder.join(REQUIREMENTS).is_file() {
        toolbox::pure_python(&folder.join(REQUIREMENTS), &packages)?;
    }
    Ok([own, packages, ours])
}

fn componentize(work: &Path, paths: &[PathBuf], packages: &Path) -> anyhow::Result<Vec<u8>> {
    // Without it, packages of the machine's own Python would come in.
    let nothing = work.join("nothing");
    std::fs::create_dir_all(nothing.join("lib/python3.14/site-packages"))?;
    let component = work.join("component.wasm");
    let mut python = Command::new("python3");
    python.args(["-c", RUN, "--quiet", "--wit-path"]).arg(work.join("wit"));
    python.args(["--world", "guest", "componentize", "--stub-wasi", "--output"]).arg(&component);
    for path in paths {
        python.arg("--python-path").arg(path);
    }
    python.arg(APP).current_dir(work).env("PYTHONPATH", packages);
    python.env("VIRTUAL_ENV", &nothing).env("RUST_BACKTRACE", "0");
    run_within(TIME, &mut python, PYTHON)
        .map_err(|error| anyhow::anyhow!("{}", authors(&error.to_string())))?;
    files::read(&component)
}

/// What the author did, without the machinery that ran into it.
fn authors(said: &str) -> String {
    let own = said.split_once("AssertionError: ").map_or(said, |(_, own)| own);
    let own = own.split("\n\nCaused by:").next().unwrap_or(own).trim();
    MOUNTS.iter().fold(own.to_owned(), |text, (mount, name)| {
        text.replace(&format!("  File \"{mount}"), &format!("  File \"{name}"))
    })
}
