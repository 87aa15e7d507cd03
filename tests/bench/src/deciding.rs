//! Cost of a decision, given the reports of the contracts.

use std::hint::black_box;

use anyhow::Context;
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_govern::{GateState, KpiReading, OutputFacts, RecordedLevel, decide};
use tollgate_model::{
    Content, ContractCheck, Determinism, Digest, Figure, Finding, Gate, JsonText,
    LevelChangeReason, LevelScheme, Outcome, Place, PromptRef, RecordedVerdict, Report, Ruling,
    Severity, Subject, Verdict,
};

use crate::measure;
use crate::page::{Page, format_us};

/// 2026-12-01 00:00 UTC.
const NOW_MS: u64 = 1_796_083_200_000;

pub fn run(page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("Deciding");
    page.add_line("The gate of `tollgate init`, three contracts, every rule checked.");
    page.add_line("");
    page.add_columns(&["an output", "facts read and decided"]);
    let gate = tollgate_govern::read::read(WELCOME_EMAIL_FILE, WELCOME_EMAIL)?;
    let subject = example_subject()?;
    for (name, level, findings, ruling) in [
        ("allowed, with a sample for audit", 4, 0, Ruling::Allow),
        ("held for approval", 3, 0, Ruling::Hold),
        ("blocked, with four findings of each contract", 4, 4, Ruling::Block),
    ] {
        let (checks, state) = (example_checks(&gate, findings), gate_state(&gate, level)?);
        let decide_once = || {
            let (output, run) = (Digest::from_bytes([1; 32]), Digest::from_bytes([2; 32]));
            let facts = OutputFacts::from_subject(black_box(&subject), output, run);
            decide(&gate, black_box(&checks), &facts, &state, NOW_MS)
        };
        let decision = decide_once();
        assert_eq!(decision.ruling, ruling, "{:?}", decision.reasons);
        let time = measure::time_call(|| {
            black_box(decide_once());
        });
        page.add_row(&[name.into(), format_us(time)]);
    }
    Ok(())
}

fn example_subject() -> anyhow::Result<Subject> {
    let context = r#"{"channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "autumn",
        "region": "eu", "data-classes": ["contact"], "input-tokens": 412, "output-tokens": 96}"#;
    let prompt = PromptRef {
        name: "welcome-email".into(),
        version: "2.1.0".into(),
        digest: Digest::of("prompt").to_string(),
    };
    let content = Content::Text("Welcome, Lee!".into());
    Ok(Subject { content, prompt: Some(prompt), context: JsonText::parse(context)? })
}

/// Returns the state of a gate at a level, with figures that break no threshold.
fn gate_state(gate: &Gate, level: u8) -> anyhow::Result<GateState> {
    let reason = LevelChangeReason::Demoted { causes: Vec::new() };
    let recorded =
        RecordedLevel { scheme: LevelScheme::L0ToL5, level, since_ms: NOW_MS - 2_000, reason };
    let good = |value| {
        let value = Figure::new(value).context("no figure")?;
        anyhow::Ok(KpiReading { value, at_ms: NOW_MS - 1_000, is_new: true })
    };
    let figures =
        [("open-rate".into(), good(0.4)?), ("complaints-per-thousand".into(), good(0.1)?)];
    Ok(GateState {
        level: Some(recorded),
        figures: figures.into(),
        brand_voice: gate.guardrails.brand_voice.as_ref().map(|voice| voice.digest),
        ..GateState::default()
    })
}

fn example_checks(gate: &Gate, findings: usize) -> Vec<ContractCheck> {
    let finding = |number: usize| Finding {
        rule: format!("rule-{number}"),
        severity: Severity::Error,
        message: "the message of a rule that is broken".into(),
        place: Place::Whole,
        fix: None,
        confidence: None,
    };
    let outcome = if findings == 0 { Outcome::Pass } else { Outcome::Fail };
    let report =
        Report { outcome, findings: (0..findings).map(finding).collect(), measures: Vec::new() };
    let verdict =
        RecordedVerdict { result: Verdict::Report(report), answers: Vec::new(), fuel_used: 0 };
    let check = |contract| ContractCheck {
        contract,
        determinism: Determinism::Deterministic,
        part: None,
        verdicts: vec![verdict.clone()],
        fails_ordinary: false,
    };
    gate.contracts.iter().map(|binding| check(binding.id())).collect()
}
