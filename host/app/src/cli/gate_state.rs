//! Reads a gate's state from the ledger for commands that show or change it. A demotion that is due is
//! recorded on the way and printed as a warning.

use tollgate_ledger::LedgerReader;
use tollgate_ledger_sqlite::SqliteReader;
use tollgate_model::Gate;
use tollgate_project::Project;

use super::log::event_summary;
use crate::console;
use crate::ledger_access::LedgerArgs;
use tollgate::gate::{GateState, status as gate_status};

/// Returns a gate's state and a view of the ledger. Without a ledger the state is that of a new gate.
pub(super) fn load_gate_state(
    project: &Project,
    ledger_args: &LedgerArgs,
    gate: &Gate,
    now_ms: u64,
) -> anyhow::Result<(GateState, Option<SqliteReader>)> {
    let path = ledger_args.path(project);
    if !path.exists() {
        return Ok((GateState::empty(project, gate), None));
    }
    let view = SqliteReader::open(&path)?;
    let state = read_gate_state(&view, project, ledger_args, gate, now_ms)?;
    Ok((state, Some(view)))
}

/// Returns a gate's state, and records a demotion that is due.
pub(super) fn read_gate_state(
    view: &dyn LedgerReader,
    project: &Project,
    ledger_args: &LedgerArgs,
    gate: &Gate,
    now_ms: u64,
) -> anyhow::Result<GateState> {
    let status =
        gate_status::read_status(view, project, gate, now_ms, || ledger_args.open(project))?;
    if let Some(change) = &status.demotion {
        console::warn(format!(
            "gate `{}` was demoted from level {} to level {}: {}",
            gate.name,
            change.from,
            change.to,
            event_summary::single_line(&event_summary::describe_level_reason(&change.reason))
        ));
    }
    // A ledger that cannot be written must not hide the demotion, which applies in any case.
    if let Some(error) = &status.record_error {
        console::warn(format!(
            "the demotion applies, but is not recorded yet: the ledger cannot be written: {error:#}"
        ));
    }
    Ok(status.state)
}
