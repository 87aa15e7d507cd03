//! The risk map over all gates: access, data, missing controls, and the order in which to fix them.

use std::collections::BTreeMap;

use tollgate_model::{
    AccessKind, Consequence, Date, Gate, GateName, GatePart, OversightEffect, ReasonKind, Risk,
};

use crate::due_dates::{DueDate, find_due_dates};
use crate::oversight::required_oversight;
use crate::{GateState, completeness, score};

/// Urgency of a gate file that cannot be read: that of a missing part without which nothing is allowed.
const UNREADABLE_URGENCY: u32 = 20;

/// Access, data and open risks of all gates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskMap {
    /// Abilities by system and verb.
    pub access: BTreeMap<String, BTreeMap<AccessKind, Vec<AccessEntry>>>,
    /// Uses by data class.
    pub data: BTreeMap<String, Vec<DataUse>>,
    /// Gates, the riskiest first.
    pub gates: Vec<GateRisk>,
    /// Gates of the purpose `quality`, which delegate nothing to an AI and carry no risk here.
    pub judging_only: Vec<GateName>,
    /// Open problems, the most urgent first.
    pub to_fix: Vec<RiskFix>,
}

/// Ability of one gate in a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEntry {
    pub gate: GateName,
    pub ability: String,
}

/// Use of a data class by one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataUse {
    pub gate: GateName,
    /// Flags without an answer.
    pub unanswered: Vec<String>,
    /// Flags whose answer is a risk: use for training, or consent not respected.
    pub exposed: Vec<String>,
}

/// Risk of one gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateRisk {
    pub gate: GateName,
    /// Risk tag of the record; `None` counts as high.
    pub risk: Option<Risk>,
    /// Delegation score that counts; `None` if the score is incomplete.
    pub score: Option<u8>,
    /// Oversight in effect.
    pub oversight: OversightEffect,
    /// Parts that the record lacks.
    pub missing: Vec<GatePart>,
    /// `review-by` date of the record, if it has passed.
    pub overdue_since: Option<Date>,
    /// Due date of the oldest open review, if it has passed.
    pub review_overdue_since: Option<Date>,
    /// Days of the record that have passed or come soon, `review-by` among them.
    pub due: Vec<DueDate>,
    /// Whether the brand voice document is missing or differs from the agreed one.
    pub brand_voice_changed: bool,
}

/// Open problem of a gate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RiskFix {
    /// Urgency; higher numbers come first.
    pub urgency: u32,
    pub gate: GateName,
    pub problem: String,
}

/// Builds the risk map from the records and histories of all gates. The brand voice of a state is that of the document
/// as it is now.
pub fn build_risk_map(gates: &[(&Gate, &GateState)], now_ms: u64) -> RiskMap {
    let mut map = RiskMap {
        access: BTreeMap::new(),
        data: BTreeMap::new(),
        gates: Vec::new(),
        judging_only: Vec::new(),
        to_fix: Vec::new(),
    };
    let (judging, gates): (Vec<_>, Vec<_>) = gates.iter().partition(|(gate, _)| gate.is_quality());
    map.judging_only = judging.iter().map(|(gate, _)| gate.name.clone()).collect();
    for (gate, state) in gates {
        map.add_access(gate);
        map.add_data(gate);
        let risk = gate_risk(gate, state, now_ms);
        map.add_fixes(gate, &risk);
        map.gates.push(risk);
    }
    let by_risk =
        |risk: &GateRisk| (std::cmp::Reverse(urgency_factor(risk.risk)), risk.gate.clone());
    map.gates.sort_by_key(by_risk);
    map.sort_fixes();
    map
}

fn gate_risk(gate: &Gate, state: &GateState, now_ms: u64) -> GateRisk {
    let weighed = score::weigh_score(&gate.score, state.thresholds);
    let oversight = required_oversight(gate, state, weighed.as_ref(), &[], now_ms).effect;
    let mut missing = completeness::find_missing(gate, state.thresholds);
    missing.extend(completeness::find_missing_for_effect(gate, OversightEffect::Sampled));
    let overdue = gate.review_by.filter(|day| day.end_ms() <= now_ms);
    let review = state.earliest_review_due_ms.filter(|due_ms| *due_ms <= now_ms);
    GateRisk {
        gate: gate.name.clone(),
        risk: gate.tags.risk,
        score: weighed.map(|weighed| weighed.counted),
        oversight,
        missing,
        overdue_since: overdue,
        review_overdue_since: review.map(Date::from_ms),
        due: find_due_dates(gate, now_ms),
        brand_voice_changed: is_brand_voice_changed(gate, state),
    }
}

