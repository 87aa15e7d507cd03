//! Decisions about runs and the reasons behind them. The rules that produce reasons are in `govern`.

mod demotion_cause;
mod display;
mod effects;
mod gate_part;
mod hold_reason;
mod reason_kind;
mod revocation;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use demotion_cause::DemotionCause;
pub use effects::LiftScope;
pub use gate_part::{Consequence, GatePart};
pub use hold_reason::HoldReason;
pub use reason_kind::ReasonKind;
pub use revocation::{Revocation, RevocationAct};

use crate::{Money, rfc3339};

/// Fate of an output, the mildest first. Of a gate of the purpose `quality` it is [`Ruling::Pass`] or [`Ruling::Fail`], which
/// are nobody's leave to send the output, and of any other gate one of the rest.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// The output may be sent.
    Allow,
    /// The output waits for a human review.
    Hold,
    /// The output must not be sent, whatever a reviewer says.
    Block,
    /// The output was judged, and nothing was found that fails it. Nobody is given leave to send it.
    Pass,
    /// The output was judged, and something was found that fails it, or it could not be evaluated.
    Fail,
}

/// Contribution of one reason to the ruling, the mildest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonEffect {
    /// Shown to people, without influence on the ruling.
    Note,
    Hold,
    Block,
}

/// One reason for a decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Reason {
    pub effect: ReasonEffect,
    /// Set when the reason would hold the output, but a human approved the output nevertheless.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lifted: bool,
    /// The rule that applies, with its details.
    #[serde(flatten)]
    pub kind: ReasonKind,
}

/// Decision about one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Decision {
    pub ruling: Ruling,
    /// Ruling without shadow mode; set only if the gate is in shadow mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub would_be: Option<Ruling>,
    /// All reasons, the strictest first.
    pub reasons: Vec<Reason>,
    /// Set if the output was sampled for a human to look at afterwards.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub audit: bool,
    /// End of the time in which the output can be retracted, in milliseconds since 1970.
    #[serde(
        default,
        rename = "undo-until",
        skip_serializing_if = "Option::is_none",
        with = "rfc3339::option"
    )]
    #[schemars(with = "Option<String>")]
    pub undo_until_ms: Option<u64>,
    /// Cost of generating the output; empty if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
}

impl Decision {
    /// Returns the decision as it stands after it was taken back: the output is blocked.
    #[must_use]
    pub fn revoked(mut self, revocation: Revocation) -> Self {
        let kind = ReasonKind::Revoked { revocation };
        self.reasons.insert(0, Reason { effect: kind.default_effect(), lifted: false, kind });
        Self { ruling: Ruling::Block, ..self }
    }
}

impl Ruling {
    /// Returns the ruling of a quality gate: whatever would hold or block an output fails it.
    pub fn of_quality(effect: ReasonEffect) -> Self {
        match effect {
            ReasonEffect::Note => Self::Pass,
            ReasonEffect::Hold | ReasonEffect::Block => Self::Fail,
        }
    }

    /// Returns the word for the effect that a reason has on this ruling. A quality gate holds and blocks nothing.
    pub fn effect_word(self, effect: ReasonEffect) -> &'static str {
        match (self, effect) {
            (_, ReasonEffect::Note) => "note",
            (Self::Pass | Self::Fail, ReasonEffect::Hold | ReasonEffect::Block) => "fail",
            (Self::Allow | Self::Hold | Self::Block, ReasonEffect::Hold) => "hold",
            (Self::Allow | Self::Hold | Self::Block, ReasonEffect::Block) => "block",
        }
    }
}

/// Ruling of a gate that delegates.
impl From<ReasonEffect> for Ruling {
    fn from(effect: ReasonEffect) -> Self {
        match effect {
            ReasonEffect::Note => Self::Allow,
            ReasonEffect::Hold => Self::Hold,
            ReasonEffect::Block => Self::Block,
        }
    }
}

impl From<crate::StopEffect> for ReasonEffect {
    fn from(stop: crate::StopEffect) -> Self {
        match stop {
            crate::StopEffect::Hold => Self::Hold,
            crate::StopEffect::Block => Self::Block,
        }
    }
}

impl fmt::Display for Ruling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Hold => "hold",
            Self::Block => "block",
            Self::Pass => "pass",
            Self::Fail => "fail",
        })
    }
}

impl fmt::Display for ReasonEffect {
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
        self.kind.fmt(f)?;
        if self.lifted { f.write_str(" (approved)") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_rulings_are_nobodys_leave() {
        let effects = [ReasonEffect::Note, ReasonEffect::Hold, ReasonEffect::Block];
        let rulings = effects.map(Ruling::of_quality);
        assert_eq!(rulings, [Ruling::Pass, Ruling::Fail, Ruling::Fail]);
        assert!(effects.iter().all(|effect| !rulings.contains(&Ruling::from(*effect))));
        let words = effects.map(|effect| Ruling::Fail.effect_word(effect));
        assert_eq!(words, ["note", "fail", "fail"]);
    }

    #[test]
    fn rulings_are_written_as_they_are_shown() {
        use Ruling::{Allow, Block, Fail, Hold, Pass};
        for ruling in [Allow, Hold, Block, Pass, Fail] {
            assert_eq!(serde_json::to_string(&ruling).unwrap(), format!("\"{ruling}\""));
        }
    }
}
