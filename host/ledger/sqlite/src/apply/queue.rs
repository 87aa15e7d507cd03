//! The queue of runs that wait for a human: before they go out (a hold) or afterwards (an audit).
//!
//! A run leaves the queue when it is decided again and no longer held, when it is rejected, or when the output
//! it was edited to has been judged. An audit also ends when its output is retracted or an incident names it. Each
//! output that leaves the queue in one of these ways is one cycle of the gate's track record, if it entered the queue
//! after the level last changed. The output that a reviewer edited belongs to the same cycle and is not counted again.

use rusqlite::{OptionalExtension, Row, params};
use tollgate_model::{ClaimEvent, Digest, ReviewAction, ReviewEvent, Ruling, RunEvent};

use super::AppliedEvent;
use super::counts::{DayCount, add_to_day};
use super::gate_version::apply_hold_change;
use crate::number::to_sql;

pub(crate) const HOLD: &str = "hold";
pub(crate) const AUDIT: &str = "audit";

/// The way in which a cycle ended.
#[derive(Clone, Copy)]
enum CycleEnd {
    Approved,
    Edited,
    Rejected,
}

/// The parts of a run in the queue that its cycle and the version of its gate depend on.
struct OpenRun {
    is_audit: bool,
    gate: String,
    /// Number of the event with which it entered the queue, because the output was decided.
    entered: i64,
    since_ms: i64,
    approved_by: Vec<String>,
    /// Whether the run is the result of a reviewer's edit.
    is_edited: bool,
}

/// Updates the queue for a decision, whether it is the first of its run or not.
pub(super) fn update_queue(at: AppliedEvent<'_>, run: &RunEvent) -> rusqlite::Result<()> {
    let decision = &run.decision;
    // In shadow nothing goes out, so there is nothing to hold back.
    let is_held = decision.ruling == Ruling::Hold && decision.would_be.is_none();
    match find_open(at, run.run)? {
        Some(_) if is_held => {
            let sql = "UPDATE queue SET subject = ?2, state = ?3 WHERE run = ?1";
            at.execute(sql, params![run.run.as_bytes(), run.subject.as_bytes(), at.seq])?;
            Ok(())
        }
        // The hold has ended. It is a cycle of the track record only if somebody approved it.
        Some(open) if !open.is_audit => {
            close_run(at, run.run, &open)?;
            if open.approved_by.is_empty() {
                Ok(())
            } else {
                count_cycle(at, &open, CycleEnd::Approved)
            }
        }
        // An audit waits for its review, whatever is decided meanwhile.
        Some(_) => Ok(()),
        None if is_held => enter_queue(at, run, HOLD),
        None if decision.ruling == Ruling::Allow && decision.audit => enter_queue(at, run, AUDIT),
        None => Ok(()),
    }
}

/// Puts a run into the queue. A run that was in it before starts afresh, but an audit never follows a review.
fn enter_queue(at: AppliedEvent<'_>, run: &RunEvent, kind: &str) -> rusqlite::Result<()> {
    if kind == HOLD {
        apply_hold_change(at, at.gate, at.at_ms)?;
    }
    let sql = "INSERT INTO queue (seq, run, gate, kind, since_ms, subject, author, edited_from,
            approved_by, escalated, state)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '[]', 0, ?1)
        ON CONFLICT (run) DO UPDATE SET gate = ?3, kind = ?4, since_ms = ?5, subject = ?6, claim_by = NULL,
            claim_until_ms = NULL, approved_by = '[]', escalated = 0, state = ?1, closed = NULL
            WHERE ?4 = 'hold'";
    let author = run.author.as_ref().map(|author| author.as_str());
    let edited_from = run.edited_from.map(|from| *from.as_bytes());
    let (subject, run) = (run.subject.as_bytes(), run.run.as_bytes());
    at.execute(sql, params![at.seq, run, at.gate, kind, at.at_ms, subject, author, edited_from])?;
    Ok(())
}

/// Records who claimed a review.
pub(super) fn apply_claim(at: AppliedEvent<'_>, claim: &ClaimEvent) -> rusqlite::Result<()> {
    let sql = "UPDATE queue SET claim_by = ?2, claim_until_ms = ?3, state = ?4
        WHERE run = ?1 AND closed IS NULL";
    let until_ms = to_sql(claim.until_ms);
    at.execute(sql, params![claim.run.as_bytes(), claim.by.as_str(), until_ms, at.seq])?;
    Ok(())
}

