//! Looks up gates that a command names: rejects names that neither the ledger nor the project knows, which are misspelt,
//! and gates that only judge where something has to be recorded of a gate.

use tollgate::gate::require_delegation;
use tollgate::lookup;
use tollgate_ledger::LedgerReader;
use tollgate_model::{Gate, GateName};
use tollgate_project::{GateReadError, Project};

use crate::ledger_access::LedgerArgs;

/// Fails if there is no such gate. A gate that was removed from the project is known by its events, and one whose file
/// has errors by its file.
pub(super) fn require_known_gate(
    project: &Project,
    view: &dyn LedgerReader,
    gate: Option<&GateName>,
) -> anyhow::Result<()> {
    let Some(gate) = gate else { return Ok(()) };
    if lookup::has_events(view, gate)? {
        return Ok(());
    }
    Ok(require_project_gate(project, gate)?)
}

/// Fails if the project has no file for a gate. One with errors is enough.
pub(super) fn require_project_gate(
    project: &Project,
    gate: &GateName,
) -> Result<(), GateReadError> {
    match project.read_gate(gate.as_str()) {
        Err(error @ (GateReadError::Unknown { .. } | GateReadError::NoFolder(_))) => Err(error),
        _ => Ok(()),
    }
}

/// Returns the record of a gate that only judges: by its file its purpose is `quality`, and it was never released. If it
/// was, its active release decides, and the file is a draft.
pub(super) fn find_quality_gate(
    project: &Project,
    ledger: &LedgerArgs,
    gate: &GateName,
) -> anyhow::Result<Option<Gate>> {
    let record = project.read_gate(gate.as_str()).ok().filter(Gate::is_quality);
    let Some(record) = record else { return Ok(None) };
    let is_released = match ledger.reader_if_present(project)? {
        Some(reader) => !reader.releases(gate)?.is_empty(),
        None => false,
    };
    Ok(Some(record).filter(|_| !is_released))
}

/// Fails if a gate only judges, so that nothing of it can be recorded, reviewed or promoted.
pub(super) fn require_delegating_gate(
    project: &Project,
    ledger: &LedgerArgs,
    gate: &GateName,
) -> anyhow::Result<()> {
    if let Some(record) = find_quality_gate(project, ledger, gate)? {
        require_delegation(&record)?;
    }
    Ok(())
}
