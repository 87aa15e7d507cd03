//! The gate record whose rules apply to a gate: that of its active release. The file in the project is a draft, which
//! must not stop a person who goes back to a release, retracts an output or reports an incident.

use tollgate_ledger::{LedgerError, LedgerReader};
use tollgate_model::{Gate, GateName, Release};
use tollgate_project::{GateReadError, Project};

use super::quality::{QualityGateError, require_delegation};
use super::release_record::{ReleaseReadError, read_release_gate};
use super::releases::find_active_release;
use crate::host::Host;

/// The reason why the gate record whose rules apply cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GoverningRecordError {
    #[error(transparent)]
    Release(#[from] ReleaseReadError),
    /// The gate has no active release, and its file cannot be read.
    #[error(transparent)]
    File(#[from] GateReadError),
    /// The gate has no active release, and by its file it only judges.
    #[error(transparent)]
    Quality(#[from] QualityGateError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Returns the gate record whose rules apply: that of the active release, or that of the gate's file if the gate has
    /// no active release. The file is not read otherwise, nor is that of another gate. Fails if the gate only judges:
    /// nothing is recorded of it. It blocks while it reads.
    pub fn governing_gate(&self, gate: &GateName) -> Result<Gate, GoverningRecordError> {
        let project = &self.shared.project;
        let read = |reader: &dyn LedgerReader| read_governing_gate(reader, project, gate);
        let record = match self.shared.read_if_recorded(read)? {
            Some(record) => record,
            None => project.read_gate(gate.as_str())?,
        };
        require_delegation(&record)?;
        Ok(record)
    }

    /// Fails if there is no gate with this name of which anything is recorded: it has no active release, and the project
    /// has no file of it, or one by which it only judges. The record itself need not be readable if the gate has an
    /// active release. It blocks while it reads.
    pub fn require_gate(&self, gate: &GateName) -> Result<(), GoverningRecordError> {
        let find = |reader: &dyn LedgerReader| find_active_release(reader, gate);
        if self.shared.read_if_recorded(find)?.flatten().is_none() {
            require_delegation(&self.shared.project.read_gate(gate.as_str())?)?;
        }
        Ok(())
    }
}

/// Returns the gate record whose rules apply, as [`Host::governing_gate`] does.
pub(crate) fn read_governing_gate(
    reader: &dyn LedgerReader,
    project: &Project,
    gate: &GateName,
) -> Result<Gate, GoverningRecordError> {
    Ok(read_governing_release(reader, project, gate)?.1)
}

/// Returns the gate record whose rules apply, with the release that it is part of. `None` if the gate has no active
/// release.
pub(crate) fn read_governing_release(
    reader: &dyn LedgerReader,
    project: &Project,
    gate: &GateName,
) -> Result<(Option<Release>, Gate), GoverningRecordError> {
    let Some(active) = find_active_release(reader, gate)? else {
        return Ok((None, project.read_gate(gate.as_str())?));
    };
    let (release, record) = read_release_gate(reader, active)?;
    Ok((Some(release), record))
}
