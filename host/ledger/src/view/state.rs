//! What has happened at a gate so far, as the rules about it take it.

use std::collections::BTreeMap;

use rusqlite::params;
pub use tollgate_model::{Counts, Happened, Measured, TrackRecord};
use tollgate_model::{Digest, Figure, GateName, LevelChange, Money, Person, RolloutStage};

use super::{View, rows};
use crate::Error;
use crate::apply::{FAILED, ROLLBACK, day_of};
use crate::entry::{number, stored};

/// The level of a gate, since when, and what made it that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelNow {
    /// The event that says so.
    pub seq: u64,
    /// Since when.
    pub since_ms: u64,
    /// How it moved last.
    pub change: LevelChange,
}

/// How far a release has taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseState {
    /// Which release.
    pub release: Digest,
    /// The event that says so.
    pub seq: u64,
    /// Since when.
    pub at_ms: u64,
    /// How far; nothing, where it was rolled back.
    pub stage: Option<RolloutStage>,
    /// Who decided it.
    pub by: Person,
}

impl View {
    /// The level of a gate; nothing, while nobody has moved it.
    pub fn level(&self, gate: &GateName) -> Result<Option<LevelNow>, Error> {
        let sql = "SELECT seq, since_ms, change FROM levels WHERE gate = ?1";
        self.one(sql, [gate.as_str()], |row| {
            let (seq, since_ms) = (number(row.get(0)?), number(row.get(1)?));
            Ok(LevelNow { seq, since_ms, change: rows::json(row, 2)? })
        })
    }

    /// The reviews of a gate since its level last moved.
    pub fn track(&self, gate: &GateName) -> Result<TrackRecord, Error> {
        let sql =
            "SELECT approved, edited, rejected, first_ms, last_ms FROM tracks WHERE gate = ?1";
        let found = self.one(sql, [gate.as_str()], |row| {
            Ok(TrackRecord {
                approved: row.get(0)?,
                edited: row.get(1)?,
                rejected: row.get(2)?,
                first_ms: number(row.get(3)?),
                last_ms: number(row.get(4)?),
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    /// What happened at a gate since its level last moved, the oldest first.
    pub fn happened(&self, gate: &GateName) -> Result<Vec<Happened>, Error> {
        let sql = "SELECT at_ms, what, detail FROM happened WHERE gate = ?1 ORDER BY at_ms";
        self.many(sql, [gate.as_str()], |row| {
            let (at_ms, detail) = (number(row.get(0)?), row.get(2)?);
            Ok(match row.get::<_, String>(1)?.as_str() {
                ROLLBACK => Happened::Rollback { at_ms },
                FAILED => Happened::ContractFailed { at_ms, contract: detail },
                // A word that nobody wrote is at least an incident.
                _ => Happened::Incident { at_ms, what: detail },
            })
        })
    }

    /// The latest of each figure of a gate.
    pub fn figures(&self, gate: &GateName) -> Result<BTreeMap<String, Measured>, Error> {
        let sql = "SELECT kpi, value, at_ms FROM figures WHERE gate = ?1";
        let found = self.many(sql, [gate.as_str()], |row| {
            // The database keeps no number that is none.
            let value = Figure::of(row.get(1)?);
            let kpi: String = row.get(0)?;
            let at_ms = number(row.get(2)?);
            Ok(value.map(|value| (kpi, Measured { value, at_ms })))
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    /// What was counted at a gate from the day of a moment up to the day of another, both counted
    /// (UTC). Periods begin with days, so this is what was spent in one, too.
    pub fn counts(&self, gate: &GateName, from_ms: u64, to_ms: u64) -> Result<Counts, Error> {
        let sql = "SELECT runs, allowed_by_itself, allowed_by_people, blocked, with_failure,
            rolled_back, reviewed, review_ms, spent FROM days
            WHERE gate = ?1 AND day BETWEEN ?2 AND ?3";
        let (from, to) = (day_of(stored(from_ms)), day_of(stored(to_ms)));
        let days = self.many(sql, params![gate.as_str(), from, to], |row| {
            let count = |column: usize| row.get(column).map(number);
            Ok(Counts {
                runs: count(0)?,
                allowed_by_itself: count(1)?,
                allowed_by_people: count(2)?,
                blocked: count(3)?,
                with_failure: count(4)?,
                rolled_back: count(5)?,
                reviewed: count(6)?,
                review_ms: count(7)?,
                spent: Money::of_micros(count(8)?),
            })
        })?;
        Ok(days.into_iter().fold(Counts::default(), Counts::and))
    }

    /// The gates that something was counted at, in the order of their names.
    pub fn gates(&self) -> Result<Vec<GateName>, Error> {
        self.many("SELECT DISTINCT gate FROM days ORDER BY gate", [], |row| rows::parsed(row, 0))
    }

    /// What was spent for each campaign of a gate, in the order of their names.
    pub fn campaigns(&self, gate: &GateName) -> Result<Vec<(String, Money)>, Error> {
        let sql = "SELECT campaign, spent FROM campaigns WHERE gate = ?1 ORDER BY campaign";
        self.many(sql, [gate.as_str()], |row| {
            Ok((row.get(0)?, Money::of_micros(number(row.get(1)?))))
        })
    }

    /// What was spent for a campaign of a gate.
    pub fn spent_on(&self, gate: &GateName, campaign: &str) -> Result<Money, Error> {
        let sql = "SELECT spent FROM campaigns WHERE gate = ?1 AND campaign = ?2";
        let found = self.one(sql, [gate.as_str(), campaign], |row| row.get(0))?;
        Ok(Money::of_micros(found.map(number).unwrap_or_default()))
    }

    /// The releases of a gate, those first that moved last. The one that decides is the first
    /// whose stage is full.
    pub fn releases(&self, gate: &GateName) -> Result<Vec<ReleaseState>, Error> {
        let sql = "SELECT release, seq, at_ms, stage, person FROM rollouts WHERE gate = ?1
            ORDER BY seq DESC";
        self.many(sql, [gate.as_str()], |row| {
            Ok(ReleaseState {
                release: rows::digest(row, 0)?,
                seq: number(row.get(1)?),
                at_ms: number(row.get(2)?),
                stage: rows::json(row, 3)?,
                by: rows::parsed(row, 4)?,
            })
        })
    }
}
