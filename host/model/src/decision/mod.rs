//! What is decided of a run, and why.

mod because;
mod cause;
mod display;
mod effects;
mod missing;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use because::{Because, Why};
pub use cause::Cause;
pub use effects::Lift;
pub use missing::{Consequence, Missing};

use crate::Money;

/// What happens to an output, the mildest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// It goes out.
    Allow,
    /// It waits for a human.
    Hold,
    /// It does not go out.
    Block,
}

/// What a reason does to a decision, the mildest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Nothing: it is told.
    Note,
    /// A human looks.
    Hold,
    /// It does not go out.
    Block,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Reason {
    /// What it does.
    pub effect: Effect,
    /// Whether it held, and a human approved nevertheless.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lifted: bool,
    /// What it is.
    #[serde(flatten)]
    pub cause: Cause,
}

/// What is decided of a run, with every reason, the strictest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Decision {
    /// What happens to the output.
    pub ruling: Ruling,
    /// Of a gate in shadow: what would have happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_be: Option<Ruling>,
    /// Every reason.
    pub reasons: Vec<Reason>,
    /// Whether a human looks at it after the fact.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub audit: bool,
    /// Until when it can be taken back, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo_until_ms: Option<u64>,
    /// What it cost to generate, as far as that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
}

impl From<Effect> for Ruling {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Note => Self::Allow,
            Effect::Hold => Self::Hold,
            Effect::Block => Self::Block,
        }
    }
}

impl From<crate::Stop> for Effect {
    fn from(stop: crate::Stop) -> Self {
        match stop {
            crate::Stop::Hold => Self::Hold,
            crate::Stop::Block => Self::Block,
        }
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Hold => "hold",
            Self::Block => "block",
        })
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Hold => "hold",
            Self::Block => "block",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)?;
        if self.lifted { f.write_str(" (approved)") } else { Ok(()) }
    }
}
