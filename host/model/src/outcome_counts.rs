//! Counts of a contract's reports by outcome.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Number of reports by outcome.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct OutcomeCounts {
    pub pass: u32,
    pub fail: u32,
    pub unsure: u32,
}
