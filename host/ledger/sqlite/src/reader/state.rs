//! The recorded state of a gate.

use std::collections::BTreeMap;

use rusqlite::params;
use tollgate_ledger::{
    ActivityCounts, CurrentLevel, KpiReading, LedgerError, LevelIncident, ReleaseState, ReviewCycle,
};
use tollgate_model::{CycleResult, Digest, Figure, GateName, Money, RolloutStage};

use super::{SqliteReader, rows};
use crate::apply::{
    self, APPROVED, CONTRACT_FAILED, EDITED, RELEASE_ROLLBACK, ROLLBACK, day_of, stage_text,
};
use crate::error::database_error;
use crate::number::{from_sql, to_sql};

impl SqliteReader {
    pub(super) fn gate_version(&self, gate: &GateName) -> Result<u64, LedgerError> {
        apply::gate_version(&self.connection, gate.as_str())
            .map_err(|error| database_error(&self.path, &error))
    }

    pub(super) fn level(&self, gate: &GateName) -> Result<Option<CurrentLevel>, LedgerError> {
        let sql = "SELECT seq, since_ms, change FROM levels WHERE gate = ?1";
        self.query_one(sql, [gate.as_str()], |row| {
            let (seq, since_ms) = (from_sql(row.get(0)?), from_sql(row.get(1)?));
            Ok(CurrentLevel { seq, since_ms, change: rows::json_column(row, 2)? })
        })
    }

    pub(super) fn review_cycles(&self, gate: &GateName) -> Result<Vec<ReviewCycle>, LedgerError> {
        let sql = "SELECT output, result, approval_ms, at_ms FROM cycles WHERE gate = ?1
            ORDER BY seq, run";
        self.query_many(sql, [gate.as_str()], |row| {
            Ok(ReviewCycle {
                output: rows::digest_column(row, 0)?,
                result: match row.get::<_, String>(1)?.as_str() {
                    APPROVED => CycleResult::Approved,
                    EDITED => CycleResult::Edited,
                    // An unknown word was not written by this crate. It speaks against the gate, never for it.
                    _ => CycleResult::Rejected,
                },
                approval_ms: row.get::<_, Option<i64>>(2)?.map(from_sql),
                at_ms: from_sql(row.get(3)?),
            })
        })
    }

    pub(super) fn level_incidents(
        &self,
        gate: &GateName,
    ) -> Result<Vec<LevelIncident>, LedgerError> {
        let sql = "SELECT at_ms, kind, detail FROM incidents WHERE gate = ?1 ORDER BY seq";
        self.query_many(sql, [gate.as_str()], |row| {
            let (at_ms, detail) = (from_sql(row.get(0)?), row.get(2)?);
            Ok(match row.get::<_, String>(1)?.as_str() {
                ROLLBACK => LevelIncident::Rollback { at_ms },
                RELEASE_ROLLBACK => LevelIncident::ReleaseRollback { at_ms },
                CONTRACT_FAILED => LevelIncident::ContractFailed { at_ms, contract: detail },
                // An unknown word was not written by this crate. It counts as an incident, never as nothing.
                _ => LevelIncident::Incident { at_ms, description: detail },
            })
        })
    }

    pub(super) fn figures(
        &self,
        gate: &GateName,
    ) -> Result<BTreeMap<String, KpiReading>, LedgerError> {
        let sql = "SELECT kpi, value, at_ms,
            seq > coalesce((SELECT seq FROM levels WHERE gate = ?1), 0) FROM figures WHERE gate = ?1";
        let found = self.query_many(sql, [gate.as_str()], |row| {
            // SQLite stores NaN as NULL, so this only rejects what another program wrote.
            let value = Figure::new(row.get(1)?);
            let kpi: String = row.get(0)?;
            let (at_ms, is_new) = (from_sql(row.get(2)?), row.get(3)?);
            Ok(value.map(|value| (kpi, KpiReading { value, at_ms, is_new })))
        })?;
        Ok(found.into_iter().flatten().collect())
    }

