//! The queue: what waits for a human, before it goes out (a hold) or after (an audit).
//!
//! A run leaves it when it is decided again and not held any more, when it is rejected, or when
//! what it was edited to has been judged. Each output that leaves it reviewed is one cycle of the
//! gate's track record. What a reviewer edited is the same cycle, and not counted again.

use rusqlite::{OptionalExtension, Row, params};
use tollgate_model::{Act, Claim, Digest, ReviewEvent, Ruling, RunEvent};

use super::At;
use super::counts::{Count, add};

pub(crate) const HOLD: &str = "hold";
pub(crate) const AUDIT: &str = "audit";

/// How a cycle ended.
#[derive(Clone, Copy)]
enum Cycle {
    Approved,
    Edited,
    Rejected,
}

/// What a run in the queue is, as far as a cycle depends on it.
struct Open {
    is_audit: bool,
    approved_by: Vec<String>,
    /// It is what a reviewer edited another run to.
    is_edited: bool,
}

/// A run was decided, for the first time or again.
pub(super) fn decided(at: At<'_>, run: &RunEvent) -> rusqlite::Result<()> {
    let decision = &run.decision;
    // Nothing of a gate in shadow goes out, and nobody has to look at each.
    let held = decision.ruling == Ruling::Hold && decision.would_be.is_none();
    match open(at, run.run)? {
        Some(_) if held => {
            let sql = "UPDATE queue SET subject = ?2, state = ?3 WHERE run = ?1";
            at.run(sql, params![run.run.as_bytes(), run.subject.as_bytes(), at.seq])?;
            Ok(())
        }
        Some(open) if !open.is_audit => {
            close(at, run.run)?;
            if open.approved_by.is_empty() { Ok(()) } else { cycle(at, &open, Cycle::Approved) }
        }
        Some(_) => Ok(()),
        None if held => enter(at, run, HOLD),
        None if decision.ruling == Ruling::Allow && decision.audit => enter(at, run, AUDIT),
        None => Ok(()),
    }
}

/// Enters the queue; what was in it before begins anew, but for an audit after a review.
fn enter(at: At<'_>, run: &RunEvent, kind: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO queue (seq, run, gate, kind, since_ms, subject, author, edited_from,
            approved_by, escalated, state)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, '[]', 0, ?1)
        ON CONFLICT (run) DO UPDATE SET kind = ?4, since_ms = ?5, subject = ?6, claim_by = NULL,
            claim_until_ms = NULL, approved_by = '[]', escalated = 0, state = ?1, closed = NULL
            WHERE ?4 = 'hold'";
    let author = run.author.as_ref().map(|author| author.as_str());
    let edited_from = run.edited_from.map(|from| *from.as_bytes());
    let (subject, run) = (run.subject.as_bytes(), run.run.as_bytes());
    at.run(sql, params![at.seq, run, at.gate, kind, at.at_ms, subject, author, edited_from])?;
    Ok(())
}

/// Somebody took a review.
pub(super) fn claimed(at: At<'_>, claim: &Claim) -> rusqlite::Result<()> {
    let sql = "UPDATE queue SET claim_by = ?2, claim_until_ms = ?3, state = ?4
        WHERE run = ?1 AND closed IS NULL";
    let until_ms = crate::entry::stored(claim.until_ms);
    at.run(sql, params![claim.run.as_bytes(), claim.by.as_str(), until_ms, at.seq])?;
    Ok(())
}

/// Somebody reviewed: an act gives the review back, so that the next person can take it.
pub(super) fn reviewed(at: At<'_>, review: &ReviewEvent) -> rusqlite::Result<()> {
    add(at, Count::ReviewMs, review.time_ms.unwrap_or_default())?;
    let Some(mut open) = open(at, review.run)? else { return Ok(()) };
    let is_approval = matches!(review.act, Act::Approve);
    if is_approval {
        open.approved_by.push(review.by.as_str().to_owned());
    }
    let approved_by = serde_json::to_string(&open.approved_by).unwrap_or_default();
    let escalated = i64::from(matches!(review.act, Act::Escalate { .. }));
    let sql = "UPDATE queue SET claim_by = NULL, claim_until_ms = NULL, approved_by = ?2,
        escalated = escalated + ?3, state = ?4 WHERE run = ?1";
    at.run(sql, params![review.run.as_bytes(), approved_by, escalated, at.seq])?;
    let ended = match review.act {
        Act::Reject { .. } => Cycle::Rejected,
        Act::Approve if open.is_audit => Cycle::Approved,
        Act::Edit { .. } if open.is_audit => Cycle::Edited,
        _ => return Ok(()),
    };
    close(at, review.run)?;
    cycle(at, &open, ended)
}

/// What a run was edited to has been judged: it takes its place.
pub(super) fn edited(at: At<'_>, run: Digest) -> rusqlite::Result<()> {
    let Some(open) = open(at, run)?.filter(|open| !open.is_audit) else { return Ok(()) };
    close(at, run)?;
    cycle(at, &open, Cycle::Edited)
}

fn open(at: At<'_>, run: Digest) -> rusqlite::Result<Option<Open>> {
    let sql = "SELECT kind, approved_by, edited_from FROM queue WHERE run = ?1 AND closed IS NULL";
    let read = |row: &Row<'_>| {
        let names: String = row.get(1)?;
        Ok(Open {
            is_audit: row.get::<_, String>(0)? == AUDIT,
            approved_by: serde_json::from_str(&names).unwrap_or_default(),
            is_edited: row.get::<_, Option<[u8; 32]>>(2)?.is_some(),
        })
    };
    at.connection.prepare_cached(sql)?.query_row([run.as_bytes()], read).optional()
}

fn close(at: At<'_>, run: Digest) -> rusqlite::Result<()> {
    let sql = "UPDATE queue SET closed = ?2, state = ?2 WHERE run = ?1";
    at.run(sql, params![run.as_bytes(), at.seq])?;
    Ok(())
}

fn cycle(at: At<'_>, open: &Open, ended: Cycle) -> rusqlite::Result<()> {
    if open.is_edited {
        return Ok(());
    }
    add(at, Count::Reviewed, 1)?;
    let (approved, edited, rejected) = match ended {
        Cycle::Approved => (1, 0, 0),
        Cycle::Edited => (0, 1, 0),
        Cycle::Rejected => (0, 0, 1),
    };
    let sql = "INSERT INTO tracks VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (gate) DO UPDATE SET
        approved = approved + ?2, edited = edited + ?3, rejected = rejected + ?4,
        first_ms = min(first_ms, ?5), last_ms = max(last_ms, ?5)";
    at.run(sql, params![at.gate, approved, edited, rejected, at.at_ms])?;
    Ok(())
}
