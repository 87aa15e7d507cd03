//! Looking at a gate, with what the ledger has of it. What that costs the gate is told loudly.

use tollgate_ledger::View;
use tollgate_model::Gate;

use super::log::words;
use crate::console;
use crate::project::Project;
use crate::recorded::Recorded;
use crate::run::{State, level};

/// What has happened at a gate; nothing, where there is no ledger.
pub(super) fn state(
    project: &Project,
    recorded: &Recorded,
    gate: &Gate,
    now_ms: u64,
) -> anyhow::Result<(State, Option<View>)> {
    let path = recorded.path(project);
    if !path.exists() {
        return Ok((State::nothing_yet(project, gate), None));
    }
    let view = View::open(&path)?;
    let state = look(&view, project, recorded, gate, now_ms)?;
    Ok((state, Some(view)))
}

/// What has happened at a gate. That it lost a level is recorded at this look.
pub(super) fn look(
    view: &View,
    project: &Project,
    recorded: &Recorded,
    gate: &Gate,
    now_ms: u64,
) -> anyhow::Result<State> {
    let looked = level::look(view, project, gate, now_ms, || recorded.open(project))?;
    if let Some(change) = &looked.demoted {
        console::warn(format!(
            "gate `{}` went from level {} to level {}: {}",
            gate.name,
            change.from,
            change.to,
            words::line(&words::level(&change.reason))
        ));
    }
    if let Some(error) = &looked.unrecorded {
        console::warn(format!(
            "that counts, and is not recorded yet, because the ledger cannot be written: {error:#}"
        ));
    }
    Ok(looked.state)
}
