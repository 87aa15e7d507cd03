//! What deciding costs, once the contracts have said what they say.

use std::hint::black_box;

use anyhow::Context;
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_govern::{Facts, LevelHeld, Measured, State, decide};
use tollgate_model::{
    Checked, Content, Determinism, Digest, Figure, Finding, Gate, JsonText, LevelReason, Outcome,
    Place, Prompt, Report, Ruling, Scheme, Severity, Subject, Verdict,
};

use crate::measure;
use crate::page::{Page, us};

/// The first of December 2026.
const NOW_MS: u64 = 1_796_083_200_000;

pub fn run(page: &mut Page) -> anyhow::Result<()> {
    page.head("Deciding");
    page.say("The gate of `tollgate init`, three contracts, every rule asked.");
    page.say("");
    page.columns(&["an output", "facts read and decided"]);
    let gate = tollgate_govern::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL)
        .map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let subject = subject()?;
    for (what, level, findings, ruling) in [
        ("that is allowed: a share is looked at", 4, 0, Ruling::Allow),
        ("that is held: a human approves each", 3, 0, Ruling::Hold),
        ("that is blocked, with four findings of each contract", 4, 4, Ruling::Block),
    ] {
        let (checks, state) = (checks(&gate, findings), state(&gate, level)?);
        let one = || {
            let (output, run) = (Digest::from_bytes([1; 32]), Digest::from_bytes([2; 32]));
            let facts = Facts::of(black_box(&subject), output, run);
            decide(&gate, black_box(&checks), &facts, &state, NOW_MS)
        };
        assert_eq!(one().ruling, ruling, "{:?}", one().reasons);
        let time = measure::natively(|| {
            black_box(one());
        });
        page.row(&[what.into(), us(time)]);
    }
    Ok(())
}

fn subject() -> anyhow::Result<Subject> {
    let context = r#"{"channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "autumn",
        "region": "eu", "data-classes": ["contact"], "input-tokens": 412, "output-tokens": 96}"#;
    let prompt = Prompt {
        name: "welcome-email".into(),
        version: "2.1.0".into(),
        digest: Digest::of("prompt").to_string(),
    };
    let content = Content::Text("Welcome, Lee!".into());
    Ok(Subject { content, prompt: Some(prompt), context: JsonText::parse(context)? })
}

/// A gate at a level, with good figures.
fn state(gate: &Gate, level: u8) -> anyhow::Result<State> {
    let reason = LevelReason::Demoted { causes: Vec::new() };
    let held = LevelHeld { scheme: Scheme::L0ToL5, level, since_ms: NOW_MS - 2_000, reason };
    let good = |value| {
        let value = Figure::of(value).context("no figure")?;
        anyhow::Ok(Measured { value, at_ms: NOW_MS - 1_000 })
    };
    let figures =
        [("open-rate".into(), good(0.4)?), ("complaints-per-thousand".into(), good(0.1)?)];
    Ok(State {
        level: Some(held),
        figures: figures.into(),
        brand_voice: gate.guardrails.brand_voice.as_ref().map(|voice| voice.digest),
        ..State::default()
    })
}

fn checks(gate: &Gate, findings: usize) -> Vec<Checked> {
    let finding = |number: usize| Finding {
        rule: format!("rule-{number}"),
        severity: Severity::Error,
        message: "what it says of a rule that does not hold".into(),
        place: Place::Whole,
        fix: None,
        confidence: None,
    };
    let outcome = if findings == 0 { Outcome::Pass } else { Outcome::Fail };
    let report =
        Report { outcome, findings: (0..findings).map(finding).collect(), measures: Vec::new() };
    let verdict = Verdict { said: Ok(report), answers: Vec::new(), fuel_used: 0 };
    let check = |contract| Checked {
        contract,
        determinism: Determinism::Deterministic,
        verdicts: vec![verdict.clone()],
    };
    gate.contracts.iter().map(|binding| check(binding.id())).collect()
}
