//! A folder of prompts. Files are named `name.prompt`, or `name@1.2.0.prompt` if several versions
//! are kept side by side. Files whose name starts with `_` are partials. Subfolders are ignored.

use std::path::{Path, PathBuf};

use semver::{Version, VersionReq};
use tollgate_model::{Digest, PromptName, PromptNameError, TextFileError, TextFileErrors};

use super::error::{PromptErrorKind, error_in, error_of_path, list_names};
use super::limits::FOLDER_FILES_MAX;
use super::text::PromptText;
use super::{EXTENSION, PromptFile};

/// Prompt files of one folder, ordered by file name. Files are opened only when they are asked for.
#[derive(Clone, Debug)]
pub struct PromptFolder {
    /// Folder that all paths are relative to. Empty for the current folder.
    root: PathBuf,
    path: PathBuf,
    prompts: Vec<(PathBuf, PromptFileName)>,
    partials: Vec<PathBuf>,
    /// Files with an invalid name.
    errors: Vec<TextFileError>,
}

/// Name and version taken from a file name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PromptFileName {
    pub name: PromptName,
    pub version: Option<Version>,
}

/// Error of a folder of prompts, or of the way a file in it is named.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptFolderError {
    #[error("the folder cannot be read: {0}")]
    Unreadable(String),
    #[error("the folder has more than {FOLDER_FILES_MAX} files")]
    TooManyFiles,
    #[error("`{0}` is not a valid file name")]
    InvalidFileName(String),
    #[error("the front matter says `name: {declared}`")]
    NameMismatch { declared: PromptName },
    #[error("the front matter says version {declared}")]
    VersionMismatch {
        /// `none` if the front matter has no version.
        declared: String,
    },
    #[error("the prompt has no version")]
    MissingVersion,
    #[error(transparent)]
    DuplicateVersion(Box<DuplicateVersionError>),
    #[error("there is no prompt `{name}` here (available: {known})")]
    UnknownPrompt {
        name: PromptName,
        /// Names that exist, formatted for the message.
        known: String,
    },
    #[error("no version of `{name}` satisfies `{required}` (available: {known})")]
    NoMatchingVersion {
        name: PromptName,
        required: VersionReq,
        /// Versions that exist, formatted for the message.
        known: String,
    },
}

/// Error for two different prompts with the same name and version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` {version} is {digest} here and {other_digest} in `{other_file}`")]
pub struct DuplicateVersionError {
    pub name: PromptName,
    pub version: Version,
    pub digest: Digest,
    pub other_file: String,
    pub other_digest: Digest,
}

impl PromptFolderError {
    pub(super) fn help(&self) -> Option<String> {
        let help = match self {
            Self::Unreadable(_) | Self::UnknownPrompt { .. } | Self::NoMatchingVersion { .. } => {
                return None;
            }
            Self::TooManyFiles => "name the folder of the prompts",
            Self::InvalidFileName(_) => "use `NAME.prompt` or `NAME@1.2.0.prompt`",
            Self::NameMismatch { .. } => "rename the file, or change the name",
            Self::VersionMismatch { .. } => "rename the file, or change the version",
            Self::MissingVersion => "add `version: 0.1.0` to its front matter",
            Self::DuplicateVersion(_) => {
                "a version never changes, so give one of them a new version"
            }
        };
        Some(help.into())
    }
}

impl PromptFolder {
    /// Lists the prompt files of a folder without opening them.
    pub fn open(path: &Path) -> Result<Self, TextFileError> {
        Self::open_below(Path::new(""), path)
    }

    /// Does the same for a folder below another one. Its files are named by their paths below that.
    pub fn open_below(root: &Path, path: &Path) -> Result<Self, TextFileError> {
        let new_error =
            |error: PromptFolderError| error_of_path(&path.display().to_string(), error);
        let unreadable =
            |error: std::io::Error| new_error(PromptFolderError::Unreadable(error.to_string()));
        let mut files = Vec::new();
        for entry in std::fs::read_dir(root.join(path)).map_err(unreadable)? {
            let file = path.join(entry.map_err(unreadable)?.file_name());
            if files.len() >= FOLDER_FILES_MAX {
                return Err(new_error(PromptFolderError::TooManyFiles));
            }
            files.push(file);
        }
        files.sort();
        let mut folder = Self {
            root: root.into(),
            path: path.into(),
            prompts: Vec::new(),
            partials: Vec::new(),
            errors: Vec::new(),
        };
        for file in files {
            let is_prompt = file.extension().is_some_and(|extension| extension == EXTENSION);
            if is_prompt && !root.join(&file).is_dir() {
                folder.add(file);
            }
        }
        Ok(folder)
    }

