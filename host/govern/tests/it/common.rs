//! A valid scenario that tests change in one place.

use std::collections::BTreeMap;

use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_govern::{GateState, KpiReading, OutputFacts, RecordedLevel, decide};
use tollgate_model::{
    Content, ContentKind, ContractCheck, Decision, Determinism, Digest, Failure, Figure, Finding,
    Gate, JsonText, LevelChangeReason, LevelScheme, Outcome, Place, PromptRef, Report, Ruling,
    Severity, Share, Subject,
};

/// 2026-12-01 00:00 UTC.
pub const NOW_MS: u64 = 1_796_083_200_000;

pub type Verdict = Result<Report, Failure>;

pub fn example() -> Gate {
    tollgate_govern::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL).unwrap()
}

pub fn report(outcome: Outcome, findings: &[Severity]) -> Verdict {
    let finding = |severity: &Severity| Finding {
        rule: "rule".into(),
        severity: *severity,
        message: "message".into(),
        place: Place::Whole,
        fix: None,
        confidence: None,
    };
    let findings = findings.iter().map(finding).collect();
    Ok(Report { outcome, findings, measures: Vec::new() })
}

pub fn pass() -> Verdict {
    report(Outcome::Pass, &[])
}

pub fn failure() -> Verdict {
    Err(Failure::OutOfFuel { fuel: 7 })
}

pub fn subject() -> Subject {
    let context = r#"{"channel": "email", "model": "acme/large", "confidence": 0.93,
        "campaign": "spring", "data-classes": ["contact"], "region": "eu",
        "input-tokens": 900, "output-tokens": 300, "author": "Ada Writer"}"#;
    Subject {
        content: Content::Text("Welcome, Lee!".into()),
        prompt: Some(PromptRef {
            name: "welcome-email".into(),
            version: "2.1.0".into(),
            digest: Digest::of("prompt").to_string(),
        }),
        context: JsonText::parse(context).unwrap(),
    }
}

/// Input of one decision.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub gate: Gate,
    pub facts: OutputFacts,
    pub state: GateState,
    pub now_ms: u64,
    /// Results of the contracts, by their names in the gate.
    pub results: Vec<(String, Determinism, Vec<Verdict>)>,
    /// Whether the contracts fail on an ordinary output, too.
    pub fails_ordinary: bool,
}

impl Scenario {
    /// Returns a scenario that is allowed: at a sampled level, with a run that is not in the
    /// sample.
    pub fn valid() -> Self {
        let gate = example();
        let run = Digest::of("a run that is not drawn");
        let facts = OutputFacts::from_subject(&subject(), Digest::of("subject"), run);
        let results = gate
            .contracts
            .iter()
            .map(|binding| (binding.id(), Determinism::Deterministic, vec![pass()]));
        let results = results.collect();
        let state = state(&gate, 4);
        Self { state, gate, facts, now_ms: NOW_MS, results, fails_ordinary: false }
    }

    pub fn decide(&self) -> Decision {
        self.decide_by(&self.checks())
    }

    /// Decides by other checks than those of the results.
    pub fn decide_by(&self, checks: &[ContractCheck]) -> Decision {
        decide(&self.gate, checks, &self.facts, &self.state, self.now_ms)
    }

    /// Returns the checks of whole outputs with the results.
    pub fn checks(&self) -> Vec<ContractCheck> {
        self.results.iter().map(|result| self.check(result)).collect()
    }

    pub fn ruling(&self) -> Ruling {
        self.decide().ruling
    }

    pub fn set_verdicts(&mut self, contract: usize, verdicts: Vec<Verdict>) {
        self.results[contract].2 = verdicts;
    }

    pub fn set_level(&mut self, level: u8) {
        self.state.level = state(&self.gate, level).level;
    }

    fn check(
        &self,
        (contract, determinism, verdicts): &(String, Determinism, Vec<Verdict>),
    ) -> ContractCheck {
        let verdicts = verdicts.iter().map(|verdict| tollgate_model::RecordedVerdict {
            result: verdict.clone().into(),
            answers: Vec::new(),
            fuel_used: 0,
        });
        let (contract, determinism) = (contract.clone(), *determinism);
        let fails_ordinary = self.fails_ordinary;
        let verdicts = verdicts.collect();
        ContractCheck { contract, determinism, part: None, verdicts, fails_ordinary }
    }
}

/// Returns the scenario that is allowed, with a change.
pub fn scenario(change: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut scenario = Scenario::valid();
    change(&mut scenario);
    scenario
}

/// Returns a scenario whose subject context has one replacement.
pub fn with_context(from: &str, to: &str) -> Scenario {
    let subject = subject();
    let context = subject.context.as_str().replace(from, to);
    assert_ne!(context, subject.context.as_str());
    let subject = Subject { context: JsonText::parse(context).unwrap(), ..subject };
    scenario(|scenario| {
        scenario.facts =
            OutputFacts::from_subject(&subject, scenario.facts.subject, scenario.facts.run)
    })
}

pub fn state(gate: &Gate, level: u8) -> GateState {
    let reason = LevelChangeReason::Promoted {
        accepted_by: "Sam Reed".parse().unwrap(),
        reviewed: 40,
        approval_rate: Share::ALL,
    };
    let level =
        RecordedLevel { scheme: LevelScheme::L0ToL5, level, since_ms: NOW_MS - 1_000_000, reason };
    let figure = |value| KpiReading {
        value: Figure::new(value).unwrap(),
        at_ms: NOW_MS - 1_000,
        is_new: true,
    };
    let figures =
        [("open-rate".into(), figure(0.4)), ("complaints-per-thousand".into(), figure(0.1))];
    GateState {
        level: Some(level),
        figures: BTreeMap::from(figures),
        brand_voice: gate.guardrails.brand_voice.as_ref().map(|voice| voice.digest),
        ..GateState::default()
    }
}

/// Returns the reasons as `effect code`.
pub fn codes(decision: &Decision) -> Vec<String> {
    let reasons = decision.reasons.iter();
    reasons.map(|reason| format!("{} {}", reason.effect, reason.kind.code())).collect()
}

#[track_caller]
pub fn assert_decision(scenario: &Scenario, ruling: Ruling, reasons: &[&str]) -> Decision {
    let decision = scenario.decide();
    assert_eq!(codes(&decision), reasons);
    assert_eq!(decision.ruling, ruling);
    decision
}

#[test]
fn valid_scenario_is_allowed() {
    let decision = assert_decision(&Scenario::valid(), Ruling::Allow, &[]);
    assert_eq!(decision.cost.unwrap().to_string(), "0.0072");
    assert_eq!(Scenario::valid().facts.kind, ContentKind::Text);
}
