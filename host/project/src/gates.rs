//! The gates of a project: one TOML file each, in the folder `gates`.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};

use tollgate_engine::confine_path;
use tollgate_govern::read::{check_brand_voice, read, read_with_name};
use tollgate_model::{Digest, Gate, GateName, TextFile, TextFileError, TextFileErrors};
use tollgate_packages::package::Requirement;
use tollgate_packages::resolve::GateRequirements;

use crate::files::{self, FileError, ReadError};
use crate::project::Project;

/// Folder of the gates in a project.
pub const GATE_FOLDER: &str = "gates";

/// Reason why gates cannot be read from a project.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GateReadError {
    #[error("there is no folder `{}`: put a gate file into it that names a prompt and contracts", .0.display())]
    NoFolder(PathBuf),
    #[error("there is no gate in `{}`, so no package is required", .0.display())]
    NoGates(PathBuf),
    #[error("there is no gate `{name}`; this project has {}", quote_names(.known))]
    Unknown {
        name: String,
        /// Names of the gates that the project has.
        known: Vec<String>,
    },
    #[error(transparent)]
    File(#[from] FileError),
    /// Gate files with errors. Holds all errors of all files that were read.
    #[error("{0}")]
    Invalid(#[source] TextFileErrors),
    #[error(
        "gate `{gate}` requires `{first}` and `{second}`: a gate can use only one version of a contract"
    )]
    TwoVersions { gate: GateName, first: Box<Requirement>, second: Box<Requirement> },
}

impl Project {
    /// Reads every gate, in order of file names. All errors of all gate files are reported together.
    pub fn read_gates(&self) -> Result<Vec<Gate>, GateReadError> {
        let (gates, errors) = self.read_sound_gates()?;
        match errors.is_empty() {
            true => Ok(gates),
            false => Err(GateReadError::Invalid(TextFileErrors(errors))),
        }
    }

    /// Reads the gates whose files have no errors, in order of file names, and returns the errors of the others.
    pub fn read_sound_gates(&self) -> Result<(Vec<Gate>, Vec<TextFileError>), GateReadError> {
        let mut gates = Vec::new();
        let mut errors = Vec::new();
        for path in self.gate_paths()? {
            let name = path.display().to_string();
            let read = match files::read_text(&path) {
                Ok(text) => read(&name, &text),
                Err(FileError::Read { source, .. }) => {
                    let message = format!("the file cannot be read: {source}");
                    Err(TextFile::new(name, "").error(message).into())
                }
                Err(error) => return Err(error.into()),
            };
            match read {
                Ok(gate) => gates.push(gate),
                Err(TextFileErrors(more)) => errors.extend(more),
            }
        }
        Ok((gates, errors))
    }

    /// Returns the names of the files of gates, sorted. They are not read, and a name need not be valid.
    pub fn gate_names(&self) -> Result<Vec<String>, GateReadError> {
        let paths = self.gate_paths()?;
        let stems = paths.iter().filter_map(|path| path.file_stem());
        Ok(stems.map(|stem| stem.to_string_lossy().into_owned()).collect())
    }

    /// Returns whether a gate has a file.
    pub fn has_gate(&self, name: &GateName) -> bool {
        self.folder.join(GATE_FOLDER).join(format!("{name}.toml")).exists()
    }

    /// Reads the gate with this name.
    pub fn read_gate(&self, name: &str) -> Result<Gate, GateReadError> {
        let paths = self.gate_paths()?;
        let has_name = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == name);
        let Some(path) = paths.iter().find(has_name) else {
            let stems = paths.iter().filter_map(|path| path.file_stem());
            let known = stems.map(|stem| stem.to_string_lossy().into_owned()).collect();
            return Err(GateReadError::Unknown { name: name.to_owned(), known });
        };
        let text = files::read_text(path)?;
        read(&path.display().to_string(), &text).map_err(GateReadError::Invalid)
    }

    /// Returns the packages that the gates require. Fails if there is no gate.
    pub fn read_requirements(&self) -> Result<Vec<GateRequirements>, GateReadError> {
        let gates = self.read_gates()?;
        if gates.is_empty() {
            return Err(GateReadError::NoGates(self.folder.join(GATE_FOLDER)));
        }
        gates.iter().map(gate_requirements).collect()
    }

    /// Reads the brand voice document as it is now. `None` if it is missing, no regular file or outside the project, or
    /// if the gate has none.
    pub fn read_brand_voice(&self, gate: &Gate) -> Option<Vec<u8>> {
        let voice = gate.guardrails.brand_voice.as_ref()?;
        let path = confine_path(&self.folder, &voice.document.to_string()).ok()?;
        files::read(&path).ok()
    }

    /// Fails with the place in the gate file if the brand voice document is not the agreed one, with which every output
    /// would be held. `actual` is its digest, or `None` if it is missing.
    pub fn check_brand_voice(
        &self,
        gate: &Gate,
        actual: Option<Digest>,
    ) -> Result<(), GateReadError> {
        let Some(voice) = &gate.guardrails.brand_voice else { return Ok(()) };
        if actual == Some(voice.digest) {
            return Ok(());
        }
        let path = self.folder.join(GATE_FOLDER).join(format!("{}.toml", gate.name));
        let text = files::read_text(&path)?;
        check_brand_voice(&path.display().to_string(), &text, voice, actual)
            .map_err(GateReadError::Invalid)
    }

    fn gate_paths(&self) -> Result<Vec<PathBuf>, GateReadError> {
        let folder = self.folder.join(GATE_FOLDER);
        if !folder.is_dir() {
            return Err(GateReadError::NoFolder(folder));
        }
        let mut paths = list_folder(&folder)
            .map_err(|error| FileError::Read { path: folder, source: ReadError::Io(error) })?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        Ok(paths)
    }
}

/// Reads a gate from any file, as a version of the gate with this name.
pub fn read_gate_version(path: &Path, name: &GateName) -> Result<Gate, GateReadError> {
    let (file, text) = (path.display().to_string(), files::read_text(path)?);
    read_with_name(&file, Some(name.as_str()), &text).map_err(GateReadError::Invalid)
}

/// Returns the packages that a gate requires.
pub fn gate_requirements(gate: &Gate) -> Result<GateRequirements, GateReadError> {
    let prompt = gate
        .prompt
        .clone()
        .map(|prompt| Requirement { name: prompt.name.into(), versions: prompt.versions });
    let mut contracts: Vec<Requirement> = Vec::new();
    for binding in &gate.contracts {
        let contract = binding.contract.clone();
        let requirement = Requirement { name: contract.name.into(), versions: contract.versions };
        // A contract may be bound twice with different configurations, but only in one version.
        match contracts.iter().find(|before| before.name == requirement.name) {
            Some(before) if *before != requirement => {
                return Err(GateReadError::TwoVersions {
                    gate: gate.name.clone(),
                    first: Box::new(before.clone()),
                    second: Box::new(requirement),
                });
            }
            Some(_) => {}
            None => contracts.push(requirement),
        }
    }
    Ok(GateRequirements { gate: gate.name.to_string(), prompt, contracts })
}

fn list_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect()
}

/// Writes names in backticks, separated by commas.
pub(crate) fn quote_names(names: &[impl Display]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
