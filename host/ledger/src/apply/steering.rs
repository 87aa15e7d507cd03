//! Levels and what costs them, figures, and which release decides.

use rusqlite::params;
use tollgate_model::{Incident, KpiFigure, LevelChange, Rollback, Rollout};

use super::At;
use super::counts::{Count, add};

const INCIDENT: &str = "incident";
pub(crate) const ROLLBACK: &str = "rollback";
pub(crate) const FAILED: &str = "contract-failed";

/// The level moved: the track record begins anew, and what happened before is paid for.
pub(super) fn level(at: At<'_>, change: &LevelChange) -> rusqlite::Result<()> {
    let sql = "INSERT INTO levels VALUES (?1, ?2, ?3, ?4) ON CONFLICT (gate) DO UPDATE SET
        seq = ?2, since_ms = ?3, change = ?4";
    at.run(sql, params![at.gate, at.seq, at.at_ms, json(change)?])?;
    at.run("DELETE FROM tracks WHERE gate = ?1", params![at.gate])?;
    let sql = "DELETE FROM happened WHERE gate = ?1 AND at_ms <= ?2";
    at.run(sql, params![at.gate, at.at_ms])?;
    Ok(())
}

/// A release takes over, or does not.
pub(super) fn rollout(at: At<'_>, rollout: &Rollout) -> rusqlite::Result<()> {
    let sql = "INSERT INTO rollouts VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (gate, release) DO UPDATE SET seq = ?3, at_ms = ?4, stage = ?5, person = ?6";
    let (release, by) = (rollout.release.as_bytes(), rollout.by.as_str());
    at.run(sql, params![at.gate, release, at.seq, at.at_ms, json(&rollout.stage)?, by])?;
    Ok(())
}

/// An output or a release was taken back.
pub(super) fn rolled_back(at: At<'_>, rollback: &Rollback) -> rusqlite::Result<()> {
    happened(at, ROLLBACK, "")?;
    if rollback.run.is_some() {
        add(at, Count::RolledBack, 1)?;
    }
    let Some(release) = rollback.release else { return Ok(()) };
    let sql = "UPDATE rollouts SET seq = ?3, at_ms = ?4, stage = 'null', person = ?5
        WHERE gate = ?1 AND release = ?2";
    at.run(sql, params![at.gate, release.as_bytes(), at.seq, at.at_ms, rollback.by.as_str()])?;
    Ok(())
}

/// Something went wrong.
pub(super) fn incident(at: At<'_>, incident: &Incident) -> rusqlite::Result<()> {
    happened(at, INCIDENT, incident.what.as_str())
}

/// A contract gave no answer. The last time is enough, or a contract that fails a million times
/// would be a million rows.
pub(super) fn failed(at: At<'_>, contract: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM happened WHERE gate = ?1 AND what = ?2 AND detail = ?3 AND at_ms < ?4";
    at.run(sql, params![at.gate, FAILED, contract, at.at_ms])?;
    let sql = "INSERT INTO happened SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS
        (SELECT 1 FROM happened WHERE gate = ?1 AND what = ?2 AND detail = ?3)";
    at.run(sql, params![at.gate, FAILED, contract, at.at_ms])?;
    Ok(())
}

fn happened(at: At<'_>, what: &str, detail: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO happened VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    at.run(sql, params![at.gate, what, detail, at.at_ms])?;
    Ok(())
}

/// A figure came in. One that is older than what is known changes nothing.
pub(super) fn figure(at: At<'_>, figure: &KpiFigure) -> rusqlite::Result<()> {
    let sql = "INSERT INTO figures VALUES (?1, ?2, ?3, ?4) ON CONFLICT (gate, kpi) DO UPDATE SET
        at_ms = ?3, value = ?4 WHERE figures.at_ms <= ?3";
    at.run(sql, params![at.gate, figure.kpi.as_str(), at.at_ms, figure.value.number()])?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
