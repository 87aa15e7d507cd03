//! A folder of prompts: `name.prompt`, and where several versions are kept, `name@1.2.0.prompt`
//! beside each other. Files that start with `_` are partials.

use std::path::{Path, PathBuf};

use semver::{Version, VersionReq};
use tollgate_model::{Digest, PromptName, PromptNameError};

use super::fault::{Fault, Faults, listed};
use super::limits::FOLDER_FILES_MAX;
use super::source::Source;
use super::{EXTENSION, PromptFile};

/// A folder, its files by their names.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    prompts: Vec<(PathBuf, FileName)>,
    partials: Vec<PathBuf>,
    /// Files that are called like no prompt.
    faults: Vec<Fault>,
}

/// What the name of a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileName {
    pub name: PromptName,
    pub version: Option<Version>,
}

/// Why prompts do not lie as they should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FolderProblem {
    /// It cannot be read.
    #[error("this folder cannot be read: {0}")]
    Unreadable(String),
    /// It has too many files.
    #[error("this folder has more than {FOLDER_FILES_MAX} files: name the folder of the prompts")]
    TooManyFiles,
    /// A file is called like no prompt.
    #[error("`{0}` is no name for a prompt's file: `NAME.prompt` or `NAME@1.2.0.prompt`")]
    FileName(String),
    /// A file says another name than its own.
    #[error("it says that its name is `{inside}`: rename one of both")]
    OtherName {
        /// The name in it.
        inside: PromptName,
    },
    /// A file says another version than its own.
    #[error("it says that its version is {inside}: rename the file, or change what it says")]
    OtherVersion {
        /// The version in it.
        inside: String,
    },
    /// A prompt has no version.
    #[error("it has no version: add `version: 0.1.0` to its front matter")]
    NoVersion,
    /// There are two different prompts of one name and version.
    #[error(transparent)]
    Twice(Box<Twice>),
    /// No file has this name.
    #[error("there is no prompt `{name}` here: there is {known}")]
    NoPrompt {
        /// Which.
        name: PromptName,
        /// Which there are.
        known: String,
    },
    /// No version fits.
    #[error("no version of `{name}` satisfies `{wanted}`: there is {known}")]
    NoPromptVersion {
        /// Which prompt.
        name: PromptName,
        /// Which versions would do.
        wanted: VersionReq,
        /// Which there are.
        known: String,
    },
}

/// Two different prompts of one name and version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` {version} is {digest} here and {other_digest} in `{other_file}`: a version never \
     changes, so one of both needs another"
)]
pub struct Twice {
    /// The name.
    pub name: PromptName,
    /// The prompt version.
    pub version: Version,
    /// The digest of this one.
    pub digest: Digest,
    /// Where the other is.
    pub other_file: String,
    /// The digest of the other.
    pub other_digest: Digest,
}

