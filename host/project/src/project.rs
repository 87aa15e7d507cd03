//! A project: the folder of a `tollgate.toml`, and what that file and the lock file say.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use tollgate_govern::score::{self, ScoreThresholds};
use tollgate_library::lock::{LockFile, LockFileError};

use crate::files;
use crate::settings::{ProjectFile, ScoreSettings, SourceEntry};

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "tollgate.toml";
/// The lock file, which pins the packages that a project runs.
pub const LOCK_FILE: &str = "tollgate.lock";

/// A project: its folder and the content of its file, as it was when the project was opened.
#[derive(Clone, Debug)]
pub struct Project {
    /// Absolute path of the folder.
    pub folder: PathBuf,
    pub(crate) settings: ProjectFile,
}

impl Project {
    /// Opens the project in a folder. The folder itself must have a `tollgate.toml`.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let folder = folder.canonicalize().with_context(|| format!("`{}`", folder.display()))?;
        let settings = files::read_toml(&folder.join(PROJECT_FILE))?;
        let project = Self { folder, settings };
        project.check_thresholds()?;
        Ok(project)
    }

    /// Opens the project that a folder belongs to, searching upwards from the folder itself. `None` if there is none.
    pub fn find_above(folder: &Path) -> anyhow::Result<Option<Self>> {
        // The ancestors of a relative path would end at the current folder.
        let folder = folder.canonicalize().with_context(|| format!("`{}`", folder.display()))?;
        let found = folder.ancestors().find(|folder| folder.join(PROJECT_FILE).is_file());
        found.map(Self::open).transpose()
    }

    /// Returns the path of the project's `tollgate.toml`.
    pub fn file_path(&self) -> PathBuf {
        self.folder.join(PROJECT_FILE)
    }

    /// Returns the thresholds for delegation scores, with defaults for those that the project does not set.
    pub fn thresholds(&self) -> ScoreThresholds {
        let (ScoreSettings { delegate_max, human_max }, defaults) =
            (self.settings.score, ScoreThresholds::default());
        ScoreThresholds {
            delegate_max: delegate_max.unwrap_or(defaults.delegate_max),
            human_max: human_max.unwrap_or(defaults.human_max),
        }
    }

    /// Checks that the thresholds are in ascending order and do not exceed the largest possible sum.
    fn check_thresholds(&self) -> anyhow::Result<()> {
        let ScoreThresholds { delegate_max, human_max } = self.thresholds();
        let sum_max = score::SUM_MAX;
        if delegate_max > human_max || human_max > sum_max {
            bail!(
                "{}: `[score]` has `delegate-max = {delegate_max}` and `human-max = {human_max}`: `delegate-max` must not \
                 exceed `human-max`, which must not exceed {sum_max}, the largest sum",
                self.file_path().display()
            );
        }
        Ok(())
    }

    /// Returns the package sources after checking that their names are unique and their kinds clear.
    pub fn sources(&self) -> anyhow::Result<&[SourceEntry]> {
        let count_named =
            |name: &str| self.settings.source.iter().filter(|one| one.name == name).count();
        for entry in &self.settings.source {
            let (name, file) = (&entry.name, self.file_path());
            if count_named(name) > 1 {
                bail!("{}: two sources are named `{name}`: rename one of them", file.display());
            }
            if entry.folder.is_some() == entry.registry.is_some() {
                bail!(
                    "{}: the source `{name}` must have either a `folder` or a `registry`",
                    file.display()
                );
            }
        }
        Ok(&self.settings.source)
    }

    /// Reads the lock file. `None` means that the project is not locked yet.
    pub fn read_lock(&self) -> anyhow::Result<Option<LockFile>> {
        let path = self.folder.join(LOCK_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let lock = LockFile::parse(&files::read_text(&path)?);
        lock.map(Some).map_err(|error| match error {
            LockFileError::Malformed { .. } => anyhow!("{}:{error}", path.display()),
            error => anyhow!("{}: {error}", path.display()),
        })
    }

    /// Writes the lock file.
    pub fn write_lock(&self, lock: &LockFile) -> anyhow::Result<()> {
        files::write(&self.folder.join(LOCK_FILE), lock.to_text()?.as_bytes())
    }
}
