//! Change control: what a change has to show before it is released.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Control of changes. With it, a release has to pass the test cases of its gate, and the author of the gate record cannot
/// publish it. It applies from the release that has it, also to the one that takes it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChangeControl {
    /// Least number of test cases that the gate has to have, at least 1. Each of them has to pass.
    #[schemars(range(min = 1))]
    pub least_cases: u32,
}
