//! From an event to the projections. The same function keeps them while events come in and makes
//! them anew, so the two cannot differ.

mod contents;
mod counts;
mod queue;
mod runs;
mod steering;

use rusqlite::Connection;
use tollgate_model::What;

pub(crate) use contents::{hold, wipe};
pub(crate) use counts::day_of;
pub(crate) use queue::{AUDIT, HOLD};
pub(crate) use steering::{FAILED, ROLLBACK};

use crate::entry::Body;

/// The event that is applied.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub connection: &'a Connection,
    pub seq: i64,
    pub at_ms: i64,
    pub gate: &'a str,
}

impl At<'_> {
    /// Runs a statement, prepared once for all events.
    fn run(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<usize> {
        self.connection.prepare_cached(sql)?.execute(values)
    }
}

/// Brings every projection up to an event. Contents are another matter: their bytes come apart.
pub(crate) fn apply(at: At<'_>, body: &Body) -> rusqlite::Result<()> {
    if !matches!(body.what, What::Run(_))
        && let Some(run) = body.what.run()
    {
        runs::mention(at, run)?;
    }
    match &body.what {
        What::Run(run) => runs::judged(at, run, body.judged.as_ref()),
        What::Claim(claim) => queue::claimed(at, claim),
        What::Review(review) => queue::reviewed(at, review),
        What::Level(change) => steering::level(at, change),
        What::Rollout(rollout) => steering::rollout(at, rollout),
        What::Rollback(rollback) => steering::rolled_back(at, rollback),
        What::Incident(incident) => steering::incident(at, incident),
        What::Kpi(figure) => steering::figure(at, figure),
        What::Spend(spend) => counts::spent(at, spend),
        What::Change(_) => Ok(()),
        What::Erasure(erasure) => contents::erased(at, erasure),
    }
}
