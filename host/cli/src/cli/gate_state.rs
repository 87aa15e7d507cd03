//! Reads a gate's state from the ledger for commands that show or change it. A demotion that is due is
//! recorded on the way and printed as a warning.

use tollgate::Host;
use tollgate::autonomy::GateStatus;
use tollgate::gate::{GateState, status as gate_status};
use tollgate_ledger::LedgerReader;
use tollgate_model::{Gate, LevelEvent};
use tollgate_project::Project;

use super::block_on_runtime;
use super::log::event_summary;
use crate::console;
use crate::ledger_access::LedgerArgs;

/// Returns a gate's status, and warns about a demotion that was due.
pub(super) fn read_status(host: &Host, gate: &Gate) -> anyhow::Result<GateStatus> {
    let status = block_on_runtime(async { Ok(host.gate_status(gate).await?) })?;
    warn_about_demotion(&status);
    Ok(status)
}

/// Returns the statuses of gates, and warns about demotions that were due.
pub(super) fn read_statuses(host: &Host, gates: &[Gate]) -> anyhow::Result<Vec<GateStatus>> {
    gates.iter().map(|gate| read_status(host, gate)).collect()
}

/// Warns about a demotion that was due when a gate's status was read.
pub(super) fn warn_about_demotion(status: &GateStatus) {
    if let Some(change) = &status.demotion {
        warn_demoted(&status.gate, change);
    }
    if let Some(error) = &status.record_error {
        warn_unrecorded(&format!("{error}: {}", error.0));
    }
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
        warn_demoted(gate, change);
    }
    if let Some(error) = &status.record_error {
        warn_unrecorded(&format!("{error:#}"));
    }
    Ok(status.state)
}

fn warn_demoted(gate: &Gate, change: &LevelEvent) {
    console::warn(format!(
        "gate `{}` was demoted from level {} to level {}: {}",
        gate.name,
        change.from,
        change.to,
        event_summary::single_line(&event_summary::describe_level_reason(&change.reason))
    ));
}

/// Warns that a demotion is not recorded. A ledger that cannot be written must not hide it, because it applies in any
/// case.
fn warn_unrecorded(error: &str) {
    console::warn(format!(
        "the demotion applies, but is not recorded yet: the ledger cannot be written: {error}"
    ));
}
