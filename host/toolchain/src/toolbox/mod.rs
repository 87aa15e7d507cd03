//! Build tools of the languages other than Rust: fetched once, pinned by hash, and stored in the
//! toolbox folder. Nothing is installed system-wide. The languages themselves must be installed by the user.

mod npm;
mod pypi;
mod run;

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tollgate_model::Digest;
use tollgate_project::FileError;

pub(crate) use npm::NODE_MODULES;
pub(crate) use pypi::{PYTHON_PACKAGES, install_pure_python};
pub use run::ToolError;
pub(crate) use run::{run_command, run_tool, run_tool_with_input, run_tool_within};

use crate::build_log::BuildLog;

const DIGEST_LETTERS: usize = 16;
const TOOLBOX_MODE: u32 = 0o700;

/// The fetched tools of a toolchain. Its folder may be absent, because not every language needs one.
pub(crate) struct Toolbox<'t> {
    pub(crate) folder: Option<&'t Path>,
    pub(crate) log: &'t dyn BuildLog,
}

/// Packages that make up a tool, with the hash of each archive.
pub(crate) enum PinnedPackages {
    /// PyPI packages: the content of a `requirements.txt`.
    PyPi(&'static str),
    /// npm packages: the contents of a `package.json` and of its `package-lock.json`.
    Npm(&'static str, &'static str),
}

/// Reason why a tool cannot be provided.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolboxError {
    #[error("no folder to store tools in")]
    NoFolder,
    #[error("cannot fetch `{tool}` into `{}`", .folder.display())]
    Fetch {
        tool: String,
        folder: PathBuf,
        #[source]
        source: InstallError,
    },
}

/// Reason why packages cannot be installed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InstallError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Tool(#[from] ToolError),
}

impl Toolbox<'_> {
    fn folder(&self) -> Result<&Path, ToolboxError> {
        self.folder.ok_or(ToolboxError::NoFolder)
    }

    /// Returns a folder that a tool may use as a cache between builds.
    pub(crate) fn scratch_folder(&self, name: &str) -> Result<PathBuf, ToolboxError> {
        let folder = self.folder()?;
        // An error shows when the tool writes there.
        let _ = create_private(folder);
        Ok(folder.join(name))
    }

    /// Returns the folder of a tool, fetching the tool first if necessary.
    pub(crate) fn get_or_fetch(
        &self,
        name: &str,
        packages: &PinnedPackages,
    ) -> Result<PathBuf, ToolboxError> {
        let tools = self.folder()?;
        let digest = packages.digest().hex();
        let short = digest.get(..DIGEST_LETTERS).unwrap_or(&digest);
        let folder = tools.join(format!("{name}-{short}"));
        if !folder.is_dir() {
            self.fetch(name, packages, tools, &folder).map_err(|source| ToolboxError::Fetch {
                tool: name.into(),
                folder: tools.to_owned(),
                source,
            })?;
        }
        Ok(folder)
    }

    /// Installs a tool in a staging folder and renames that, so that an interrupted download is never
    /// used and concurrent processes do not disturb each other.
    fn fetch(
        &self,
        name: &str,
        packages: &PinnedPackages,
        tools: &Path,
        folder: &Path,
    ) -> Result<(), InstallError> {
        create_private(tools)?;
        let staging = tempfile::TempDir::new_in(tools)?;
        self.log.fetch_started(name);
        let installed = packages.install(staging.path()).and_then(|()| {
            match std::fs::rename(staging.path(), folder) {
                // Another process was faster; its copy is the same to the byte.
                Err(_) if folder.is_dir() => Ok(()),
                renamed => Ok(renamed?),
            }
        });
        self.log.fetch_ended(name, installed.is_ok().then_some(folder));
        installed
    }
}

/// Creates a folder that only this user can write to, whatever the umask: the engine trusts no other folder.
fn create_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(TOOLBOX_MODE).create(folder)
}

impl PinnedPackages {
    /// Returns the digest of the file that lists every archive with its hash.
    fn digest(&self) -> Digest {
        let (Self::PyPi(list) | Self::Npm(_, list)) = self;
        Digest::of(list)
    }

    fn install(&self, folder: &Path) -> Result<(), InstallError> {
        match self {
            Self::PyPi(list) => pypi::install(list, folder),
            Self::Npm(package, lock) => npm::install(package, lock, folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// pip refuses this list before it asks any index.
    const LIST: &str = "not a requirement\n";
    const PACKAGES: PinnedPackages = PinnedPackages::PyPi(LIST);

    /// Log that stores the events of fetches.
    #[derive(Default)]
    struct FetchLog(Mutex<Vec<String>>);

    impl BuildLog for FetchLog {
        fn fetch_started(&self, tool: &str) {
            self.0.lock().unwrap().push(format!("start {tool}"));
        }

        fn fetch_ended(&self, tool: &str, folder: Option<&Path>) {
            self.0.lock().unwrap().push(format!("end {tool} {}", folder.is_some()));
        }

        fn compiler_warned(&self, _warnings: &str) {}
    }

    #[test]
    fn needs_a_folder_to_fetch_into() {
        let toolbox = Toolbox { folder: None, log: &FetchLog::default() };
        let error = toolbox.get_or_fetch("tool", &PACKAGES).unwrap_err();
        assert!(matches!(error, ToolboxError::NoFolder));
    }

    #[test]
    fn finds_a_fetched_tool_by_the_digest_of_its_packages() {
        let tools = tempfile::tempdir().unwrap();
        let digest = Digest::of(LIST).hex();
        let folder = tools.path().join(format!("tool-{}", &digest[..DIGEST_LETTERS]));
        std::fs::create_dir(&folder).unwrap();
        let log = FetchLog::default();
        let toolbox = Toolbox { folder: Some(tools.path()), log: &log };
        assert_eq!(toolbox.get_or_fetch("tool", &PACKAGES).unwrap(), folder);
        assert!(log.0.lock().unwrap().is_empty(), "nothing is fetched");
    }

    #[test]
    fn reports_the_end_of_a_failed_fetch_and_leaves_nothing_behind() {
        let tools = tempfile::tempdir().unwrap();
        let log = FetchLog::default();
        let toolbox = Toolbox { folder: Some(tools.path()), log: &log };
        let error = toolbox.get_or_fetch("tool", &PACKAGES).unwrap_err();
        assert!(matches!(error, ToolboxError::Fetch { .. }), "{error:?}");
        assert_eq!(*log.0.lock().unwrap(), ["start tool", "end tool false"]);
        assert_eq!(std::fs::read_dir(tools.path()).unwrap().count(), 0);
    }
}
