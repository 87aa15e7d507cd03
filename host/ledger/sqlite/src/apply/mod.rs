//! Applying an event to the projections. The same function runs while events are appended and during a
//! rebuild, so the two cannot produce different results.

mod contents;
mod counts;
mod gate_version;
mod queue;
mod runs;
mod steering;

use rusqlite::Connection;
use tollgate_ledger::storage::EventBody;
use tollgate_model::EventKind;

pub(crate) use contents::{remove_bytes, retain_content};
pub(crate) use counts::day_of;
pub(crate) use gate_version::{earliest_hold_ms, gate_version};
pub(crate) use queue::{APPROVED, AUDIT, EDITED, HOLD};
pub(crate) use steering::{CONTRACT_FAILED, RELEASE_ROLLBACK, ROLLBACK, stage_text};

/// The event being applied, and the connection to apply it through.
#[derive(Clone, Copy)]
pub(crate) struct AppliedEvent<'a> {
    pub connection: &'a Connection,
    pub seq: i64,
    pub at_ms: i64,
    pub gate: &'a str,
}

impl AppliedEvent<'_> {
    /// Executes a statement from the cache of prepared statements.
    fn execute(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<usize> {
        self.connection.prepare_cached(sql)?.execute(values)
    }
}

/// Updates every projection for an event, except contents, whose bytes arrive separately (see [`retain_content`]).
pub(crate) fn apply_event(at: AppliedEvent<'_>, body: &EventBody) -> rusqlite::Result<()> {
    // A run is listed in `runs` under its first event, so only other events need a mention.
    if !matches!(body.event, EventKind::Run(_))
        && let Some(run) = body.event.run()
    {
        runs::insert_mention(at, run)?;
    }
    if body.changes_gate_version() {
        gate_version::store_version(at, at.gate)?;
    }
    match &body.event {
        EventKind::Run(run) => runs::apply_run(at, run, body),
        EventKind::Claim(claim) => queue::apply_claim(at, claim),
        EventKind::Review(review) => queue::apply_review(at, review),
        EventKind::Level(change) => steering::apply_level_change(at, change),
        EventKind::Rollout(rollout) => steering::apply_rollout(at, rollout),
        EventKind::Rollback(rollback) => steering::apply_rollback(at, rollback),
        EventKind::Incident(incident) => steering::apply_incident(at, incident),
        EventKind::Kpi(figure) => steering::store_figure(at, figure),
        EventKind::Spend(spend) => counts::book_spend(at, spend),
        EventKind::Change(_) => Ok(()),
        EventKind::Erasure(erasure) => contents::mark_erased(at, erasure),
    }
}
