//! What other languages are built with: fetched once, pinned to the byte, and kept in the
//! cache, beside what contracts are compiled to. Nothing is installed for the whole
//! machine but the language itself.

mod npm;
mod pypi;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tollgate_model::Digest;

pub(super) use npm::{MODULES, NODE};
pub(super) use pypi::{PACKAGES, PYTHON, pure_python};

use crate::{console, files};

const FOLDER: &str = "tools";
/// What Python leaves beside its sources.
const CACHED: &str = "__pycache__";
const DIGEST_LETTERS: usize = 16;
/// Between two looks at whether a tool has ended.
const PATIENCE: Duration = Duration::from_millis(10);

/// Where tools are kept, if there is such a place: not every language needs one.
pub struct Toolbox(Option<PathBuf>);

/// What a tool is made of, with the hash of each archive.
pub(super) enum Locked {
    /// Packages of PyPI: a `requirements.txt`.
    PyPi(&'static str),
    /// Packages of npm: a `package.json`, and its `package-lock.json`.
    Npm(&'static str, &'static str),
}

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
    /// Of what names every archive and its hash.
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

/// Runs a tool to its end; shows what it said if it fails.
pub(super) fn run(command: &mut Command, remedy: &str) -> anyhow::Result<()> {
    run_with(command, Stdio::null(), remedy).map(drop)
}

/// What a tool said before it ended well.
pub(super) struct Said {
    pub(super) out: String,
    pub(super) err: String,
}

/// The same with something to read; gives what the tool said.
pub(super) fn run_with(command: &mut Command, input: Stdio, remedy: &str) -> anyhow::Result<Said> {
    let output = command.stdin(input).output();
    let output = output.with_context(|| format!("cannot run `{}`: {remedy}", name(command)))?;
    judge(command, output)
}

/// The same for a tool that runs what an author wrote, which may never end.
pub(super) fn run_within(
    time: Duration,
    command: &mut Command,
    remedy: &str,
) -> anyhow::Result<Said> {
    // Files take whatever is said. A pipe that nobody empties would stop the tool.
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(err.try_clone()?);
    let started = Instant::now();
    let child = command.spawn();
    let mut child = child.with_context(|| format!("cannot run `{}`: {remedy}", name(command)))?;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() >= time {
            child.kill()?;
            child.wait()?;
            bail!(
                "`{}` did not end within {} s: does something loop where it is loaded?",
                name(command),
                time.as_secs()
            );
        }
        std::thread::sleep(PATIENCE);
    };
    let (stdout, stderr) = (all_of(&mut out)?, all_of(&mut err)?);
    judge(command, Output { status, stdout, stderr })
}

fn all_of(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut content)?;
    Ok(content)
}

fn judge(command: &Command, output: Output) -> anyhow::Result<Said> {
    let [out, err] =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).trim().to_owned());
    if !output.status.success() {
        bail!("`{}` failed:\n{}", name(command), format!("{out}\n{err}").trim());
    }
    Ok(Said { out, err })
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, time: Duration) -> anyhow::Result<Said> {
        run_within(time, Command::new("sh").args(["-c", script]), "install a shell")
    }

    #[test]
    fn what_never_ends_is_ended() {
        let error = shell("sleep 60", Duration::from_millis(50)).err().unwrap();
        assert!(error.to_string().contains("did not end within"), "{error}");
    }

    #[test]
    fn what_ends_has_said_something() {
        let minute = Duration::from_secs(60);
        // More than a pipe takes.
        let said = shell("seq 100000; echo careful >&2", minute).unwrap();
        assert!(said.out.ends_with("100000") && said.err == "careful");
        let error = shell("echo no; exit 3", minute).err().unwrap();
        assert!(error.to_string().contains("failed:\nno"), "{error}");
    }
}