    pub(super) fn counts(
        &self,
        gate: &GateName,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<ActivityCounts, LedgerError> {
        let sql = "SELECT runs, allowed_by_itself, allowed_by_people, blocked, with_failure,
            rolled_back, reviewed, review_ms, spent FROM days
            WHERE gate = ?1 AND day BETWEEN ?2 AND ?3";
        let (from, to) = (day_of(to_sql(from_ms)), day_of(to_sql(to_ms)));
        let days = self.query_many(sql, params![gate.as_str(), from, to], |row| {
            let count = |column: usize| row.get(column).map(from_sql);
            Ok(ActivityCounts {
                runs: count(0)?,
                allowed_unreviewed: count(1)?,
                allowed_by_reviewers: count(2)?,
                blocked: count(3)?,
                with_failure: count(4)?,
                rolled_back: count(5)?,
                reviewed: count(6)?,
                review_ms: count(7)?,
                spent: Money::from_micros(count(8)?),
            })
        })?;
        Ok(days.into_iter().fold(ActivityCounts::default(), ActivityCounts::plus))
    }

    pub(super) fn gates(&self) -> Result<Vec<GateName>, LedgerError> {
        self.query_many("SELECT DISTINCT gate FROM days ORDER BY gate", [], |row| {
            rows::parse_column(row, 0)
        })
    }

    pub(super) fn campaigns(&self, gate: &GateName) -> Result<Vec<(String, Money)>, LedgerError> {
        let sql = "SELECT campaign, spent FROM campaigns WHERE gate = ?1 ORDER BY campaign";
        self.query_many(sql, [gate.as_str()], |row| {
            Ok((row.get(0)?, Money::from_micros(from_sql(row.get(1)?))))
        })
    }

    pub(super) fn spent_on_campaign(
        &self,
        gate: &GateName,
        campaign: &str,
    ) -> Result<Money, LedgerError> {
        let sql = "SELECT spent FROM campaigns WHERE gate = ?1 AND campaign = ?2";
        let found = self.query_one(sql, [gate.as_str(), campaign], |row| row.get(0))?;
        Ok(Money::from_micros(found.map(from_sql).unwrap_or_default()))
    }

    pub(super) fn releases(&self, gate: &GateName) -> Result<Vec<ReleaseState>, LedgerError> {
        let sql = "SELECT release, seq, at_ms, stage, person FROM rollouts WHERE gate = ?1
            ORDER BY seq DESC";
        self.query_many(sql, [gate.as_str()], |row| {
            Ok(ReleaseState {
                release: rows::digest_column(row, 0)?,
                seq: from_sql(row.get(1)?),
                at_ms: from_sql(row.get(2)?),
                stage: rows::json_column(row, 3)?,
                by: rows::person_column(row, 4)?,
            })
        })
    }

    pub(super) fn active_release(&self, gate: &GateName) -> Result<Option<Digest>, LedgerError> {
        // SQLite takes the columns beside `max` from the row that has the maximum. Without `GROUP BY` there would be a
        // row of NULLs where there is no release.
        let sql = "SELECT release, max(seq) FROM rollouts WHERE gate = ?1 AND stage = ?2
            GROUP BY gate";
        let values = params![gate.as_str(), self.full_stage()?];
        self.query_one(sql, values, |row| rows::digest_column(row, 0))
    }

    pub(super) fn active_releases(&self) -> Result<BTreeMap<GateName, Digest>, LedgerError> {
        let sql = "SELECT gate, release, max(seq) FROM rollouts WHERE stage = ?1 GROUP BY gate";
        let found = self.query_many(sql, [self.full_stage()?], |row| {
            Ok((rows::parse_column(row, 0)?, rows::digest_column(row, 1)?))
        })?;
        Ok(found.into_iter().collect())
    }

    pub(super) fn releases_version(&self) -> Result<u64, LedgerError> {
        // One lookup for each kind of event that `apply_rollout` and `apply_rollback` are about.
        let sql = "SELECT max(
            coalesce((SELECT max(seq) FROM events WHERE kind = 'rollout'), 0),
            coalesce((SELECT max(seq) FROM events WHERE kind = 'rollback'), 0))";
        Ok(self.query_one(sql, [], |row| row.get(0))?.map_or(0, from_sql))
    }

    /// Returns the stage of active releases as it is stored.
    fn full_stage(&self) -> Result<String, LedgerError> {
        let text = stage_text(&RolloutStage::Full);
        text.map_err(|error| database_error(&self.path, &error))
    }
}
