//! Rejects names of gates that neither the ledger nor the project knows, which are misspelt.

use tollgate_ledger::{EventQuery, LedgerReader, PageCursor};
use tollgate_model::GateName;
use tollgate_project::{GateReadError, Project};

/// Fails if there is no such gate. A gate that was removed from the project is known by its events, and one whose file
/// has errors by its file.
pub(super) fn require_known_gate(
    project: &Project,
    view: &dyn LedgerReader,
    gate: Option<&GateName>,
) -> anyhow::Result<()> {
    let Some(gate) = gate else { return Ok(()) };
    let (kind, page) = (None, PageCursor::Newest);
    let query = EventQuery { gate: Some(gate.clone()), kind, page, limit: 1 };
    if !view.events(&query)?.is_empty() {
        return Ok(());
    }
    match project.read_gate(gate.as_str()) {
        Err(error @ (GateReadError::Unknown { .. } | GateReadError::NoFolder(_))) => {
            Err(error.into())
        }
        _ => Ok(()),
    }
}
