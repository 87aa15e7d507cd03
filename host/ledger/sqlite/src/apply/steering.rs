//! Levels and the incidents that lower them, figures, and the active release.

use rusqlite::params;
use tollgate_model::{
    IncidentEvent, KpiEvent, LevelEvent, RollbackEvent, RolloutEvent, RolloutStage,
};

use super::AppliedEvent;
use super::counts::{DayCount, add_to_day};
use super::queue::close_refuted_audit;

const INCIDENT: &str = "incident";
pub(crate) const ROLLBACK: &str = "rollback";
pub(crate) const RELEASE_ROLLBACK: &str = "release-rollback";
pub(crate) const CONTRACT_FAILED: &str = "contract-failed";

/// Applies a level change. The track record starts afresh, and the incidents recorded before it no longer count.
///
/// The place in the chain decides what was before: clocks of writers differ, and an incident that a slow clock
/// dates before the change would be lost if times were compared.
pub(super) fn apply_level_change(
    at: AppliedEvent<'_>,
    change: &LevelEvent,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO levels VALUES (?1, ?2, ?3, ?4) ON CONFLICT (gate) DO UPDATE SET
        seq = ?2, since_ms = ?3, change = ?4";
    at.execute(sql, params![at.gate, at.seq, at.at_ms, to_json(change)?])?;
    at.execute("DELETE FROM cycles WHERE gate = ?1", params![at.gate])?;
    // Events are applied in the order of the chain, so all incidents in the table were before.
    at.execute("DELETE FROM incidents WHERE gate = ?1", params![at.gate])?;
    Ok(())
}

/// Records the stage of a release.
pub(super) fn apply_rollout(at: AppliedEvent<'_>, rollout: &RolloutEvent) -> rusqlite::Result<()> {
    let sql = "INSERT INTO rollouts VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (gate, release) DO UPDATE SET seq = ?3, at_ms = ?4, stage = ?5, person = ?6";
    let (release, by) = (rollout.release.as_bytes(), rollout.by.as_str());
    at.execute(sql, params![at.gate, release, at.seq, at.at_ms, stage_text(&rollout.stage)?, by])?;
    Ok(())
}

/// Returns a stage as it is stored. Readers compare it with what is stored.
pub(crate) fn stage_text(stage: &RolloutStage) -> rusqlite::Result<String> {
    to_json(stage)
}

/// Records that an output or a release was taken back.
pub(super) fn apply_rollback(
    at: AppliedEvent<'_>,
    rollback: &RollbackEvent,
) -> rusqlite::Result<()> {
    let kind = if rollback.release.is_some() { RELEASE_ROLLBACK } else { ROLLBACK };
    insert_incident(at, kind, "")?;
    if let Some(run) = rollback.run {
        add_to_day(at, DayCount::RolledBack, 1)?;
        close_refuted_audit(at, run)?;
    }
    let Some(release) = rollback.release else { return Ok(()) };
    // `null` is the JSON of a missing stage, which readers get as `None`.
    let sql = "UPDATE rollouts SET seq = ?3, at_ms = ?4, stage = 'null', person = ?5
        WHERE gate = ?1 AND release = ?2";
    at.execute(sql, params![at.gate, release.as_bytes(), at.seq, at.at_ms, rollback.by.as_str()])?;
    Ok(())
}

pub(super) fn apply_incident(
    at: AppliedEvent<'_>,
    incident: &IncidentEvent,
) -> rusqlite::Result<()> {
    insert_incident(at, INCIDENT, incident.description.as_str())?;
    incident.run.map_or(Ok(()), |run| close_refuted_audit(at, run))
}

/// Records that a contract failed by itself. Only the last failure of each contract in the chain is kept, so a contract
/// that fails a million times does not fill the table.
pub(super) fn record_contract_failure(
    at: AppliedEvent<'_>,
    contract: &str,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM incidents WHERE gate = ?1 AND kind = ?2 AND detail = ?3";
    at.execute(sql, params![at.gate, CONTRACT_FAILED, contract])?;
    insert_incident(at, CONTRACT_FAILED, contract)
}

fn insert_incident(at: AppliedEvent<'_>, kind: &str, detail: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO incidents (gate, seq, kind, detail, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)";
    at.execute(sql, params![at.gate, at.seq, kind, detail, at.at_ms])?;
    Ok(())
}

/// Stores a figure. The place in the chain decides which one is the latest: the time of a figure is that of its
/// measurement, which its sender states, and one from a fast clock must not outlast those that follow.
pub(super) fn store_figure(at: AppliedEvent<'_>, figure: &KpiEvent) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO figures VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (gate, kpi) DO UPDATE SET
        seq = ?3, at_ms = ?4, value = ?5";
    let (kpi, value) = (figure.kpi.as_str(), figure.value.as_f64());
    at.execute(sql, params![at.gate, kpi, at.seq, at.at_ms, value])?;
    Ok(())
}

fn to_json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
