//! What costs a gate a level counts at once. Whoever looks at the gate first writes it down.

use anyhow::Context;
use tollgate_govern::{LevelHeld, autonomy, track};
use tollgate_ledger::{Entry, Ledger, View};
use tollgate_model::{Event, Gate, LevelChange, What};

use super::state::State;
use crate::project::Project;

/// A gate, as somebody has just looked at it.
pub(crate) struct Looked {
    /// What has happened at it.
    pub(crate) state: State,
    /// That it lost a level.
    pub(crate) demoted: Option<LevelChange>,
    /// Why that could not be written down.
    pub(crate) unrecorded: Option<anyhow::Error>,
}

/// Looks at a gate, and records that it lost a level. Where that cannot be recorded it counts all
/// the same: looking does not fail for it.
pub(crate) fn look(
    view: &View,
    project: &Project,
    gate: &Gate,
    now_ms: u64,
    open: impl FnOnce() -> anyhow::Result<Ledger>,
) -> anyhow::Result<Looked> {
    let mut state = State::read(view, project, gate, now_ms)?;
    let Some(change) = lost(gate, &state, now_ms) else {
        return Ok(Looked { state, demoted: None, unrecorded: None });
    };
    let unrecorded = record(gate, &change, now_ms, open).err();
    if unrecorded.is_none() {
        state.now.level = Some(LevelHeld::after(&change, now_ms));
    }
    Ok(Looked { state, demoted: Some(change), unrecorded })
}

/// The level that a gate has just lost.
fn lost(gate: &Gate, state: &State, now_ms: u64) -> Option<LevelChange> {
    let held = autonomy::held(gate, gate.autonomy.as_ref()?, &state.now, &[], now_ms);
    track::demotion(&held)
}

fn record(
    gate: &Gate,
    change: &LevelChange,
    now_ms: u64,
    open: impl FnOnce() -> anyhow::Result<Ledger>,
) -> anyhow::Result<()> {
    let ledger = open()?;
    let recorded = ledger.append_blocking(vec![moved(gate, change.clone(), now_ms)]);
    ledger.close();
    recorded.map(|_| ()).context("it could not be recorded")
}

/// That a gate is at another level.
pub(crate) fn moved(gate: &Gate, change: LevelChange, at_ms: u64) -> Entry {
    Entry::of(Event { at_ms, gate: gate.name.clone(), what: What::Level(change) })
}
