//! A small world in which everything is in order, so that tests change one thing of it.

use std::collections::BTreeMap;

use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_govern::{Facts, LevelHeld, Measured, State, decide};
use tollgate_model::{
    Checked, Content, ContentKind, Decision, Determinism, Digest, Failure, Figure, Finding, Gate,
    JsonText, LevelReason, Outcome, Place, Prompt, Report, Ruling, Scheme, Severity, Share,
    Subject,
};

/// The first of December 2026.
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
        prompt: Some(Prompt {
            name: "welcome-email".into(),
            version: "2.1.0".into(),
            digest: Digest::of("prompt").to_string(),
        }),
        context: JsonText::parse(context).unwrap(),
    }
}

/// Everything that is judged and decided by; in order until a test changes it.
#[derive(Clone, Debug)]
pub struct World {
    pub gate: Gate,
    pub facts: Facts,
    pub state: State,
    pub now_ms: u64,
    /// What each contract said, by what it is called in the gate.
    pub said: Vec<(String, Determinism, Vec<Verdict>)>,
}

impl World {
    /// Promoted to a sample of the outputs, and this one is not in it.
    pub fn in_order() -> Self {
        let gate = example();
        let run = Digest::of("a run that is not drawn");
        let facts = Facts::of(&subject(), Digest::of("subject"), run);
        let said = gate
            .contracts
            .iter()
            .map(|binding| (binding.id(), Determinism::Deterministic, vec![pass()]));
        let said = said.collect();
        Self { state: state(&gate, 4), gate, facts, now_ms: NOW_MS, said }
    }

    pub fn decide(&self) -> Decision {
        let checks: Vec<_> = self.said.iter().map(check).collect();
        decide(&self.gate, &checks, &self.facts, &self.state, self.now_ms)
    }

    pub fn ruling(&self) -> Ruling {
        self.decide().ruling
    }

    /// What a contract said.
    pub fn says(&mut self, contract: usize, verdicts: Vec<Verdict>) {
        self.said[contract].2 = verdicts;
    }

    pub fn at_level(&mut self, level: u8) {
        self.state.level = state(&self.gate, level).level;
    }
}

fn check((contract, determinism, verdicts): &(String, Determinism, Vec<Verdict>)) -> Checked {
    let verdicts = verdicts.iter().map(|said| tollgate_model::Verdict {
        said: said.clone(),
        answers: Vec::new(),
        fuel_used: 0,
    });
    let (contract, determinism) = (contract.clone(), *determinism);
    Checked { contract, determinism, verdicts: verdicts.collect() }
}

pub fn state(gate: &Gate, level: u8) -> State {
    let reason = LevelReason::Promoted {
        accepted_by: "Sam Reed".parse().unwrap(),
        reviewed: 40,
        approval_rate: Share::ALL,
    };
    let level = LevelHeld { scheme: Scheme::L0ToL5, level, since_ms: NOW_MS - 1_000_000, reason };
    let figure = |value| Measured { value: Figure::of(value).unwrap(), at_ms: NOW_MS - 1_000 };
    let figures =
        [("open-rate".into(), figure(0.4)), ("complaints-per-thousand".into(), figure(0.1))];
    State {
        level: Some(level),
        figures: BTreeMap::from(figures),
        brand_voice: gate.guardrails.brand_voice.as_ref().map(|voice| voice.digest),
        ..State::default()
    }
}

/// The codes of the reasons, with what they do.
pub fn codes(decision: &Decision) -> Vec<String> {
    let reasons = decision.reasons.iter();
    reasons.map(|reason| format!("{} {}", reason.effect, reason.cause.code())).collect()
}

#[track_caller]
pub fn comes_to(world: &World, ruling: Ruling, reasons: &[&str]) -> Decision {
    let decision = world.decide();
    assert_eq!(codes(&decision), reasons);
    assert_eq!(decision.ruling, ruling);
    decision
}

#[test]
fn the_world_is_in_order() {
    let decision = comes_to(&World::in_order(), Ruling::Allow, &[]);
    assert_eq!(decision.cost.unwrap().to_string(), "0.0072");
    assert_eq!(World::in_order().facts.kind, ContentKind::Text);
}
