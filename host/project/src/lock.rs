//! The lock file of a project, and what it pins for a gate.

use std::path::PathBuf;

use tollgate_model::{Gate, TextFile};
use tollgate_packages::lock::{LockFile, LockFileError, LockedGate};

use crate::files::{self, FileError};
use crate::gates::{GateReadError, gate_requirements};
use crate::project::Project;

/// The lock file, which pins the packages that a project runs.
pub const LOCK_FILE: &str = "tollgate.lock";

/// Name of the lock file in messages that say where something was found.
pub(crate) const LOCK_PLACE: &str = "`tollgate.lock`";

/// Reason why the lock file cannot be used for a gate, or at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockError {
    #[error("there is no `{LOCK_FILE}`")]
    Missing,
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{}: {error}", .file.display())]
    Invalid { file: PathBuf, error: Box<LockFileError> },
    #[error("`{LOCK_FILE}` cannot be written as TOML")]
    Unwritable(#[source] toml::ser::Error),
    #[error(transparent)]
    Gate(#[from] GateReadError),
    /// The gate was changed after it was locked. Holds the mismatches, as sentences about the gate.
    #[error("the lock file does not match gate `{gate}`: {}", .reasons.join("; "))]
    Stale { gate: String, reasons: Vec<String> },
    #[error("gate `{gate}` is not in the lock file")]
    GateNotLocked { gate: String },
}

impl Project {
    /// Reads the lock file. `None` means that the project is not locked yet.
    pub fn read_lock(&self) -> Result<Option<LockFile>, LockError> {
        let file = self.folder.join(LOCK_FILE);
        let text = match files::read_text(&file) {
            Err(error) if error.is_missing() => return Ok(None),
            text => text?,
        };
        LockFile::parse(&text).map(Some).map_err(|error| match error {
            LockFileError::Malformed { span, message } => {
                let file = TextFile::new(file.display().to_string(), text);
                LockError::File(file.error_at(span, message).into())
            }
            error => LockError::Invalid { file, error: Box::new(error) },
        })
    }

    /// Writes the lock file.
    pub fn write_lock(&self, lock: &LockFile) -> Result<(), LockError> {
        let text = lock.to_text().map_err(LockError::Unwritable)?;
        Ok(files::write(&self.folder.join(LOCK_FILE), text.as_bytes())?)
    }
}

/// Returns what a lock file pins for a gate. Fails if it does not match what the gate requires now.
pub(crate) fn locked_gate(lock: Option<&LockFile>, gate: &Gate) -> Result<LockedGate, LockError> {
    let lock = lock.ok_or(LockError::Missing)?;
    let name = gate.name.to_string();
    let stale = lock.stale_gates(&[gate_requirements(gate)?]).into_iter();
    let reasons: Vec<_> =
        stale.filter(|stale| stale.gate == name).map(|stale| stale.reason).collect();
    if !reasons.is_empty() {
        return Err(LockError::Stale { gate: name, reasons });
    }
    lock.gates.get(&name).cloned().ok_or(LockError::GateNotLocked { gate: name })
}
