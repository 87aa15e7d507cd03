//! The queue of runs that wait for a human: before they go out (a hold) or afterwards (an audit).
//!
//! A run leaves the queue when it is decided again and no longer held, when it is rejected, or when the output
//! it was edited to has been judged. An audit also ends when its output is retracted or an incident names it. Each
//! output that leaves the queue in one of these ways is one cycle of the gate's track record, if it entered the queue
//! after the level last changed. The output that a reviewer edited belongs to the same cycle and is not counted again.

use rusqlite::{OptionalExtension, Row, params};
use tollgate_ledger::storage::ReviewTimes;
use tollgate_model::{
    ClaimEvent, CycleResult, Digest, Person, ReviewAction, ReviewEvent, Ruling, RunEvent,
};

use super::AppliedEvent;
use super::counts::{DayCount, add_to_day};
use super::gate_version::apply_hold_change;
use crate::number::{from_sql, to_sql};

pub(crate) const HOLD: &str = "hold";
pub(crate) const AUDIT: &str = "audit";
pub(crate) const APPROVED: &str = "approved";
pub(crate) const EDITED: &str = "edited";
const REJECTED: &str = "rejected";

/// The parts of a run in the queue that its cycle and the version of its gate depend on.
struct OpenRun {
    is_audit: bool,
    gate: String,
    /// Number of the event with which it entered the queue, because the output was decided.
    entered: i64,
    since_ms: i64,
    /// Digest of the output without prompt and context, if it is no action.
    output: Digest,
    /// The person who claimed it last, and when that person first did.
    claim: Option<(String, i64)>,
    approved_by: Vec<String>,
    /// The longest time that the shortest of the approvals can have taken.
    approval_ms: Option<i64>,
    /// Whether the run is the result of a reviewer's edit.
    is_edited: bool,
}

impl OpenRun {
    /// Returns when a person first claimed the run, if theirs is the last claim.
    fn claimed_ms(&self, person: &Person) -> Option<i64> {
        let is_same = |name: &str| Person::from_record(name).is_ok_and(|other| other == *person);
        self.claim.as_ref().filter(|(by, _)| is_same(by)).map(|(_, claimed_ms)| *claimed_ms)
    }

    /// Returns the moments that bound the time of a review of this run.
    fn review_times(
        &self,
        at: AppliedEvent<'_>,
        review: &ReviewEvent,
        previous_ms: Option<i64>,
    ) -> ReviewTimes {
        ReviewTimes {
            at_ms: from_sql(at.at_ms),
            waiting_since_ms: from_sql(self.since_ms),
            claimed_ms: self.claimed_ms(&review.by).map(from_sql),
            previous_review_ms: previous_ms.map(from_sql),
            stated_ms: review.time_ms,
        }
    }
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
                count_cycle(at, run.run, &open, CycleResult::Approved)
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
    let sql = "INSERT INTO queue (seq, run, gate, kind, since_ms, subject, author, edited_from, output,
            approved_by, escalated, state)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '[]', 0, ?1)
        ON CONFLICT (run) DO UPDATE SET gate = ?3, kind = ?4, since_ms = ?5, subject = ?6, output = ?9,
            claim_by = NULL, claim_ms = NULL, claim_until_ms = NULL, approved_by = '[]',
            approval_ms = NULL, escalated = 0, state = ?1, closed = NULL
            WHERE ?4 = 'hold'";
    let output = run.output.unwrap_or(run.subject);
    let author = run.author.as_ref().map(|author| author.as_str());
    let edited_from = run.edited_from.map(|from| *from.as_bytes());
    let (subject, run) = (run.subject.as_bytes(), run.run.as_bytes());
    let output = output.as_bytes();
    at.execute(
        sql,
        params![at.seq, run, at.gate, kind, at.at_ms, subject, author, edited_from, output],
    )?;
    Ok(())
}

/// Records who claimed a review. A person who claims it again goes on looking at it.
pub(super) fn apply_claim(at: AppliedEvent<'_>, claim: &ClaimEvent) -> rusqlite::Result<()> {
    let Some(open) = find_open(at, claim.run)? else { return Ok(()) };
    let claim_ms = open.claimed_ms(&claim.by).unwrap_or(at.at_ms);
    let sql = "UPDATE queue SET claim_by = ?2, claim_ms = ?3, claim_until_ms = ?4, state = ?5
        WHERE run = ?1";
    let (run, by) = (claim.run.as_bytes(), claim.by.as_str());
    at.execute(sql, params![run, by, claim_ms, to_sql(claim.until_ms), at.seq])?;
    Ok(())
}