fn is_brand_voice_changed(gate: &Gate, state: &GateState) -> bool {
    let agreed = gate.guardrails.brand_voice.as_ref().map(|voice| voice.digest);
    agreed.is_some() && state.brand_voice != agreed
}

impl GateRisk {
    /// Returns the first day on which something of the record ends or is due, if all is valid today.
    pub fn next_due(&self) -> Option<Date> {
        if self.due.iter().any(DueDate::is_fault) {
            return None;
        }
        self.due.iter().find_map(DueDate::last_day)
    }

    /// Returns how many parts of the record are not valid today.
    pub fn fault_count(&self) -> usize {
        self.due.iter().filter(|due| due.is_fault()).count()
    }
}

/// Returns the factor for a risk tag. An untagged gate counts as high risk.
fn urgency_factor(risk: Option<Risk>) -> u32 {
    match risk {
        Some(Risk::Low) => 1,
        Some(Risk::Medium) => 2,
        Some(Risk::High) | None => 3,
    }
}

impl RiskMap {
    /// Adds a gate whose file cannot be read, for this reason. Nothing else is known of it, so it counts as high risk.
    pub fn add_unreadable(&mut self, gate: GateName, problem: String) {
        let urgency = UNREADABLE_URGENCY * urgency_factor(None);
        self.to_fix.push(RiskFix { urgency, gate, problem });
        self.sort_fixes();
    }

    /// Removes what is about other gates than those that somebody may see.
    pub fn retain_gates(&mut self, is_visible: impl Fn(&GateName) -> bool) {
        for verbs in self.access.values_mut() {
            verbs.values_mut().for_each(|entries| entries.retain(|one| is_visible(&one.gate)));
            verbs.retain(|_, entries| !entries.is_empty());
        }
        self.access.retain(|_, verbs| !verbs.is_empty());
        self.data.values_mut().for_each(|uses| uses.retain(|one| is_visible(&one.gate)));
        self.data.retain(|_, uses| !uses.is_empty());
        self.gates.retain(|one| is_visible(&one.gate));
        self.judging_only.retain(|gate| is_visible(gate));
        self.to_fix.retain(|one| is_visible(&one.gate));
    }

    fn sort_fixes(&mut self) {
        self.to_fix.sort_by(|a, b| b.urgency.cmp(&a.urgency).then_with(|| a.cmp(b)));
    }

