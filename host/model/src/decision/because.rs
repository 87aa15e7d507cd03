//! What stands behind two of the reasons: why every output is held, and what costs a gate a level.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Missing;
use crate::{Date, Figure, Pattern, Posture, Scheme};

/// Why every output is held.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "why")]
pub enum Because {
    /// The pattern says so.
    Pattern {
        /// The pattern.
        pattern: Pattern,
    },
    /// The level says so.
    Level {
        /// Which levels these are.
        scheme: Scheme,
        /// The level.
        level: u8,
    },
    /// The gate has not been promoted yet, whatever level its file names.
    NotPromoted {
        /// Which levels these are.
        scheme: Scheme,
        /// The level that the file names.
        level: u8,
    },
    /// The score says so.
    Score {
        /// The sum that counts.
        sum: u8,
        /// What it says.
        posture: Posture,
    },
    /// The task is of high risk, and no executive has signed off.
    HighRisk,
    /// The task cannot be undone, and no executive has signed off.
    NotReversible,
    /// Only low-risk tasks are executed at this level.
    NotLowRisk,
    /// The record lacks what a human needs who steps back.
    Missing {
        /// What.
        missing: Missing,
    },
}

/// What costs a gate a level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "why")]
pub enum Why {
    /// A figure does not keep to what it has to.
    ThresholdBroken {
        /// Which.
        kpi: String,
        /// What it is.
        value: Figure,
        /// What it has to keep to.
        limit: Figure,
    },
    /// Something went wrong, and a person says so.
    Incident {
        /// When, in milliseconds since 1970.
        at_ms: u64,
        /// What.
        what: String,
    },
    /// Something was taken back.
    Rollback {
        /// When, in milliseconds since 1970.
        at_ms: u64,
    },
    /// A review was not done in time.
    ReviewOverdue {
        /// Since when, in milliseconds since 1970.
        since_ms: u64,
    },
    /// The record was not looked at in time.
    RecordOverdue {
        /// Until when it should have been.
        review_by: Date,
    },
    /// A contract gave no answer.
    ContractFailed {
        /// Which use of it.
        contract: String,
    },
}