/// Records a review. Any act ends the claim, so that the next person can take the run.
pub(super) fn apply_review(at: AppliedEvent<'_>, review: &ReviewEvent) -> rusqlite::Result<()> {
    add_to_day(at, DayCount::ReviewMs, review.time_ms.unwrap_or_default())?;
    let previous_ms = replace_last_review(at, &review.by)?;
    // A review of a run that has left the queue is recorded, but changes nothing in the queue.
    let Some(mut open) = find_open(at, review.run)? else { return Ok(()) };
    let is_approval = matches!(review.action, ReviewAction::Approve);
    if is_approval {
        let took_ms = to_sql(open.review_times(at, review, previous_ms).longest_ms());
        open.approval_ms = Some(open.approval_ms.map_or(took_ms, |known| known.min(took_ms)));
        open.approved_by.push(review.by.as_str().to_owned());
    }
    let approved_by = serde_json::to_string(&open.approved_by).unwrap_or_default();
    let escalated = i64::from(matches!(review.action, ReviewAction::Escalate { .. }));
    let sql = "UPDATE queue SET claim_by = NULL, claim_ms = NULL, claim_until_ms = NULL, approved_by = ?2,
        approval_ms = ?5, escalated = escalated + ?3, state = ?4 WHERE run = ?1";
    let run = review.run.as_bytes();
    at.execute(sql, params![run, approved_by, escalated, at.seq, open.approval_ms])?;
    let end = match review.action {
        ReviewAction::Reject { .. } => CycleResult::Rejected,
        ReviewAction::Approve if open.is_audit => CycleResult::Approved,
        ReviewAction::Edit { .. } if open.is_audit => CycleResult::Edited,
        // An escalation ends nothing. A held run that is approved or edited leaves the queue with the run event
        // that follows the review.
        _ => return Ok(()),
    };
    close_run(at, review.run, &open)?;
    count_cycle(at, review.run, &open, end)
}

/// Closes a held run whose edited output has been judged.
pub(super) fn close_edited_run(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<()> {
    let Some(open) = find_open(at, run)?.filter(|open| !open.is_audit) else { return Ok(()) };
    close_run(at, run, &open)?;
    count_cycle(at, run, &open, CycleResult::Edited)
}

/// Ends the audit of an output that should not have gone out. Nobody has to look at it to know that, and nobody can
/// approve it any more.
pub(super) fn close_refuted_audit(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<()> {
    let Some(open) = find_open(at, run)?.filter(|open| open.is_audit) else { return Ok(()) };
    close_run(at, run, &open)?;
    count_cycle(at, run, &open, CycleResult::Rejected)
}

fn find_open(at: AppliedEvent<'_>, run: Digest) -> rusqlite::Result<Option<OpenRun>> {
    let sql =
        "SELECT kind, approved_by, edited_from, gate, seq, since_ms, output, claim_by, claim_ms,
        approval_ms FROM queue WHERE run = ?1 AND closed IS NULL";
    let read = |row: &Row<'_>| {
        let names: String = row.get(1)?;
        Ok(OpenRun {
            is_audit: row.get::<_, String>(0)? == AUDIT,
            approved_by: serde_json::from_str(&names).unwrap_or_default(),
            is_edited: row.get::<_, Option<[u8; 32]>>(2)?.is_some(),
            gate: row.get(3)?,
            entered: row.get(4)?,
            since_ms: row.get(5)?,
            output: Digest::from_bytes(row.get(6)?),
            claim: row.get::<_, Option<String>>(7)?.zip(row.get(8)?),
            approval_ms: row.get(9)?,
        })
    };
    at.connection.prepare_cached(sql)?.query_row([run.as_bytes()], read).optional()
}

fn close_run(at: AppliedEvent<'_>, run: Digest, open: &OpenRun) -> rusqlite::Result<()> {
    let sql = "UPDATE queue SET closed = ?2, state = ?2 WHERE run = ?1";
    at.execute(sql, params![run.as_bytes(), at.seq])?;
    if open.is_audit { Ok(()) } else { apply_hold_change(at, &open.gate, open.since_ms) }
}

fn count_cycle(
    at: AppliedEvent<'_>,
    run: Digest,
    open: &OpenRun,
    result: CycleResult,
) -> rusqlite::Result<()> {
    // The edit was the cycle, counted for the original run.
    if open.is_edited {
        return Ok(());
    }
    add_to_day(at, DayCount::Reviewed, 1)?;
    if open.entered < last_level_change(at)? {
        // It was decided at another level, and says nothing about this one.
        return Ok(());
    }
    let (result, approval_ms) = match result {
        CycleResult::Approved => (APPROVED, open.approval_ms),
        CycleResult::Edited => (EDITED, None),
        CycleResult::Rejected => (REJECTED, None),
    };
    let sql = "INSERT INTO cycles (gate, seq, run, output, result, approval_ms, at_ms)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let (run, output) = (run.as_bytes(), open.output.as_bytes());
    at.execute(sql, params![at.gate, at.seq, run, output, result, approval_ms, at.at_ms])?;
    Ok(())
}

/// Makes the event the last review of a person, whatever its time is, and returns the time of the one before. A review
/// from a fast clock must not outlast those that follow.
fn replace_last_review(at: AppliedEvent<'_>, person: &Person) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT last_ms FROM reviewers WHERE person = ?1";
    let mut statement = at.connection.prepare_cached(sql)?;
    let previous = statement.query_row([person.folded()], |row| row.get(0)).optional()?;
    let sql =
        "INSERT INTO reviewers VALUES (?1, ?2) ON CONFLICT (person) DO UPDATE SET last_ms = ?2";
    at.execute(sql, params![person.folded(), at.at_ms])?;
    Ok(previous)
}

/// Returns the number of the event that last changed the level of the gate, 0 if none did.
fn last_level_change(at: AppliedEvent<'_>) -> rusqlite::Result<i64> {
    let mut statement = at.connection.prepare_cached("SELECT seq FROM levels WHERE gate = ?1")?;
    let found = statement.query_row([at.gate], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_default())
}