impl Folder {
    /// Looks which files there are, and opens none of them.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let fault =
            |problem: FolderProblem| Fault::whole(&path.display().to_string(), problem.into());
        let unreadable =
            |error: std::io::Error| fault(FolderProblem::Unreadable(error.to_string()));
        let mut files = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            if files.len() >= FOLDER_FILES_MAX {
                return Err(fault(FolderProblem::TooManyFiles));
            }
            files.push(file);
        }
        files.sort();
        let mut folder = Self {
            path: path.into(),
            prompts: Vec::new(),
            partials: Vec::new(),
            faults: Vec::new(),
        };
        for file in files {
            if file.extension().is_some_and(|extension| extension == EXTENSION) && file.is_file() {
                folder.add(file);
            }
        }
        Ok(folder)
    }

    fn add(&mut self, file: PathBuf) {
        if file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"_")) {
            return self.partials.push(file);
        }
        match file_name(&file) {
            Ok(name) => self.prompts.push((file, name)),
            Err(problem) => {
                self.faults.push(Fault::whole(&file.display().to_string(), problem));
            }
        }
    }

    /// All its prompts in the order of their names and versions, and what keeps others from
    /// being among them.
    pub fn read(&self) -> (Vec<PromptFile>, Vec<Fault>) {
        let mut faults = self.faults.clone();
        let mut prompts: Vec<PromptFile> = Vec::new();
        for (path, name) in &self.prompts {
            match read(path, name) {
                Ok(prompt) => prompts.push(prompt),
                Err(Faults(wrong)) => faults.extend(wrong),
            }
        }
        prompts.sort_by_cached_key(|prompt| (prompt.name(), prompt.version().cloned()));
        faults.extend(prompts.windows(2).filter_map(|pair| match pair {
            [one, other] => twice(one, other),
            _ => None,
        }));
        (prompts, faults)
    }

    /// Everything that is wrong in it, and how many prompts there are.
    pub fn check(&self) -> (usize, Vec<Fault>) {
        let (prompts, mut faults) = self.read();
        let unversioned = prompts.iter().filter(|prompt| prompt.version().is_none());
        faults.extend(
            unversioned
                .map(|prompt| Fault::whole(prompt.source.file(), FolderProblem::NoVersion.into())),
        );
        for path in &self.partials {
            let partial = Source::read(path).and_then(super::partial);
            faults.extend(partial.err().filter(|fault| !faults.contains(fault)));
        }
        faults.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
        (self.prompts.len(), faults)
    }

    /// Whether any file is called so.
    pub fn has(&self, name: &PromptName) -> bool {
        self.prompts.iter().any(|(_, file)| file.name == *name)
    }

    /// The highest version of a prompt that satisfies what is wanted.
    pub fn find(&self, name: &PromptName, wanted: &VersionReq) -> Result<PromptFile, Faults> {
        let mut found: Vec<PromptFile> = Vec::new();
        let mut known = Vec::new();
        for (path, file) in self.prompts.iter().filter(|(_, file)| file.name == *name) {
            // What its name says decides before it is opened, so an old version that is broken
            // keeps nobody from a new one.
            if file.version.as_ref().is_some_and(|version| !wanted.matches(version)) {
                known.extend(file.version.as_ref().map(ToString::to_string));
                continue;
            }
            let prompt = read(path, file)?;
            known
                .push(prompt.version().map_or("one without a version".into(), ToString::to_string));
            if prompt.version().is_some_and(|version| wanted.matches(version)) {
                found.push(prompt);
            }
        }
        found.sort_by_cached_key(|prompt| prompt.version().cloned());
        if let [.., one, other] = found.as_slice()
            && let Some(fault) = twice(one, other)
        {
            return Err(fault.into());
        }
        found.pop().ok_or_else(|| self.absent(name, wanted, known).into())
    }

    fn absent(&self, name: &PromptName, wanted: &VersionReq, mut known: Vec<String>) -> Fault {
        known.sort();
        let (name, wanted) = (name.clone(), wanted.clone());
        let problem = if known.is_empty() {
            let mut names: Vec<_> = self.prompts.iter().map(|(_, file)| &file.name).collect();
            names.dedup();
            let known = listed(names.into_iter());
            FolderProblem::NoPrompt { name, known }
        } else {
            FolderProblem::NoPromptVersion { name, wanted, known: known.join(", ") }
        };
        Fault::whole(&self.path.display().to_string(), problem.into())
    }
}

/// Reads a prompt that has to be what its file is called.
fn read(path: &Path, file: &FileName) -> Result<PromptFile, Faults> {
    let prompt = PromptFile::read(path)?;
    let fault = |problem: FolderProblem| Fault::whole(prompt.source.file(), problem.into());
    if let Some(inside) = prompt.front_matter.name.clone().filter(|name| *name != file.name) {
        return Err(fault(FolderProblem::OtherName { inside }).into());
    }
    if file.version.is_some() && file.version.as_ref() != prompt.version() {
        let inside = prompt.version().map_or("none".into(), ToString::to_string);
        return Err(fault(FolderProblem::OtherVersion { inside }).into());
    }
    Ok(prompt)
}

/// Whether both claim to be the same version, and are not.
fn twice(one: &PromptFile, other: &PromptFile) -> Option<Fault> {
    let (name, version) = (one.name()?, one.version()?.clone());
    let same = other.name()? == name && *other.version()? == version;
    if !same || one.digest == other.digest {
        return None;
    }
    let twice = Twice {
        name,
        version,
        digest: other.digest,
        other_file: one.source.file().into(),
        other_digest: one.digest,
    };
    Some(Fault::whole(other.source.file(), FolderProblem::Twice(Box::new(twice)).into()))
}

/// What the name of a file says.
pub(super) fn file_name(path: &Path) -> Result<FileName, super::Problem> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (name, version) = match stem.split_once('@') {
        None => (stem.as_ref(), None),
        Some((name, version)) => {
            let wrong = |_| FolderProblem::FileName(format!("{stem}.{EXTENSION}"));
            (name, Some(Version::parse(version).map_err(wrong)?))
        }
    };
    let name = name.parse().map_err(|error: PromptNameError| error)?;
    Ok(FileName { name, version })
}
