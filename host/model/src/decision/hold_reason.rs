//! Reasons why a gate holds every output, whatever the contracts say.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GatePart;
use crate::{DelegationPosture, LevelScheme, OversightPattern};

/// A reason why every output is held for a human.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum HoldReason {
    /// The oversight pattern requires it.
    Pattern { pattern: OversightPattern },
    /// The autonomy level requires it.
    Level { scheme: LevelScheme, level: u8 },
    /// The gate has not been promoted to the level that its file names.
    NotPromoted { scheme: LevelScheme, level: u8 },
    /// The delegation score requires it.
    Score {
        /// Sum of the six values, after inversion.
        sum: u8,
        posture: DelegationPosture,
    },
    /// The risk of the task is high, and no executive has signed off.
    HighRisk,
    /// The task cannot be undone, and no executive has signed off.
    NotReversible,
    /// The level executes only low-risk tasks, and this task is not one.
    NotLowRisk,
    /// The gate record lacks a part that is required before outputs can go out unreviewed.
    Missing { missing: GatePart },
}

impl fmt::Display for HoldReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern { pattern } => write!(f, "the oversight pattern is {pattern}"),
            Self::Level { scheme, level } => write!(f, "the gate is at level {level} of {scheme}"),
            Self::NotPromoted { scheme, level } => write!(
                f,
                "the gate file names level {level} of {scheme}, but the gate has not been promoted \
                 to it"
            ),
            Self::Score { sum, posture } => {
                write!(f, "the delegation score of {sum} means {posture}")
            }
            Self::HighRisk => f.write_str("the risk is high and no executive has signed off"),
            Self::NotReversible => {
                f.write_str("the task cannot be undone and no executive has signed off")
            }
            Self::NotLowRisk => {
                f.write_str("this level executes only low-risk tasks without approval")
            }
            Self::Missing { missing } => write!(f, "the gate record lacks {missing}"),
        }
    }
}
