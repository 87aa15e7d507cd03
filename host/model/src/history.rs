//! Facts about a gate's past. The ledger computes them, and `govern` decides by them.
//!
//! Moments are milliseconds since 1970.

use serde::{Deserialize, Serialize};

use crate::{Digest, Figure, Money, Share, rfc3339};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A reviewed output that a gate decided on since its level last changed. An output makes a cycle when it leaves the
/// queue; the output that a reviewer edited it into makes none. One that was retracted or named by an incident while it
/// waited for an audit counts as rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReviewCycle {
    /// Digest of the output without prompt and context; of an action, that of the whole subject. Copies have the same.
    pub output: Digest,
    pub result: CycleResult,
    /// Longest time that the shortest of its approvals can have taken, in milliseconds; empty if it was not approved.
    pub approval_ms: Option<u64>,
    /// Moment at which it left the queue.
    #[serde(rename = "at", with = "rfc3339")]
    pub at_ms: u64,
}

/// End of a review cycle, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CycleResult {
    /// The output was approved unchanged.
    Approved,
    /// A reviewer edited the output.
    Edited,
    /// The output was rejected, retracted, or named by an incident.
    Rejected,
}

/// Distinct outputs that were reviewed since the level of a gate last changed. `tollgate-govern` counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrackRecord {
    /// Number of outputs approved unchanged.
    pub approved: u32,
    pub edited: u32,
    pub rejected: u32,
    /// Number of further cycles of outputs that count already. They do not count.
    pub copies: u32,
    /// Number of cycles whose approval took less than the least time for a review. They do not count.
    pub too_short: u32,
    /// Moment of the first review that is not too short; 0 without one.
    #[serde(rename = "first", with = "rfc3339")]
    pub first_ms: u64,
    /// Moment of the last review that is not too short; 0 without one.
    #[serde(rename = "last", with = "rfc3339")]
    pub last_ms: u64,
}

/// An incident that may cost the gate a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum LevelIncident {
    /// A person reported that something went wrong.
    Incident {
        #[serde(rename = "at", with = "rfc3339")]
        at_ms: u64,
        description: String,
    },
    /// An output was retracted.
    Rollback {
        #[serde(rename = "at", with = "rfc3339")]
        at_ms: u64,
    },
    /// A release was rolled back.
    ReleaseRollback {
        #[serde(rename = "at", with = "rfc3339")]
        at_ms: u64,
    },
    /// An enforced contract gave no answer, and gives none about an ordinary output either.
    ContractFailed {
        /// Moment of the latest failure of this contract.
        #[serde(rename = "at", with = "rfc3339")]
        at_ms: u64,
        /// Id of the contract in the gate.
        contract: String,
    },
}

/// The value of a KPI that was recorded last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KpiReading {
    pub value: Figure,
    /// Moment of the measurement, as its sender states it.
    #[serde(rename = "at", with = "rfc3339")]
    pub at_ms: u64,
    /// Set if it was recorded after the level last changed. Only then can it cost the gate a level.
    pub is_new: bool,
}

/// Activity of a gate in a period of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ActivityCounts {
    pub runs: u64,
    /// Runs that were allowed without a prior review.
    pub allowed_unreviewed: u64,
    /// Runs that were allowed because reviewers approved.
    pub allowed_by_reviewers: u64,
    pub blocked: u64,
    /// Runs in which a contract gave no answer.
    pub with_failure: u64,
    /// Outputs that were retracted.
    pub rolled_back: u64,
    /// Outputs that were reviewed.
    pub reviewed: u64,
    /// Time that reviewers spent, in milliseconds, all reviews together.
    pub review_ms: u64,
    pub spent: Money,
}

impl TrackRecord {
    /// Returns the number of reviewed outputs that count.
    pub fn reviewed(&self) -> u32 {
        self.approved.saturating_add(self.edited).saturating_add(self.rejected)
    }

    /// Returns the number of all cycles, also of those that do not count.
    pub fn cycles(&self) -> u32 {
        self.reviewed().saturating_add(self.copies).saturating_add(self.too_short)
    }

    /// Returns the share of reviewed outputs that were approved unchanged.
    pub fn approval_rate(&self) -> Share {
        Share::from_ratio(self.approved.into(), self.reviewed().into())
    }

    /// Estimates the days that a number of cycles takes at the pace of this record. Returns `None`
    /// with fewer than two reviews, because a pace needs the gap between two.
    pub fn estimate_days(&self, cycles: u32) -> Option<u64> {
        let gaps = u64::from(self.reviewed().checked_sub(1).filter(|gaps| *gaps > 0)?);
        let elapsed_ms = self.last_ms.checked_sub(self.first_ms)?;
        let scaled_ms = u128::from(elapsed_ms) * u128::from(cycles);
        u64::try_from(scaled_ms.div_ceil(u128::from(gaps) * u128::from(DAY_MS))).ok()
    }
}

impl LevelIncident {
    pub fn at_ms(&self) -> u64 {
        match self {
            Self::Incident { at_ms, .. }
            | Self::Rollback { at_ms }
            | Self::ReleaseRollback { at_ms }
            | Self::ContractFailed { at_ms, .. } => *at_ms,
        }
    }
}

impl ActivityCounts {
    /// Returns the sum with the counts of another period; sums stop at the largest number.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            runs: self.runs.saturating_add(other.runs),
            allowed_unreviewed: self.allowed_unreviewed.saturating_add(other.allowed_unreviewed),
            allowed_by_reviewers: self
                .allowed_by_reviewers
                .saturating_add(other.allowed_by_reviewers),
            blocked: self.blocked.saturating_add(other.blocked),
            with_failure: self.with_failure.saturating_add(other.with_failure),
            rolled_back: self.rolled_back.saturating_add(other.rolled_back),
            reviewed: self.reviewed.saturating_add(other.reviewed),
            review_ms: self.review_ms.saturating_add(other.review_ms),
            spent: self.spent.plus(other.spent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_level_incidents() {
        for incident in [
            LevelIncident::Incident { at_ms: 1, description: "wrong name".into() },
            LevelIncident::Rollback { at_ms: 2 },
            LevelIncident::ReleaseRollback { at_ms: 4 },
            LevelIncident::ContractFailed { at_ms: 3, contract: "tollgate/pii".into() },
        ] {
            let json = serde_json::to_string(&incident).unwrap();
            assert_eq!(serde_json::from_str::<LevelIncident>(&json).unwrap(), incident, "{json}");
        }
    }

    #[test]
    fn adds_counts_without_overflow() {
        let some = ActivityCounts { runs: 2, review_ms: u64::MAX, ..ActivityCounts::default() };
        let both = some.plus(ActivityCounts {
            runs: 3,
            review_ms: 1,
            blocked: 1,
            ..ActivityCounts::default()
        });
        assert_eq!((both.runs, both.blocked, both.review_ms), (5, 1, u64::MAX));
    }
}
