//! The risk map over all gates: who reaches what, which data is where, which controls are missing,
//! and what to fix first.

use std::collections::BTreeMap;

use serde::Serialize;
use tollgate_model::{Consequence, Date, Gate, GateName, Missing, OversightEffect, Risk, Verb};

use crate::oversight::standing;
use crate::{State, completeness, score};

/// The map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RiskMap {
    /// By system and verb: what can be done there, and by which gates.
    pub access: BTreeMap<String, BTreeMap<Verb, Vec<Reach>>>,
    /// By kind of data: the gates that get it, and what is not answered or not as it should be.
    pub data: BTreeMap<String, Vec<DataUse>>,
    /// Each gate.
    pub gates: Vec<GateRisk>,
    /// What to fix first.
    pub to_fix: Vec<Fix>,
}

/// Something that a gate's AI can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// Which gate.
    pub gate: GateName,
    /// What.
    pub what: String,
}

/// How a gate uses a kind of data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DataUse {
    /// Which gate.
    pub gate: GateName,
    /// Questions without an answer.
    pub unanswered: Vec<String>,
    /// Used for training, or without a look at consent.
    pub exposed: Vec<String>,
}

/// What a gate risks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct GateRisk {
    /// Which gate.
    pub gate: GateName,
    /// Its tier, where somebody has tagged it.
    pub risk: Option<Risk>,
    /// The sum of its score, where it is complete.
    pub score: Option<u8>,
    /// What a human does with its outputs.
    pub oversight: OversightEffect,
    /// What its record lacks.
    pub missing: Vec<Missing>,
    /// Since when it should have been looked at again.
    pub overdue_since: Option<Date>,
    /// Since when the oldest review of an output should have been done.
    pub review_overdue_since: Option<Date>,
}

/// Something to fix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Fix {
    /// How urgent it is: higher is sooner.
    pub urgency: u32,
    /// At which gate.
    pub gate: GateName,
    /// What.
    pub what: String,
}

/// Puts all gates on a map, with what has happened at each.
pub fn map(gates: &[(&Gate, &State)], now_ms: u64) -> RiskMap {
    let mut map = RiskMap {
        access: BTreeMap::new(),
        data: BTreeMap::new(),
        gates: Vec::new(),
        to_fix: Vec::new(),
    };
    for (gate, state) in gates {
        map.add_access(gate);
        map.add_data(gate);
        let risk = gate_risk(gate, state, now_ms);
        map.add_fixes(gate, &risk);
        map.gates.push(risk);
    }
    let milder = |risk: &GateRisk| (std::cmp::Reverse(weight(risk.risk)), risk.gate.clone());
    map.gates.sort_by_key(milder);
    map.to_fix.sort_by(|a, b| b.urgency.cmp(&a.urgency).then_with(|| a.cmp(b)));
    map
}

fn gate_risk(gate: &Gate, state: &State, now_ms: u64) -> GateRisk {
    let weighed = score::of(&gate.score, state.thresholds);
    let oversight = standing(gate, state, weighed.as_ref(), &[], now_ms).effect;
    let mut missing = completeness::missing(gate, state.thresholds);
    missing.extend(completeness::missing_to_step_back(gate, OversightEffect::Sampled));
    let overdue = gate.review_by.filter(|day| day.end_ms() <= now_ms);
    let review = state.earliest_review_due_ms.filter(|due_ms| *due_ms <= now_ms);
    GateRisk {
        gate: gate.name.clone(),
        risk: gate.tags.risk,
        score: weighed.map(|weighed| weighed.counted),
        oversight,
        missing,
        overdue_since: overdue,
        review_overdue_since: review.map(Date::of_ms),
    }
}

/// A gate that nobody has tagged may be anything.
fn weight(risk: Option<Risk>) -> u32 {
    match risk {
        Some(Risk::Low) => 1,
        Some(Risk::Medium) => 2,
        Some(Risk::High) | None => 3,
    }
}

