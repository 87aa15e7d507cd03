//! What has happened at a gate so far: whoever records it counts, and whoever decides reads.

use serde::{Deserialize, Serialize};

use crate::{Figure, Money, Share};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The reviews of a gate since its level last moved. An output is counted once, when it leaves the
/// queue; what it was edited to is not counted again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TrackRecord {
    /// Approved as they were.
    pub approved: u32,
    /// Changed by a reviewer.
    pub edited: u32,
    /// Refused by a reviewer.
    pub rejected: u32,
    /// When the first of them was reviewed.
    pub first_ms: u64,
    /// When the last of them was.
    pub last_ms: u64,
}

/// Something that may cost the gate a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum Happened {
    /// Something went wrong, and a person says so.
    Incident {
        /// When.
        at_ms: u64,
        /// What.
        what: String,
    },
    /// Something was taken back.
    Rollback {
        /// When.
        at_ms: u64,
    },
    /// A contract gave no answer.
    ContractFailed {
        /// When: the last time that it did not.
        at_ms: u64,
        /// Which use of it.
        contract: String,
    },
}

/// A figure, and when it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Measured {
    /// What it is.
    pub value: Figure,
    /// When it came in.
    pub at_ms: u64,
}

/// What was counted at a gate in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Counts {
    /// Runs.
    pub runs: u64,
    /// Runs that were allowed without anybody looking before.
    pub allowed_by_itself: u64,
    /// Runs that were allowed because people approved.
    pub allowed_by_people: u64,
    /// Runs that were blocked.
    pub blocked: u64,
    /// Runs in which a contract gave no answer.
    pub with_failure: u64,
    /// Outputs that were taken back.
    pub rolled_back: u64,
    /// Outputs that were reviewed.
    pub reviewed: u64,
    /// How long reviewers had them before them, all together.
    pub review_ms: u64,
    /// What was spent.
    pub spent: Money,
}

impl TrackRecord {
    /// How many outputs were reviewed: each is a cycle.
    pub fn reviewed(&self) -> u32 {
        self.approved.saturating_add(self.edited).saturating_add(self.rejected)
    }

    /// Which share of them was approved as it was.
    pub fn approval_rate(&self) -> Share {
        Share::of_count(self.approved.into(), self.reviewed().into())
    }

    /// How many days so many cycles take at the pace of this record; nothing, while there is no
    /// pace yet.
    pub fn days_for(&self, cycles: u32) -> Option<u64> {
        let gaps = u64::from(self.reviewed().checked_sub(1).filter(|gaps| *gaps > 0)?);
        let took_ms = self.last_ms.checked_sub(self.first_ms)?;
        let wanted_ms = u128::from(took_ms) * u128::from(cycles);
        u64::try_from(wanted_ms.div_ceil(u128::from(gaps) * u128::from(DAY_MS))).ok()
    }
}

impl Happened {
    /// When it happened.
    pub fn at_ms(&self) -> u64 {
        match self {
            Self::Incident { at_ms, .. }
            | Self::Rollback { at_ms }
            | Self::ContractFailed { at_ms, .. } => *at_ms,
        }
    }
}

impl Counts {
    /// With what was counted in another time.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            runs: self.runs.saturating_add(other.runs),
            allowed_by_itself: self.allowed_by_itself.saturating_add(other.allowed_by_itself),
            allowed_by_people: self.allowed_by_people.saturating_add(other.allowed_by_people),
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
    fn what_happened_reads_back() {
        for happened in [
            Happened::Incident { at_ms: 1, what: "wrong name".into() },
            Happened::Rollback { at_ms: 2 },
            Happened::ContractFailed { at_ms: 3, contract: "tollgate/pii".into() },
        ] {
            let json = serde_json::to_string(&happened).unwrap();
            assert_eq!(serde_json::from_str::<Happened>(&json).unwrap(), happened, "{json}");
        }
    }

    #[test]
    fn counts_add_up_and_stop_at_the_largest() {
        let some = Counts { runs: 2, review_ms: u64::MAX, ..Counts::default() };
        let both = some.and(Counts { runs: 3, review_ms: 1, blocked: 1, ..Counts::default() });
        assert_eq!((both.runs, both.blocked, both.review_ms), (5, 1, u64::MAX));
    }
}