/// Records a review. Any act ends the claim, so that the next person can take the run.
pub(super) fn apply_review(at: AppliedEvent<'_>, review: &ReviewEvent) -> rusqlite::Result<()> {
    add_to_day(at, DayCount::ReviewMs, review.time_ms.unwrap_or_default())?;
    // A review of a run that has left the queue is recorded, but changes nothing in the queue.
    let Some(mut open) = find_open(at, review.run)? else { return Ok(()) };
    let is_approval = matches!(review.action, ReviewAction::Approve);
    if is_approval {
        open.approved_by.push(review.by.as_str().to_owned());
    }
    let approved_by = serde_json::to_string(&open.approved_by).unwrap_or_default();
    let escalated = i64::from(matches!(review.action, ReviewAction::Escalate { .. }));
    let sql = "UPDATE queue SET claim_by = NULL, claim_until_ms = NULL, approved_by = ?2,
        escalated = escalated + ?3, state = ?4 WHERE run = ?1";
    at.execute(sql, params![review.run.as_bytes(), approved_by, escalated, at.seq])?;
    let end = match review.action {
        ReviewAction::Reject { .. } => CycleEnd::Rejected,
        ReviewAction::Approve if open.is_audit => CycleEnd::Approved,
        ReviewAction::Edit { .. } if open.is_audit => CycleEnd::Edited,
        // An escalation ends nothing. A held run that is approved or edited leaves the queue with the run event
        // that follows the review.
        _ => return Ok(()),
    };
    close_run(at, review.run, &open)?;
    count_cycle(at, &open, end)
}

/// Closes a held run whose edited output has been judged.
pub(super) fn close_edited_run(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<()> {
    let Some(open) = find_open(at, run)?.filter(|open| !open.is_audit) else { return Ok(()) };
    close_run(at, run, &open)?;
    count_cycle(at, &open, CycleEnd::Edited)
}

/// Ends the audit of an output that should not have gone out. Nobody has to look at it to know that, and nobody can
/// approve it any more.
pub(super) fn close_refuted_audit(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<()> {
    let Some(open) = find_open(at, run)?.filter(|open| open.is_audit) else { return Ok(()) };
    close_run(at, run, &open)?;
    count_cycle(at, &open, CycleEnd::Rejected)
}

fn find_open(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<Option<OpenRun>> {
    let sql = "SELECT kind, approved_by, edited_from, gate, seq, since_ms FROM queue
        WHERE run = ?1 AND closed IS NULL";
    let read = |row: &Row<'_>| {
        let names: String = row.get(1)?;
        Ok(OpenRun {
            is_audit: row.get::<_, String>(0)? == AUDIT,
            approved_by: serde_json::from_str(&names).unwrap_or_default(),
            is_edited: row.get::<_, Option<[u8; 32]>>(2)?.is_some(),
            gate: row.get(3)?,
            entered: row.get(4)?,
            since_ms: row.get(5)?,
        })
    };
    at.connection.prepare_cached(sql)?.query_row([run.as_bytes()], read).optional()
}

fn close_run(at: AppliedEvent<'_>, run: Digest, open: &OpenRun) -> rusqlite::Result<()> {
    let sql = "UPDATE queue SET closed = ?2, state = ?2 WHERE run = ?1";
    at.execute(sql, params![run.as_bytes(), at.seq])?;
    if open.is_audit { Ok(()) } else { apply_hold_change(at, &open.gate, open.since_ms) }
}

fn count_cycle(at: AppliedEvent<'_>, run: &OpenRun, end: CycleEnd) -> rusqlite::Result<()> {
    // The edit was the cycle, counted for the original run.
    if run.is_edited {
        return Ok(());
    }
    add_to_day(at, DayCount::Reviewed, 1)?;
    if run.entered < last_level_change(at)? {
        // It was decided at another level, and says nothing about this one.
        return Ok(());
    }
    let (approved, edited, rejected) = match end {
        CycleEnd::Approved => (1, 0, 0),
        CycleEnd::Edited => (0, 1, 0),
        CycleEnd::Rejected => (0, 0, 1),
    };
    let sql = "INSERT INTO tracks VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (gate) DO UPDATE SET
        approved = approved + ?2, edited = edited + ?3, rejected = rejected + ?4,
        first_ms = min(first_ms, ?5), last_ms = max(last_ms, ?5)";
    at.execute(sql, params![at.gate, approved, edited, rejected, at.at_ms])?;
    Ok(())
}

/// Returns the number of the event that last changed the level of the gate, 0 if none did.
fn last_level_change(at: AppliedEvent<'_>) -> rusqlite::Result<i64> {
    let mut statement = at.connection.prepare_cached("SELECT seq FROM levels WHERE gate = ?1")?;
    let found = statement.query_row([at.gate], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}