impl RiskMap {
    fn add_access(&mut self, gate: &Gate) {
        for access in &gate.access {
            let verbs = self.access.entry(access.system.to_string()).or_default();
            for verb in Verb::ALL {
                let what = access.get(verb).unwrap_or_default().iter();
                let reach =
                    what.map(|what| Reach { gate: gate.name.clone(), what: what.to_string() });
                verbs.entry(verb).or_default().extend(reach);
            }
            verbs.retain(|_, reach| !reach.is_empty());
        }
    }

    fn add_data(&mut self, gate: &Gate) {
        for class in gate.data.iter().flatten() {
            let unanswered = class.flags().into_iter().filter(|(_, answer)| answer.is_none());
            let mut exposed = Vec::new();
            if class.may_be_used_for_training == Some(true) {
                exposed.push("may-be-used-for-training".into());
            }
            if class.consent_respected == Some(false) {
                exposed.push("consent-respected".into());
            }
            self.data.entry(class.class.to_string()).or_default().push(DataUse {
                gate: gate.name.clone(),
                unanswered: unanswered.map(|(flag, _)| flag.into()).collect(),
                exposed,
            });
        }
    }

    /// What is exposed comes first, then what is overdue, then what is missing; and of each what
    /// is at the riskiest gate.
    fn add_fixes(&mut self, gate: &Gate, risk: &GateRisk) {
        let weight = weight(risk.risk);
        let mut fix = |urgency: u32, what: String| {
            self.to_fix.push(Fix { urgency: urgency * weight, gate: gate.name.clone(), what });
        };
        for class in gate.data.iter().flatten() {
            if class.consent_respected == Some(false) {
                fix(40, format!("nobody looks at the consent for `{}`", class.class));
            }
            if class.may_be_used_for_training == Some(true) && class.anonymised != Some(true) {
                fix(40, format!("models may be trained with `{}`", class.class));
            }
        }
        if let Some(since) = risk.overdue_since {
            fix(30, format!("the record should have been looked at again by {since}"));
        }
        if let Some(since) = risk.review_overdue_since {
            fix(30, format!("an output should have been reviewed by {since}"));
        }
        for missing in &risk.missing {
            let urgency = match missing.consequence() {
                Consequence::NothingAllowed => 20,
                Consequence::EveryOutputHeld => 10,
            };
            fix(urgency, format!("the record lacks {missing}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::example;

    fn named(name: &str) -> Gate {
        Gate { name: name.parse().unwrap(), ..example() }
    }

    #[test]
    fn everything_that_can_be_reached_is_on_the_map() {
        let (one, other) = (named("one"), named("other"));
        let state = State::default();
        let map = map(&[(&one, &state), (&other, &state)], 0);
        let mailer = &map.access["mailer"];
        assert_eq!(mailer.keys().copied().collect::<Vec<_>>(), [Verb::Store, Verb::Trigger]);
        let gates: Vec<_> =
            mailer[&Verb::Trigger].iter().map(|reach| reach.gate.as_str()).collect();
        assert_eq!(gates, ["one", "other"]);
        assert_eq!(map.data["contact"].len(), 2);
        assert_eq!(map.to_fix, []);
    }

    #[test]
    fn the_worst_of_the_riskiest_gate_comes_first() {
        let mut risky = named("risky");
        risky.tags.risk = Some(Risk::High);
        risky.data.as_mut().unwrap()[0].consent_respected = Some(false);
        risky.owner = None;
        let mut late = named("late");
        late.review_by = Some("1999-12-31".parse().unwrap());
        let bare = Gate::named("bare".parse().unwrap());
        let state = State::default();
        let now_ms = 1_800_000_000_000;
        let map = map(&[(&late, &state), (&bare, &state), (&risky, &state)], now_ms);
        assert_eq!(map.to_fix[0].gate.as_str(), "risky");
        assert!(map.to_fix[0].what.contains("consent"));
        let tiers: Vec<_> = map.gates.iter().map(|risk| risk.gate.as_str()).collect();
        assert_eq!(tiers, ["bare", "risky", "late"]);
        assert!(map.to_fix.iter().any(|fix| fix.gate.as_str() == "late" && fix.urgency == 30));
        assert_eq!(map.gates[0].oversight, OversightEffect::EveryOutputHeld);
    }
}
