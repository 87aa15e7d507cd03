//! Build tools of the languages other than Rust: fetched once, pinned by hash, and stored in the
//! cache folder. Nothing is installed system-wide. The languages themselves must be installed by the user.

mod npm;
mod pypi;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tollgate_model::Digest;

pub(super) use npm::{INSTALL_NODE, NODE_MODULES};
pub(super) use pypi::{INSTALL_PYTHON, PYTHON_PACKAGES, install_pure_python};

use crate::{console, files};

const TOOLS_FOLDER: &str = "tools";
/// Folder in which Python caches compiled modules beside their sources.
const PYTHON_CACHE: &str = "__pycache__";
const DIGEST_LETTERS: usize = 16;
/// Interval between two checks whether a tool has exited.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Folder for fetched tools. It may be absent, because not every language needs one.
pub struct Toolbox(Option<PathBuf>);

/// Packages that make up a tool, with the hash of each archive.
pub(super) enum PinnedPackages {
    /// PyPI packages: the content of a `requirements.txt`.
    PyPi(&'static str),
    /// npm packages: the contents of a `package.json` and of its `package-lock.json`.
    Npm(&'static str, &'static str),
}

impl Toolbox {
    /// Creates a toolbox below the cache folder.
    pub fn new(cache: Option<PathBuf>) -> Self {
        Self(cache.map(|cache| cache.join(TOOLS_FOLDER)))
    }

    fn folder(&self) -> anyhow::Result<&Path> {
        self.0
            .as_deref()
            .context("no folder to store tools in: set one with `--cache` or `TOLLGATE_CACHE`")
    }

    /// Returns a folder that a tool may use as a cache between builds.
    pub(super) fn scratch_folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(self.folder()?.join(name))
    }

    /// Returns the folder of a tool, fetching the tool first if necessary.
    pub(super) fn get_or_fetch(
        &self,
        name: &str,
        packages: &PinnedPackages,
    ) -> anyhow::Result<PathBuf> {
        let digest = packages.digest().hex();
        let short = digest.get(..DIGEST_LETTERS).unwrap_or(&digest);
        let folder = self.folder()?.join(format!("{name}-{short}"));
        if folder.is_dir() {
            return Ok(folder);
        }
        self.fetch(name, packages, &folder)?;
        Ok(folder)
    }

    /// Installs a tool in a staging folder and renames that, so that an interrupted download is never
    /// used and concurrent processes do not disturb each other.
    fn fetch(&self, name: &str, packages: &PinnedPackages, folder: &Path) -> anyhow::Result<()> {
        let tools = self.folder()?;
        let error_message = || format!("cannot fetch `{name}` into `{}`", tools.display());
        std::fs::create_dir_all(tools).with_context(error_message)?;
        let staging = tempfile::TempDir::new_in(tools).with_context(error_message)?;
        let spinner = console::spinner(&format!("fetching {name}, once"));
        let installed = packages.install(staging.path());
        spinner.finish_and_clear();
        installed.with_context(error_message)?;
        match std::fs::rename(staging.path(), folder) {
            // Another process was faster; its copy is the same to the byte.
            Err(_) if folder.is_dir() => Ok(()),
            other => other.with_context(error_message),
        }?;
        console::note(format!("fetched {name} into `{}`", folder.display()));
        Ok(())
    }
}

impl PinnedPackages {
    /// Returns the digest of the file that lists every archive with its hash.
    fn digest(&self) -> Digest {
        let (Self::PyPi(list) | Self::Npm(_, list)) = self;
        Digest::of(list)
    }

    fn install(&self, folder: &Path) -> anyhow::Result<()> {
        match self {
            Self::PyPi(list) => pypi::install(list, folder),
            Self::Npm(package, lock) => npm::install(package, lock, folder),
        }
    }
}

/// Copies a folder recursively, without Python's caches.
pub(super) fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    let error_message = || format!("cannot copy `{}`", from.display());
    for entry in std::fs::read_dir(from).with_context(error_message)? {
        let path = entry.with_context(error_message)?.path();
        let Some(name) = path.file_name().filter(|name| *name != PYTHON_CACHE) else { continue };
        if path.is_dir() {
            copy_folder(&path, &to.join(name))?;
        } else {
            files::write(&to.join(name), &files::read(&path)?)?;
        }
    }
    Ok(())
}

/// Runs a tool until it exits. On failure the error contains its output.
pub(super) fn run_tool(command: &mut Command, remedy: &str) -> anyhow::Result<()> {
    run_tool_with_input(command, Stdio::null(), remedy).map(drop)
}

/// Output of a tool that succeeded, trimmed.
pub(super) struct ToolOutput {
    pub(super) out: String,
    pub(super) err: String,
}

/// Runs a tool with this standard input and returns its output.
pub(super) fn run_tool_with_input(
    command: &mut Command,
    input: Stdio,
    remedy: &str,
) -> anyhow::Result<ToolOutput> {
    let output = command.stdin(input).output();
    let output =
        output.with_context(|| format!("cannot run `{}`: {remedy}", program_name(command)))?;
    check_exit_status(command, output)
}

/// Runs a tool with a time limit, for tools that execute an author's code, which may never end.
pub(super) fn run_tool_within(
    limit: Duration,
    command: &mut Command,
    remedy: &str,
) -> anyhow::Result<ToolOutput> {
    // Output goes to files, because a tool blocks on a pipe that nobody drains.
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(err.try_clone()?);
    let started = Instant::now();
    let child = command.spawn();
    let mut child =
        child.with_context(|| format!("cannot run `{}`: {remedy}", program_name(command)))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            bail!(
                "`{}` did not end within {} s: check the module-level code for an endless loop",
                program_name(command),
                limit.as_secs()
            );
        }
        std::thread::sleep(POLL_INTERVAL);
    };
    let (stdout, stderr) = (read_all(&mut out)?, read_all(&mut err)?);
    check_exit_status(command, Output { status, stdout, stderr })
}

fn read_all(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    Ok(content)
}

fn check_exit_status(command: &Command, output: Output) -> anyhow::Result<ToolOutput> {
    let [out, err] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
    if !output.status.success() {
        bail!("`{}` failed:\n{}", program_name(command), format!("{out}\n{err}").trim());
    }
    Ok(ToolOutput { out, err })
}

fn program_name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> anyhow::Result<ToolOutput> {
        run_tool_within(limit, Command::new("sh").args(["-c", script]), "install a shell")
    }

    #[test]
    fn kills_a_tool_that_never_ends() {
        let error = shell("sleep 60", Duration::from_millis(50)).err().unwrap();
        assert!(error.to_string().contains("did not end within"), "{error}");
    }

    #[test]
    fn captures_output_larger_than_a_pipe() {
        let minute = Duration::from_secs(60);
        // More than the buffer of a pipe holds.
        let output = shell("seq 100000; echo careful >&2", minute).unwrap();
        assert!(output.out.ends_with("100000") && output.err == "careful");
        let error = shell("echo no; exit 3", minute).err().unwrap();
        assert!(error.to_string().contains("failed:\nno"), "{error}");
    }
}
