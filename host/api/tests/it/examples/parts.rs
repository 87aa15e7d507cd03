//! Values that several examples contain.

use tollgate_api::Timestamp;
use tollgate_model::{
    Content, ContractCheck, Decision, Determinism, Digest, EnforcementMode, EventKind, Finding,
    Measure, Outcome, OutputId, Place, PromptRef, Reason, ReasonEffect, ReasonKind,
    RecordedVerdict, Report, RetainedContent, RoleHolder, Ruling, RunEvent, Severity, Span,
    Subject, Verdict,
};

/// A time after all others of the examples.
pub const AT: Timestamp = Timestamp(1_774_949_400_125);

pub fn digest(name: &str) -> Digest {
    Digest::of(name)
}

pub fn finding() -> Finding {
    Finding {
        rule: "email".into(),
        severity: Severity::Error,
        message: "the text contains an e-mail address".into(),
        place: Place::Span(Span { start: 9, end: 25 }),
        fix: Some("our support".into()),
        confidence: Some(0.9),
    }
}

pub fn reason() -> Reason {
    let Finding { rule, severity, message, .. } = finding();
    let (contract, mode) = ("tollgate/pii".into(), EnforcementMode::Enforce);
    let kind = ReasonKind::Finding { contract, at: None, rule, severity, message, mode };
    Reason { effect: ReasonEffect::Hold, lifted: false, kind }
}

pub fn decision() -> Decision {
    Decision {
        ruling: Ruling::Hold,
        would_be: None,
        reasons: vec![reason()],
        audit: false,
        undo_until_ms: None,
        cost: Some("0.002".parse().unwrap()),
    }
}

pub fn report() -> Report {
    Report {
        outcome: Outcome::Fail,
        findings: vec![finding()],
        measures: vec![Measure { name: "words".into(), value: 3.0 }],
    }
}

pub fn check() -> ContractCheck {
    let result = Verdict::Report(report());
    ContractCheck {
        contract: "tollgate/pii".into(),
        determinism: Determinism::Deterministic,
        part: None,
        verdicts: vec![RecordedVerdict { result, answers: Vec::new(), fuel_used: 48_210 }],
        fails_ordinary: false,
    }
}

pub fn prompt_ref() -> PromptRef {
    PromptRef {
        name: "welcome-email".into(),
        version: "2.1.0".into(),
        digest: digest("prompt").to_string(),
    }
}

pub fn owner() -> RoleHolder {
    RoleHolder { name: "Dana Hill".parse().unwrap(), role: "head of support".parse().unwrap() }
}

pub fn content() -> RetainedContent {
    let mut subject = Subject::new(Content::Text("Write to dana@example.com".into()));
    subject.prompt = Some(prompt_ref());
    RetainedContent::Full(Box::new(subject))
}

pub fn run_event() -> RunEvent {
    RunEvent {
        run: digest("run"),
        release: digest("release"),
        subject: digest("subject"),
        output_id: Some(OutputId::new("order-4711")),
        output: Some(digest("output")),
        content: content(),
        submitted_by: Some("Kim Lee".parse().unwrap()),
        author: None,
        prompt: Some(prompt_ref()),
        model: Some("acme/large".into()),
        edited_from: None,
        early_text: None,
        batch_line: None,
        checks: vec![check()],
        decision: decision(),
        owner: Some(owner()),
        cost: Some("0.002".parse().unwrap()),
        time_us: 740,
    }
}

pub fn event() -> EventKind {
    EventKind::Run(Box::new(run_event()))
}
