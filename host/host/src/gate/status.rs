//! Reading a gate's state. A demotion takes effect as soon as its cause is recorded, and the first command that
//! reads the state records the demotion.

use std::sync::Arc;

use anyhow::Context;
use tollgate_govern::{autonomy, promotion};
use tollgate_ledger::{
    Append, AppendCondition, AppendedRange, ConflictError, Ledger, LedgerEntry, LedgerError,
    LedgerReader,
};
use tollgate_model::{Event, EventKind, Gate, LevelEvent};
use tollgate_project::Project;

use crate::gate::state::GateState;

/// The state of a gate at the time of reading.
pub struct GateStatus {
    pub state: GateState,
    /// The demotion that was found while reading.
    pub demotion: Option<LevelEvent>,
    /// The reason why that demotion could not be recorded.
    pub record_error: Option<anyhow::Error>,
}

/// Reads the state of a gate and records a pending demotion. Reading succeeds even if the demotion cannot be
/// recorded, and the demotion takes effect regardless.
pub fn read_status(
    view: &dyn LedgerReader,
    project: &Project,
    gate: &Gate,
    now_ms: u64,
    open_ledger: impl Fn() -> anyhow::Result<Arc<dyn Ledger>>,
) -> anyhow::Result<GateStatus> {
    loop {
        let mut state = GateState::read(view, project, gate, now_ms)?;
        let Some(change) = pending_demotion(gate, &state, now_ms) else {
            return Ok(GateStatus { state, demotion: None, record_error: None });
        };
        let recorded = record_demotion(gate, &change, state.version, now_ms, &open_ledger);
        let record_error = match recorded {
            Ok(Some(version)) => {
                state.version = version;
                state.inputs.apply_level_change(&change, now_ms);
                None
            }
            // Somebody else may have recorded the same demotion, or another incident.
            Ok(None) => continue,
            // Without a record the level stays as it is, and the rules derive the demotion from its cause each time.
            Err(error) => Some(error),
        };
        return Ok(GateStatus { state, demotion: Some(change), record_error });
    }
}

/// Returns the demotion whose cause is recorded but which itself is not.
pub(crate) fn pending_demotion(gate: &Gate, state: &GateState, now_ms: u64) -> Option<LevelEvent> {
    let level =
        autonomy::effective_level(gate, gate.autonomy.as_ref()?, &state.inputs, &[], now_ms);
    promotion::demotion_change(&level)
}

/// Records a demotion and returns the new version of the gate, or `None` if the gate has changed since.
fn record_demotion(
    gate: &Gate,
    change: &LevelEvent,
    version: u64,
    now_ms: u64,
    open_ledger: impl Fn() -> anyhow::Result<Arc<dyn Ledger>>,
) -> anyhow::Result<Option<u64>> {
    let ledger = open_ledger()?;
    let appended = append_level_change(&*ledger, gate, change.clone(), version, now_ms);
    ledger.close();
    appended.context("cannot record the demotion")
}

/// Records a level change that was decided from a version of the gate. Returns the new version, or `None` if the gate
/// has changed since: a level change ends all incidents before it, so it must not end one that nobody has seen.
pub fn append_level_change(
    ledger: &dyn Ledger,
    gate: &Gate,
    change: LevelEvent,
    version: u64,
    now_ms: u64,
) -> Result<Option<u64>, LedgerError> {
    let condition = AppendCondition::GateVersion { gate: gate.name.clone(), version };
    let append = Append::from(level_change_entry(gate, change, now_ms)).on_condition(condition);
    match ledger.append_blocking(append) {
        Ok(AppendedRange { last, .. }) => Ok(Some(last)),
        Err(LedgerError::Conflict(ConflictError::GateChanged { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the entry that records a level change.
pub(crate) fn level_change_entry(gate: &Gate, change: LevelEvent, at_ms: u64) -> LedgerEntry {
    LedgerEntry::new(Event { at_ms, gate: gate.name.clone(), kind: EventKind::Level(change) })
}
