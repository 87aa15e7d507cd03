//! Reading a gate's state. A demotion takes effect as soon as its cause is recorded, and the first command that
//! reads the state records the demotion.
use anyhow::Context;
use tollgate_govern::{RecordedLevel, autonomy, promotion};
use tollgate_ledger::{LedgerEntry, SqliteLedger, SqliteReader};
use tollgate_model::{Event, EventKind, Gate, LevelEvent};

use super::gate_state::GateState;
use crate::project::Project;

/// The state of a gate at the time of reading.
pub(crate) struct GateStatus {
    pub(crate) state: GateState,
    /// The demotion that was found while reading.
    pub(crate) demotion: Option<LevelEvent>,
    /// The reason why that demotion could not be recorded.
    pub(crate) record_error: Option<anyhow::Error>,
}

/// Reads the state of a gate and records a pending demotion. Reading succeeds even if the demotion cannot be
/// recorded, and the demotion takes effect regardless.
pub(crate) fn read_status(
    view: &SqliteReader,
    project: &Project,
    gate: &Gate,
    now_ms: u64,
    open_ledger: impl FnOnce() -> anyhow::Result<SqliteLedger>,
) -> anyhow::Result<GateStatus> {
    let mut state = GateState::read(view, project, gate, now_ms)?;
    let Some(change) = pending_demotion(gate, &state, now_ms) else {
        return Ok(GateStatus { state, demotion: None, record_error: None });
    };
    let record_error = record_demotion(gate, &change, now_ms, open_ledger).err();
    // Without a record the level stays as it is, and the rules derive the demotion from its cause each time.
    if record_error.is_none() {
        state.inputs.level = Some(RecordedLevel::after_change(&change, now_ms));
    }
    Ok(GateStatus { state, demotion: Some(change), record_error })
}

/// Returns the demotion whose cause is recorded but which itself is not.
fn pending_demotion(gate: &Gate, state: &GateState, now_ms: u64) -> Option<LevelEvent> {
    let level =
        autonomy::effective_level(gate, gate.autonomy.as_ref()?, &state.inputs, &[], now_ms);
    promotion::demotion_change(&level)
}

fn record_demotion(
    gate: &Gate,
    change: &LevelEvent,
    now_ms: u64,
    open_ledger: impl FnOnce() -> anyhow::Result<SqliteLedger>,
) -> anyhow::Result<()> {
    let ledger = open_ledger()?;
    let appended = ledger.append_blocking(vec![level_change_entry(gate, change.clone(), now_ms)]);
    ledger.close();
    appended.map(|_| ()).context("cannot record the demotion")
}

/// Returns the entry that records a level change.
pub(crate) fn level_change_entry(gate: &Gate, change: LevelEvent, at_ms: u64) -> LedgerEntry {
    LedgerEntry::new(Event { at_ms, gate: gate.name.clone(), kind: EventKind::Level(change) })
}
