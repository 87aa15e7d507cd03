//! Runs, what became of them, and which events are about them.

use rusqlite::{OptionalExtension, params};
use tollgate_model::{Digest, Ruling, RunEvent};

use super::counts::{Count, add};
use super::{At, queue, steering};
use crate::entry::Judged;

/// An output was judged, or decided again.
pub(super) fn judged(at: At<'_>, run: &RunEvent, judged: Option<&Judged>) -> rusqlite::Result<()> {
    let ruling = run.decision.ruling.to_string();
    let before = ruling_of(at, run.run)?;
    if before.is_some() {
        mention(at, run.run)?;
        let sql = "UPDATE runs SET ruling = ?2, subject = ?3, release = ?4 WHERE run = ?1";
        let (subject, release) = (run.subject.as_bytes(), run.release.as_bytes());
        at.run(sql, params![run.run.as_bytes(), ruling, subject, release])?;
    } else {
        insert(at, run, &ruling)?;
    }
    if let Some(line) = &run.line {
        let sql = "INSERT INTO lines (batch, key, seq) VALUES (?1, ?2, ?3)
            ON CONFLICT (batch, key) DO NOTHING";
        at.run(sql, params![line.batch.as_str(), line.key, at.seq])?;
    }
    count(at, run, before.as_deref(), judged)?;
    if let Some(from) = run.edited_from {
        mention(at, from)?;
        queue::edited(at, from)?;
    }
    queue::decided(at, run)
}

fn ruling_of(at: At<'_>, run: Digest) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT ruling FROM runs WHERE run = ?1";
    let mut statement = at.connection.prepare_cached(sql)?;
    statement.query_row([run.as_bytes()], |row| row.get(0)).optional()
}

fn insert(at: At<'_>, run: &RunEvent, ruling: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO runs (seq, run, gate, at_ms, ruling, subject, release)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (subject, release) = (run.subject.as_bytes(), run.release.as_bytes());
    let run = run.run.as_bytes();
    at.run(sql, params![at.seq, run, at.gate, at.at_ms, ruling, subject, release])?;
    Ok(())
}

/// A run is counted once, and what became of it when it became that.
fn count(
    at: At<'_>,
    run: &RunEvent,
    before: Option<&str>,
    judged: Option<&Judged>,
) -> rusqlite::Result<()> {
    if before.is_none() {
        add(at, Count::Runs, 1)?;
    }
    if before != Some(run.decision.ruling.to_string().as_str()) {
        match run.decision.ruling {
            Ruling::Allow if judged.is_some_and(|judged| judged.by_people) => {
                add(at, Count::AllowedByPeople, 1)?;
            }
            Ruling::Allow => add(at, Count::AllowedByItself, 1)?,
            Ruling::Block => add(at, Count::Blocked, 1)?,
            Ruling::Hold => {}
        }
    }
    let failed = judged.map_or(&[][..], |judged| &judged.failed);
    if before.is_none() && !failed.is_empty() {
        add(at, Count::WithFailure, 1)?;
    }
    failed.iter().try_for_each(|contract| steering::failed(at, contract))
}

/// The event is about a run that another event has made.
pub(super) fn mention(at: At<'_>, run: Digest) -> rusqlite::Result<()> {
    let sql = "INSERT INTO mentions (run, seq) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    at.run(sql, params![run.as_bytes(), at.seq])?;
    Ok(())
}
