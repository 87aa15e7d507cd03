//! The rule for texts that are still being written: whether a part of one may go out before the decision.
//!
//! Text that went out cannot be taken back, so it takes more than an output that goes out after its decision: the gate
//! has to be at a point where people see exceptions only, and where an output without findings would be allowed.

use std::fmt;

use tollgate_model::{
    CheckedPart, ContractCheck, Determinism, Gate, Outcome, OversightEffect, PartProblem,
    PointerPattern, Reason, RecordedVerdict, Report, Ruling, Verdict,
};

use crate::{GateState, OutputFacts, decide, oversight, score};

/// The reason why no text of an output may go out before the decision.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EarlyTextObstacle {
    /// Even an output that no contract finds anything in would be held or blocked now.
    NotAllowed { ruling: Ruling, reasons: Vec<Reason> },
    /// People look at more than exceptions.
    Oversight { effect: OversightEffect },
}

/// Returns why no text of an output may go out before the decision, or `None` if it may. `facts` are those of the output
/// as far as they are known, and `contracts` the contracts of the gate by their ids.
///
/// It promises nothing: the state may change until the decision, and a reason that the text itself gives is not known
/// yet. No part of a budget is reserved.
pub fn early_text_obstacle(
    gate: &Gate,
    contracts: &[(String, Determinism)],
    facts: &OutputFacts,
    state: &GateState,
    now_ms: u64,
) -> Option<EarlyTextObstacle> {
    let checks: Vec<_> = contracts.iter().map(|(id, kind)| passed_check(gate, id, *kind)).collect();
    let decision = decide(gate, &checks, facts, state, now_ms);
    if decision.ruling != Ruling::Allow {
        let (ruling, reasons) = (decision.ruling, decision.reasons);
        return Some(EarlyTextObstacle::NotAllowed { ruling, reasons });
    }
    let weighed = score::weigh_score(&gate.score, state.thresholds);
    let required = oversight::required_oversight(gate, state, weighed.as_ref(), &[], now_ms);
    // A sampled output goes out too, but whether a run is in the sample is not known before it is decided. A text that is
    // withheld because of it would tell its author, while they write, that somebody is going to look at it.
    let effect = required.effect;
    (effect != OversightEffect::ExceptionsOnly).then_some(EarlyTextObstacle::Oversight { effect })
}

/// Returns the check of a contract that passed each time that the gate asks for it. One that judges a part of a document
/// finds none in a text.
fn passed_check(gate: &Gate, id: &str, determinism: Determinism) -> ContractCheck {
    let binding = gate.contracts.iter().find(|binding| binding.id() == id);
    let count = binding.map_or(1, |binding| binding.repeat);
    let report = Report { outcome: Outcome::Pass, findings: Vec::new(), measures: Vec::new() };
    let verdict =
        RecordedVerdict { result: Verdict::Report(report), answers: Vec::new(), fuel_used: 0 };
    let no_part = |at: &PointerPattern| CheckedPart {
        at: at.to_string(),
        problem: Some(PartProblem::NotADocument),
    };
    let part = binding.and_then(|binding| binding.at.as_ref()).map(no_part);
    let count = if part.is_some() { 0 } else { count };
    ContractCheck {
        contract: id.to_owned(),
        determinism,
        part,
        verdicts: vec![verdict; usize::from(count)],
        fails_ordinary: false,
    }
}

impl fmt::Display for EarlyTextObstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAllowed { ruling, reasons } => {
                match ruling {
                    Ruling::Pass | Ruling::Fail => f.write_str("the gate only judges outputs")?,
                    Ruling::Block => f.write_str("the gate would block any output now")?,
                    Ruling::Allow | Ruling::Hold => {
                        f.write_str("the gate would hold any output now")?
                    }
                }
                // The strictest reason comes first.
                reasons.first().map_or(Ok(()), |reason| write!(f, ": {}", reason.kind))
            }
            Self::Oversight { .. } => f.write_str(
                "people look at more than exceptions, so outputs go out after they are decided",
            ),
        }
    }
}
