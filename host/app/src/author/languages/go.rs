//! Contracts in Go: the standard compiler for wasip1, with an adapter that stands in for the
//! operating system and imports nothing.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use tollgate_engine::export_address;
use tollgate_model::ContractFile;

use super::{Made, componentize_with, in_world, made, sdk_folder};
use crate::author::Toolbox;
use crate::author::toolbox::{Locked, PACKAGES, PYTHON, run};
use crate::files;

const GO: Locked = Locked::PyPi(include_str!("go.requirements.txt"));
/// The author's own settings of Go, none of which may change what is built.
const NOT_INHERITED: [&str; 5] = ["GOFLAGS", "GOEXPERIMENT", "GOWASM", "GODEBUG", "GOWORK"];
const BUILD: [&str; 4] = ["build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared"];
/// What makes the SDK export `judge-stream`.
const STREAM: &str = "tollgate_stream";
/// Where the adapter keeps what a panic prints: Go leaves the first pages unused.
const LAST_WORDS: (&str, u32) = ("tollgate-last-words", 4096);
/// What the adapter stands in for.
const PREVIEW_1: &str = "wasi_snapshot_preview1";

/// Makes a component of the package in this folder.
pub(super) fn make(folder: &Path, about: &ContractFile, tools: &Toolbox) -> anyhow::Result<Made> {
    let work = tempfile::tempdir().context("there is no room for temporary files")?;
    let sdk = sdk_folder(folder, "go", work.path())?;
    let root = tools.get("go", &GO)?.join(PACKAGES).join("go");
    executable(&root)?;
    let built = work.path().join("built.wasm");
    let mut go = Command::new(root.join("bin/go"));
    go.args(BUILD);
    if about.stream {
        go.args(["-tags", STREAM]);
    }
    go.arg("-o").arg(&built).arg(".").current_dir(folder);
    for variable in NOT_INHERITED {
        go.env_remove(variable);
    }
    go.env("GOROOT", &root).env("GOTOOLCHAIN", "local").env("GOENV", "off");
    go.env("GOTELEMETRY", "off")
        .env("CGO_ENABLED", "0")
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm");
    go.env("GOCACHE", tools.scratch("go-cache")?).env("GOMODCACHE", tools.scratch("go-modules")?);
    run(&mut go, PYTHON)?;
    let (name, address) = LAST_WORDS;
    let module = export_address(&files::read(&built)?, name, address)?;
    let adapter = wat::parse_str(files::read_text(&sdk.join("adapter.wat"))?)?;
    let component = componentize_with(&in_world(module, about)?, Some((PREVIEW_1, &adapter)));
    if let Err(error) = &component
        && format!("{error:#}").contains("tollgate:contract/judge")
    {
        bail!(
            "the package exports no contract: call `tollgate.Register` in `init`, and import the SDK"
        );
    }
    made(folder, component?)
}

/// A wheel says of its data that it is data, and of Go everything is.
fn executable(root: &Path) -> anyhow::Result<()> {
    let mut folders = vec![root.join("bin")];
    let tools = root.join("pkg/tool");
    let machines = std::fs::read_dir(&tools).with_context(|| format!("`{}`", tools.display()))?;
    folders.extend(machines.flatten().map(|machine| machine.path()));
    for program in folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten() {
        let program = program?.path();
        let mut permissions = std::fs::metadata(&program)?.permissions();
        if permissions.mode() & 0o111 == 0 {
            permissions.set_mode(0o755);
            std::fs::set_permissions(&program, permissions)?;
        }
    }
    Ok(())
}
