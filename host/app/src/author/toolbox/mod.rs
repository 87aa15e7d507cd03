//! What other languages are built with: fetched once, pinned to the byte, and kept in the
//! cache, beside what contracts are compiled to. Nothing is installed for the whole
//! machine but the language itself.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use tollgate_model::Digest;

use crate::{console, files};

const FOLDER: &str = "tools";
/// What Python leaves beside its sources.
const CACHED: &str = "__pycache__";
/// Where Python packages lie in a tool's folder.
pub(super) const PACKAGES: &str = "packages";
const DIGEST_LETTERS: usize = 16;

/// Where tools are kept, if there is such a place: not every language needs one.
pub struct Toolbox(Option<PathBuf>);

/// Packages of PyPI: a `requirements.txt` with the hash of each archive.
pub(super) struct Locked(pub(super) &'static str);

impl Toolbox {
    /// In the folder of the cache.
    pub fn new(cache: Option<PathBuf>) -> Self {
        Self(cache.map(|cache| cache.join(FOLDER)))
    }

    fn folder(&self) -> anyhow::Result<&Path> {
        self.0.as_deref().context(
            "there is no folder to keep tools in: name one with `--cache` or `TOLLGATE_CACHE`",
        )
    }

    /// A folder that a tool may keep things in from one build to the next.
    pub(super) fn scratch(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(self.folder()?.join(name))
    }

    /// The folder of a tool, which is fetched if it is not there.
    pub(super) fn get(&self, name: &str, locked: &Locked) -> anyhow::Result<PathBuf> {
        let digest = locked.digest().hex();
        let short = digest.get(..DIGEST_LETTERS).unwrap_or(&digest);
        let folder = self.folder()?.join(format!("{name}-{short}"));
        if folder.is_dir() {
            return Ok(folder);
        }
        self.fetch(name, locked, &folder)?;
        Ok(folder)
    }

    /// Into a folder of its own first: another process may be at it too, and a broken
    /// download is never taken for a tool.
    fn fetch(&self, name: &str, locked: &Locked, folder: &Path) -> anyhow::Result<()> {
        let tools = self.folder()?;
        let cannot = || format!("cannot fetch `{name}` into `{}`", tools.display());
        std::fs::create_dir_all(tools).with_context(cannot)?;
        let staging = tempfile::TempDir::new_in(tools).with_context(cannot)?;
        let spinner = console::spinner(&format!("fetching {name}, once"));
        let installed = locked.install(staging.path());
        spinner.finish_and_clear();
        installed.with_context(cannot)?;
        match std::fs::rename(staging.path(), folder) {
            Err(_) if folder.is_dir() => Ok(()),
            other => other.with_context(cannot),
        }?;
        console::note(format!("fetched {name}; it is kept in `{}`", folder.display()));
        Ok(())
    }
}

impl Locked {
    fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    fn install(&self, folder: &Path) -> anyhow::Result<()> {
        let (list, venv) = (folder.join("requirements.txt"), folder.join("venv"));
        files::write(&list, self.0.as_bytes())?;
        pip(&venv, &list, &folder.join(PACKAGES), &[])?;
        Ok(std::fs::remove_dir_all(venv)?)
    }
}

/// Installs wheels that a contract's author pinned: of pure Python, because nothing that is
/// compiled for this machine runs in a sandbox.
pub(super) fn pure_python(requirements: &Path, target: &Path) -> anyhow::Result<()> {
    let venv = tempfile::tempdir()?;
    let pure = ["--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"];
    pip(venv.path(), requirements, target, &pure)
}

/// pip comes with a virtual environment, which is needed for nothing else: packages find
/// themselves wherever they are moved.
fn pip(venv: &Path, list: &Path, target: &Path, more: &[&str]) -> anyhow::Result<()> {
    run(Command::new("python3").args(["-m", "venv"]).arg(venv), PYTHON)?;
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "--isolated", "--disable-pip-version-check", "--no-input"]);
    pip.args(["install", "--quiet", "--no-compile", "--require-hashes", "--no-deps"]);
    pip.args(["--only-binary", ":all:"]).args(more);
    run(pip.arg("--target").arg(target).arg("--requirement").arg(list), PYTHON)
}

/// Copies a folder, but not what a tool left there.
pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let cannot = || format!("cannot copy `{}`", from.display());
    for entry in std::fs::read_dir(from).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        let Some(name) = path.file_name().filter(|name| *name != CACHED) else { continue };
        if path.is_dir() {
            copy(&path, &to.join(name))?;
        } else {
            files::write(&to.join(name), &files::read(&path)?)?;
        }
    }
    Ok(())
}

/// What to do where Python is missing.
pub(super) const PYTHON: &str = "install Python 3.11 or later with its `venv`, on Debian by \
                                 `apt install python3 python3-venv`";
/// Runs a tool to its end; shows what it said if it fails.
pub(super) fn run(command: &mut Command, remedy: &str) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run `{program}`: {remedy}"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr]
            .map(|said| String::from_utf8_lossy(&said).trim().to_owned());
        bail!("`{program}` failed:\n{}", said.join("\n").trim());
    }
    Ok(())
}
