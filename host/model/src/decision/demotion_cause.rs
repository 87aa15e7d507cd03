//! Causes of a demotion.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Date, Figure, format_utc, rfc3339};

/// A cause that costs the gate a level. Moments are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum DemotionCause {
    /// A KPI broke its threshold.
    ThresholdBroken { kpi: String, value: Figure, limit: Figure },
    /// A person reported an incident.
    Incident {
        #[serde(rename = "at", with = "rfc3339")]
        #[schemars(with = "String")]
        at_ms: u64,
        description: String,
    },
    /// An output was retracted.
    Rollback {
        #[serde(rename = "at", with = "rfc3339")]
        #[schemars(with = "String")]
        at_ms: u64,
    },
    /// A release was rolled back.
    ReleaseRollback {
        #[serde(rename = "at", with = "rfc3339")]
        #[schemars(with = "String")]
        at_ms: u64,
    },
    /// A review was not done in time.
    ReviewOverdue {
        /// Moment at which the review was due.
        #[serde(rename = "since", with = "rfc3339")]
        #[schemars(with = "String")]
        since_ms: u64,
    },
    /// The gate record was not reviewed in time.
    RecordOverdue { review_by: Date },
    /// An enforced contract gave no answer, and gives none about an ordinary output either.
    ContractFailed {
        /// Id of the contract in the gate.
        contract: String,
    },
}

impl fmt::Display for DemotionCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThresholdBroken { kpi, value, limit } => {
                write!(f, "`{kpi}` is {value}, but its limit is {limit}")
            }
            Self::Incident { description, .. } => write!(f, "incident: {description}"),
            Self::Rollback { .. } => f.write_str("an output was retracted"),
            Self::ReleaseRollback { .. } => f.write_str("a release was rolled back"),
            Self::ReviewOverdue { since_ms } => {
                write!(f, "a review was not done in time: it was due by {}", format_utc(*since_ms))
            }
            Self::RecordOverdue { review_by } => {
                write!(f, "the gate record was not reviewed by {review_by}")
            }
            Self::ContractFailed { contract } => {
                write!(f, "`{contract}` gives no answer, even about an ordinary output")
            }
        }
    }
}