    fn add(&mut self, file: PathBuf) {
        if file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"_")) {
            return self.partials.push(file);
        }
        match parse_file_name(&file) {
            Ok(name) => self.prompts.push((file, name)),
            Err(error) => self.errors.push(error_of_path(&file.display().to_string(), error)),
        }
    }

    /// Reads all prompts, ordered by name and version. Returns the valid ones and the errors of the
    /// others.
    pub fn read(&self) -> (Vec<PromptFile>, Vec<TextFileError>) {
        let mut errors = self.errors.clone();
        let mut prompts: Vec<PromptFile> = Vec::new();
        for (path, name) in &self.prompts {
            match read_file(&self.root, path, name) {
                Ok(prompt) => prompts.push(prompt),
                Err(TextFileErrors(file_errors)) => errors.extend(file_errors),
            }
        }
        prompts.sort_by_cached_key(|prompt| (prompt.name(), prompt.version().cloned()));
        errors.extend(prompts.windows(2).filter_map(|pair| match pair {
            [first, second] => find_duplicate(first, second),
            _ => None,
        }));
        (prompts, errors)
    }

    /// Checks all prompts and partials. Returns the number of prompt files and every error, ordered
    /// by file and line.
    pub fn check(&self) -> (usize, Vec<TextFileError>) {
        let (prompts, mut errors) = self.read();
        let unversioned = prompts.iter().filter(|prompt| prompt.version().is_none());
        errors.extend(unversioned.map(|prompt| {
            error_in(prompt.text.text_file(), None, PromptFolderError::MissingVersion)
        }));
        for path in &self.partials {
            let partial = PromptText::read_in_folder(&self.root, path);
            let partial = partial.and_then(super::parse_partial);
            errors.extend(partial.err().filter(|error| !errors.contains(error)));
        }
        let place = |error: &TextFileError| error.span.map(|span| span.start);
        errors.sort_by(|one, other| {
            (one.file.name(), place(one)).cmp(&(other.file.name(), place(other)))
        });
        (self.prompts.len(), errors)
    }

    /// Returns whether a file of any version has this name.
    pub fn contains(&self, name: &PromptName) -> bool {
        self.prompts.iter().any(|(_, file)| file.name == *name)
    }

    /// Reads the highest version of a prompt that satisfies `required`.
    pub fn find(
        &self,
        name: &PromptName,
        required: &VersionReq,
    ) -> Result<PromptFile, TextFileErrors> {
        let (prompt, known) = self.find_with_versions(name, required)?;
        prompt.ok_or_else(|| self.not_found_error(name, required, known).into())
    }

    /// Does the same, or returns `None` if there is no such version.
    pub fn find_if_present(
        &self,
        name: &PromptName,
        required: &VersionReq,
    ) -> Result<Option<PromptFile>, TextFileErrors> {
        Ok(self.find_with_versions(name, required)?.0)
    }

    /// Also returns the versions that there are, for messages.
    fn find_with_versions(
        &self,
        name: &PromptName,
        required: &VersionReq,
    ) -> Result<(Option<PromptFile>, Vec<String>), TextFileErrors> {
        let mut matching: Vec<PromptFile> = Vec::new();
        let mut known = Vec::new();
        for (path, file) in self.prompts.iter().filter(|(_, file)| file.name == *name) {
            // The version in the file name decides before the file is opened, so that an invalid
            // old version does not block the use of a new one.
            if file.version.as_ref().is_some_and(|version| !required.matches(version)) {
                known.extend(file.version.as_ref().map(ToString::to_string));
                continue;
            }
            let prompt = read_file(&self.root, path, file)?;
            known
                .push(prompt.version().map_or("one without a version".into(), ToString::to_string));
            if prompt.version().is_some_and(|version| required.matches(version)) {
                matching.push(prompt);
            }
        }
        matching.sort_by_cached_key(|prompt| prompt.version().cloned());
        // Only a duplicate of the highest version makes the choice ambiguous.
        if let [.., first, second] = matching.as_slice()
            && let Some(error) = find_duplicate(first, second)
        {
            return Err(error.into());
        }
        Ok((matching.pop(), known))
    }

    fn not_found_error(
        &self,
        name: &PromptName,
        required: &VersionReq,
        mut known: Vec<String>,
    ) -> TextFileError {
        known.sort();
        let (name, required) = (name.clone(), required.clone());
        let error = if known.is_empty() {
            let mut names: Vec<_> = self.prompts.iter().map(|(_, file)| &file.name).collect();
            names.dedup();
            let known = list_names(names.into_iter());
            PromptFolderError::UnknownPrompt { name, known }
        } else {
            PromptFolderError::NoMatchingVersion { name, required, known: known.join(", ") }
        };
        error_of_path(&self.path.display().to_string(), error)
    }
}

/// Reads a prompt and checks that its front matter agrees with the file name.
fn read_file(
    root: &Path,
    path: &Path,
    file: &PromptFileName,
) -> Result<PromptFile, TextFileErrors> {
    let prompt = PromptFile::read_in_folder(root, path)?;
    let new_error = |error: PromptFolderError| error_in(prompt.text.text_file(), None, error);
    if let Some(declared) = prompt.front_matter.name.clone().filter(|name| *name != file.name) {
        return Err(new_error(PromptFolderError::NameMismatch { declared }).into());
    }
    if file.version.is_some() && file.version.as_ref() != prompt.version() {
        let declared = prompt.version().map_or("none".into(), ToString::to_string);
        return Err(new_error(PromptFolderError::VersionMismatch { declared }).into());
    }
    Ok(prompt)
}

/// Returns an error if both prompts claim the same name and version but differ in content.
fn find_duplicate(first: &PromptFile, second: &PromptFile) -> Option<TextFileError> {
    let (name, version) = (first.name()?, first.version()?.clone());
    let same_version = second.name()? == name && *second.version()? == version;
    if !same_version || first.digest == second.digest {
        return None;
    }
    let duplicate = DuplicateVersionError {
        name,
        version,
        digest: second.digest,
        other_file: first.text.file().into(),
        other_digest: first.digest,
    };
    let error = PromptFolderError::DuplicateVersion(Box::new(duplicate));
    Some(error_in(second.text.text_file(), None, error))
}

/// Parses `name.prompt` or `name@1.2.0.prompt`.
pub(super) fn parse_file_name(path: &Path) -> Result<PromptFileName, PromptErrorKind> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let (name, version) = match stem.split_once('@') {
        None => (stem.as_ref(), None),
        Some((name, version)) => {
            let invalid = |_| PromptFolderError::InvalidFileName(format!("{stem}.{EXTENSION}"));
            (name, Some(Version::parse(version).map_err(invalid)?))
        }
    };
    let name = name.parse().map_err(|error: PromptNameError| error)?;
    Ok(PromptFileName { name, version })
}