    fn add_access(&mut self, gate: &Gate) {
        for access in &gate.access {
            let verbs = self.access.entry(access.system.to_string()).or_default();
            for verb in AccessKind::ALL {
                let abilities = access.get(verb).unwrap_or_default().iter();
                let entries = abilities.map(|ability| AccessEntry {
                    gate: gate.name.clone(),
                    ability: ability.to_string(),
                });
                verbs.entry(verb).or_default().extend(entries);
            }
            verbs.retain(|_, entries| !entries.is_empty());
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

    /// Adds the open problems of a gate. Exposed data is more urgent than what is overdue, has ended or was changed, this
    /// more than missing parts, and these more than what ends soon; each is weighted by the risk of the gate.
    fn add_fixes(&mut self, gate: &Gate, risk: &GateRisk) {
        let weight = urgency_factor(risk.risk);
        let mut add_fix = |urgency: u32, problem: String| {
            self.to_fix.push(RiskFix {
                urgency: urgency * weight,
                gate: gate.name.clone(),
                problem,
            });
        };
        // Unanswered flags are missing parts of the record and reported below.
        for class in gate.data.iter().flatten() {
            if class.consent_respected == Some(false) {
                add_fix(
                    40,
                    format!("consent is not respected for the data class `{}`", class.class),
                );
            }
            if class.may_be_used_for_training == Some(true) && class.anonymised != Some(true) {
                add_fix(
                    40,
                    format!(
                        "the data class `{}` may be used for training without being anonymised",
                        class.class
                    ),
                );
            }
        }
        for due in &risk.due {
            add_fix(if due.is_fault() { 30 } else { 5 }, due.to_string());
        }
        if risk.brand_voice_changed {
            add_fix(30, ReasonKind::BrandVoiceChanged.to_string());
        }
        if let Some(since) = risk.review_overdue_since {
            add_fix(30, format!("the review of an output was due on {since}"));
        }
        for missing in &risk.missing {
            let urgency = match missing.consequence() {
                Consequence::NothingAllowed => 20,
                Consequence::EveryOutputHeld => 10,
            };
            add_fix(urgency, format!("the gate record lacks {missing}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::example;

    /// A day on which everything of the example gate is valid.
    const VALID_DAY_MS: u64 = 1_796_083_200_000;

    fn named(name: &str) -> Gate {
        Gate { name: name.parse().unwrap(), ..example() }
    }

    /// Returns a state in which the brand voice document of the example is the agreed one.
    fn agreed() -> GateState {
        let voice = example().guardrails.brand_voice.map(|voice| voice.digest);
        GateState { brand_voice: voice, ..GateState::default() }
    }

    #[test]
    fn lists_all_access_and_data() {
        let (one, other) = (named("one"), named("other"));
        let state = agreed();
        let map = build_risk_map(&[(&one, &state), (&other, &state)], VALID_DAY_MS);
        let mailer = &map.access["mailer"];
        assert_eq!(
            mailer.keys().copied().collect::<Vec<_>>(),
            [AccessKind::Store, AccessKind::Trigger]
        );
        let gates: Vec<_> =
            mailer[&AccessKind::Trigger].iter().map(|entry| entry.gate.as_str()).collect();
        assert_eq!(gates, ["one", "other"]);
        assert_eq!(map.data["contact"].len(), 2);
        assert_eq!(map.to_fix, []);
    }

    #[test]
    fn sorts_by_urgency_and_risk() {
        let mut risky = named("risky");
        risky.tags.risk = Some(Risk::High);
        risky.data.as_mut().unwrap()[0].consent_respected = Some(false);
        risky.owner = None;
        let mut late = named("late");
        late.review_by = Some("1999-12-31".parse().unwrap());
        let bare = Gate::named("bare".parse().unwrap());
        let state = agreed();
        let now_ms = 1_800_000_000_000;
        let map = build_risk_map(&[(&late, &state), (&bare, &state), (&risky, &state)], now_ms);
        assert_eq!(map.to_fix[0].gate.as_str(), "risky");
        assert!(map.to_fix[0].problem.contains("consent"));
        let tiers: Vec<_> = map.gates.iter().map(|risk| risk.gate.as_str()).collect();
        assert_eq!(tiers, ["bare", "risky", "late"]);
        assert!(map.to_fix.iter().any(|fix| fix.gate.as_str() == "late" && fix.urgency == 30));
        assert_eq!(map.gates[0].oversight, OversightEffect::EveryOutputHeld);
    }

    #[test]
    fn a_gate_that_cannot_be_read_is_to_fix() {
        let gate = named("mail");
        let mut map = build_risk_map(&[(&gate, &agreed())], VALID_DAY_MS);
        map.add_unreadable("draft".parse().unwrap(), "the gate file cannot be read".into());
        let [fix] = map.to_fix.as_slice() else { panic!("{:?}", map.to_fix) };
        assert_eq!((fix.gate.as_str(), fix.urgency), ("draft", 60));
    }

    #[test]
    fn knows_the_date_and_the_brand_voice() {
        let gate = named("mail");
        let problems = |day: &str, state: &GateState| {
            let now_ms = day.parse::<Date>().unwrap().start_ms();
            let map = build_risk_map(&[(&gate, state)], now_ms);
            let texts = map.to_fix.iter().map(|fix| (fix.urgency, fix.problem.clone()));
            (map.gates[0].next_due().map(|day| day.to_string()), texts.collect::<Vec<_>>())
        };
        assert_eq!(problems("2026-12-01", &agreed()), (None, Vec::new()));
        let (next, soon) = problems("2027-01-20", &agreed());
        assert_eq!((next.as_deref(), soon.len(), soon[0].0), (Some("2027-01-31"), 1, 5));
        let (next, ended) = problems("2027-09-01", &agreed());
        assert_eq!((next, ended.len()), (None, 3));
        assert!(ended.iter().all(|(urgency, _)| *urgency == 30), "{ended:?}");
        let (_, changed) = problems("2026-12-01", &GateState::default());
        let told = "the brand voice document is missing or differs from the agreed one";
        assert_eq!(changed, [(30, told.to_owned())]);
    }

    #[test]
    fn shows_nothing_of_other_gates() {
        let (mut seen, mut hidden) = (named("seen"), named("hidden"));
        seen.access.truncate(1);
        hidden.owner = None;
        let quality = Gate { purpose: tollgate_model::GatePurpose::Quality, ..named("quality") };
        let state = agreed();
        let all = [(&seen, &state), (&hidden, &state), (&quality, &state)];
        let mut map = build_risk_map(&all, VALID_DAY_MS);
        map.add_unreadable("unreadable".parse().unwrap(), "it cannot be read".into());
        map.retain_gates(|gate| gate.as_str() == "seen");
        assert_eq!(map, build_risk_map(&all[..1], VALID_DAY_MS));
        map.retain_gates(|_| false);
        assert_eq!(map, build_risk_map(&[], VALID_DAY_MS));
    }
}
