//! A project: the folder of a `tollgate.toml`, and what that file says.

use std::io;
use std::path::{Path, PathBuf};

use tollgate_govern::score::{self, ScoreThresholds};
use tollgate_packages::trust::KeyError;

use crate::files::{self, FileError};
use crate::settings::{ProjectFile, ScoreSettings, ServeSettings, SourceEntry};
use crate::standard;

/// The file that makes a folder a project.
pub const PROJECT_FILE: &str = "tollgate.toml";

/// A project: its folder and the content of its file, as it was when the project was opened.
#[derive(Clone, Debug)]
pub struct Project {
    /// Absolute path of the folder.
    pub folder: PathBuf,
    pub(crate) settings: ProjectFile,
}

/// Reason why a project, its file or the keys that it trusts cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    #[error("this folder is not in a project: there is no `{PROJECT_FILE}` in it or above it")]
    NotInProject,
    #[error("`{}`", .folder.display())]
    Folder { folder: PathBuf, source: io::Error },
    #[error(transparent)]
    File(#[from] FileError),
    #[error(
        "{}: `[score]` has `delegate-max = {delegate_max}` and `human-max = {human_max}`: `delegate-max` must not \
         exceed `human-max`, which must not exceed {}, the largest sum",
        .file.display(), score::SUM_MAX
    )]
    Thresholds { file: PathBuf, delegate_max: u8, human_max: u8 },
    #[error("{}: two sources are named `{name}`: rename one of them", .file.display())]
    DuplicateSource { file: PathBuf, name: String },
    /// A source with both a folder and a registry, or with neither.
    #[error("{}: the source `{name}` must have either a `folder` or a `registry`", .file.display())]
    SourceKind { file: PathBuf, name: String },
    /// A source is named for the namespace of the standard contracts, and nobody is trusted to sign for it.
    #[error(
        "{}: the source `{name}` names the namespace `{}`, which is that of the standard contracts: what comes from \
         elsewhere has to be signed, and there is no `[trust.{}]`",
        .file.display(), standard::NAMESPACE, standard::NAMESPACE
    )]
    UntrustedStandardSource { file: PathBuf, name: String },
    /// Signatures are required for a namespace, and none would be accepted.
    #[error(
        "{}: `[trust.{namespace}]` names no key, so no package of that namespace can be trusted", .file.display()
    )]
    NoTrustedKey { file: PathBuf, namespace: String },
    #[error("cannot read `{}` as a public key", .path.display())]
    PublicKey { path: PathBuf, source: KeyError },
    #[error("`[{table}]` in `{}` is not a table with `{key}`", .file.display())]
    WrongTable { file: PathBuf, table: String, key: &'static str },
}

impl Project {
    /// Opens the project in a folder. The folder itself must have a `tollgate.toml`.
    pub fn open(folder: &Path) -> Result<Self, ProjectError> {
        let folder = canonicalize(folder)?;
        let settings = files::read_toml(&folder.join(PROJECT_FILE))?;
        let project = Self { folder, settings };
        project.check_thresholds()?;
        Ok(project)
    }

    /// Opens the project that a folder belongs to, searching upwards from the folder itself. `None` if there is none.
    pub fn find_above(folder: &Path) -> Result<Option<Self>, ProjectError> {
        // The ancestors of a relative path would end at the current folder.
        let folder = canonicalize(folder)?;
        // One that cannot be read is an error, because the project of a folder above is another one.
        let is_project = |folder: &&Path| folder.join(PROJECT_FILE).symlink_metadata().is_ok();
        let found = folder.ancestors().find(is_project);
        found.map(Self::open).transpose()
    }

    /// Returns the path of the project's `tollgate.toml`.
    pub fn file_path(&self) -> PathBuf {
        self.folder.join(PROJECT_FILE)
    }

    /// Returns how `tollgate serve` runs the project.
    pub fn serve_settings(&self) -> ServeSettings {
        self.settings.serve
    }

