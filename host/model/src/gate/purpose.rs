//! Purposes of gates: to judge alone, or to decide what an AI may send.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Purpose of a gate. It decides which keys its file may have, and whether its outputs are recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GatePurpose {
    /// It judges: findings decide whether an output passes or fails. Nothing is recorded, and nobody is given leave to
    /// send anything.
    Quality,
    /// It decides whether an output of an AI may be sent, by a complete record of who answers for it.
    #[default]
    Delegation,
}

impl GatePurpose {
    /// Returns whether it is the purpose that a gate has if its file names none.
    pub fn is_delegation(&self) -> bool {
        *self == Self::Delegation
    }
}

impl fmt::Display for GatePurpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quality => "quality",
            Self::Delegation => "delegation",
        })
    }
}
