//! Runs with their latest ruling, and the index of the events that concern each run.

use rusqlite::{OptionalExtension, params};
use tollgate_ledger::storage::EventBody;
use tollgate_model::{Digest, Ruling, RunEvent};

use super::counts::{DayCount, add_to_day};
use super::{AppliedEvent, queue, steering};

/// Applies a run event, whether the run is new or decided again.
pub(super) fn apply_run(
    at: AppliedEvent<'_>,
    run: &RunEvent,
    body: &EventBody,
) -> rusqlite::Result<()> {
    let ruling = run.decision.ruling.to_string();
    let previous = previous_ruling(at, run.run)?;
    if previous.is_some() {
        insert_mention(at, run.run)?;
        let sql = "UPDATE runs SET ruling = ?2, subject = ?3, release = ?4 WHERE run = ?1";
        let (subject, release) = (run.subject.as_bytes(), run.release.as_bytes());
        at.execute(sql, params![run.run.as_bytes(), ruling, subject, release])?;
    } else {
        insert_run(at, run, &ruling)?;
    }
    if let Some(id) = &run.output_id {
        let sql = "INSERT INTO output_ids (gate, digest, run) VALUES (?1, ?2, ?3)
            ON CONFLICT DO NOTHING";
        at.execute(sql, params![at.gate, id.digest.as_bytes(), run.run.as_bytes()])?;
    }
    if let Some(line) = &run.batch_line {
        let sql = "INSERT INTO lines (gate, batch, key, run) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT DO NOTHING";
        let run = run.run.as_bytes();
        at.execute(sql, params![at.gate, line.batch.as_str(), line.key, run])?;
    }
    count_run(at, run, previous.as_deref(), body)?;
    if let Some(from) = run.edited_from {
        insert_mention(at, from)?;
        queue::close_edited_run(at, from)?;
    }
    queue::update_queue(at, run)
}

fn previous_ruling(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT ruling FROM runs WHERE run = ?1";
    let mut statement = at.connection.prepare_cached(sql)?;
    statement.query_row([run.as_bytes()], |row| row.get(0)).optional()
}

fn insert_run(at: AppliedEvent<'_>, run: &RunEvent, ruling: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO runs (seq, run, gate, at_ms, ruling, subject, release)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (subject, release) = (run.subject.as_bytes(), run.release.as_bytes());
    let run = run.run.as_bytes();
    at.execute(sql, params![at.seq, run, at.gate, at.at_ms, ruling, subject, release])?;
    Ok(())
}

/// Updates the daily counts. A run is counted once, and its ruling whenever that changes.
fn count_run(
    at: AppliedEvent<'_>,
    run: &RunEvent,
    previous: Option<&str>,
    body: &EventBody,
) -> rusqlite::Result<()> {
    let is_approved = body.reason_summary.as_ref().is_some_and(|known| known.approved_by_people);
    if previous.is_none() {
        add_to_day(at, DayCount::Runs, 1)?;
    }
    if previous != Some(run.decision.ruling.to_string().as_str()) {
        match run.decision.ruling {
            Ruling::Allow if is_approved => {
                add_to_day(at, DayCount::AllowedByPeople, 1)?;
            }
            Ruling::Allow => add_to_day(at, DayCount::AllowedByItself, 1)?,
            Ruling::Block => add_to_day(at, DayCount::Blocked, 1)?,
            // Nothing that a quality gate judges is recorded.
            Ruling::Hold | Ruling::Pass | Ruling::Fail => {}
        }
    }
    let failed = body.failed_contracts();
    // Deciding again repeats the reasons, so a failure only counts the first time.
    if previous.is_none() && !failed.is_empty() {
        add_to_day(at, DayCount::WithFailure, 1)?;
    }
    let mut level_costing = body.level_costing_contracts().iter();
    level_costing.try_for_each(|contract| steering::record_contract_failure(at, contract))
}

/// Links the event to a run that an earlier event created.
pub(super) fn insert_mention(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<()> {
    let sql = "INSERT INTO mentions (run, seq) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    at.execute(sql, params![run.as_bytes(), at.seq])?;
    Ok(())
}