    /// Returns whether the project file says the same as that of another reading.
    pub fn has_settings_of(&self, other: &Self) -> bool {
        self.settings == other.settings
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
    fn check_thresholds(&self) -> Result<(), ProjectError> {
        let ScoreThresholds { delegate_max, human_max } = self.thresholds();
        if delegate_max > human_max || human_max > score::SUM_MAX {
            return Err(ProjectError::Thresholds {
                file: self.file_path(),
                delegate_max,
                human_max,
            });
        }
        Ok(())
    }

    /// Returns the package sources after checking that their names are unique, their kinds clear, and that they serve
    /// nothing in the place of the standard contracts without a signature.
    pub fn sources(&self) -> Result<&[SourceEntry], ProjectError> {
        let count_named =
            |name: &str| self.settings.source.iter().filter(|one| one.name == name).count();
        for entry in &self.settings.source {
            let (name, file) = (entry.name.clone(), self.file_path());
            if count_named(&name) > 1 {
                return Err(ProjectError::DuplicateSource { file, name });
            }
            if entry.folder.is_some() == entry.registry.is_some() {
                return Err(ProjectError::SourceKind { file, name });
            }
            if entry.is_named_for(standard::NAMESPACE)
                && self.required_keys(standard::NAMESPACE)?.is_none()
            {
                return Err(ProjectError::UntrustedStandardSource { file, name });
            }
        }
        Ok(&self.settings.source)
    }
}

fn canonicalize(folder: &Path) -> Result<PathBuf, ProjectError> {
    let cannot_open = |source| ProjectError::Folder { folder: folder.to_owned(), source };
    folder.canonicalize().map_err(cannot_open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(file: &str) -> (tempfile::TempDir, Result<Project, ProjectError>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(PROJECT_FILE), file).unwrap();
        let project = Project::open(folder.path());
        (folder, project)
    }

    #[test]
    fn finds_the_project_above_a_folder() {
        let (folder, project) = project("");
        let below = folder.path().join("gates/old");
        std::fs::create_dir_all(&below).unwrap();
        let found = Project::find_above(&below).unwrap().unwrap();
        assert_eq!(found.folder, project.unwrap().folder);
        assert!(found.folder.is_absolute());
    }

    #[test]
    fn finds_no_project_where_there_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Project::find_above(folder.path()).unwrap().is_none());
        let missing = folder.path().join("missing");
        let error = Project::find_above(&missing).unwrap_err();
        assert!(matches!(error, ProjectError::Folder { .. }), "{error}");
    }

    #[test]
    fn opens_only_a_folder_with_a_project_file() {
        let (folder, _) = project("");
        let below = folder.path().join("below");
        std::fs::create_dir(&below).unwrap();
        let error = Project::open(&below).unwrap_err();
        assert!(matches!(error, ProjectError::File(FileError::Read { .. })), "{error}");
    }

    #[test]
    fn names_unknown_keys() {
        let (_folder, project) = project("[score]\ndelegate-maximum = 3\n");
        let error = project.unwrap_err().to_string();
        assert!(error.contains("tollgate.toml:2: unknown field `delegate-maximum`"), "{error}");
    }

    #[test]
    fn refuses_thresholds_out_of_order() {
        for thresholds in ["delegate-max = 9\nhuman-max = 8", "human-max = 200"] {
            let (_folder, project) = project(&format!("[score]\n{thresholds}\n"));
            let error = project.unwrap_err();
            assert!(matches!(error, ProjectError::Thresholds { .. }), "{error}");
        }
        let (_folder, project) = project("[score]\ndelegate-max = 7\n");
        assert_eq!(project.unwrap().thresholds().delegate_max, 7);
    }

    #[test]
    fn refuses_unclear_sources() {
        let (_folder, same_name) = project(
            "[[source]]\nname = \"a\"\nfolder = \"x\"\n[[source]]\nname = \"a\"\nfolder = \"y\"\n",
        );
        let error = same_name.unwrap().sources().unwrap_err();
        assert!(matches!(error, ProjectError::DuplicateSource { .. }), "{error}");
        for kind in ["", "folder = \"x\"\nregistry = \"ghcr.io/acme\"\n"] {
            let (_folder, unclear) = project(&format!("[[source]]\nname = \"a\"\n{kind}"));
            let error = unclear.unwrap().sources().unwrap_err();
            assert!(matches!(error, ProjectError::SourceKind { .. }), "{error}");
        }
        let standard =
            "[[source]]\nname = \"a\"\nfolder = \"x\"\nnamespaces = [\"b\", \"tollgate\"]\n";
        let (_folder, unsigned) = project(standard);
        let error = unsigned.unwrap().sources().unwrap_err();
        assert!(matches!(error, ProjectError::UntrustedStandardSource { .. }), "{error}");
        let (_folder, nobody) = project(&format!("{standard}[trust.tollgate]\nkeys = []\n"));
        let error = nobody.unwrap().sources().unwrap_err();
        assert!(matches!(error, ProjectError::NoTrustedKey { .. }), "{error}");
    }
}
