//! A fixed event of each kind, with every field set.

use tollgate_ledger::LedgerEntry;
use tollgate_model::{
    BatchLine, ChangeEvent, ChecklistAnswer, ClaimEvent, Content, ContractCheck, Decision,
    DemotionCause, Determinism, Digest, EarlyText, EnforcementMode, ErasureEvent, Event, EventKind,
    Failure, Figure, Finding, HoldReason, HostAnswer, IncidentEvent, JsonText, KpiEvent,
    LevelChangeReason, LevelEvent, LevelScheme, LookupError, Measure, Money, Outcome,
    OutcomeCounts, OutputId, OversightPattern, Place, PromptRef, Reason, ReasonEffect, ReasonKind,
    RecordedVerdict, Report, RetainedContent, ReviewAction, ReviewEvent, RoleHolder, RollbackEvent,
    RolloutEvent, RolloutStage, Ruling, RunEvent, Severity, Share, Span, SpendEvent, Subject,
    Verdict,
};

/// 2026-11-30, 14:00 UTC.
pub const AT_MS: u64 = 1_796_047_200_000;
const HOUR_MS: u64 = 60 * 60 * 1000;

/// Returns one event of each kind. The first one is a run.
pub fn one_of_each_kind() -> Vec<LedgerEntry> {
    let run = || Digest::of("run");
    let by = || "Dana Hill".parse().unwrap();
    let reason = || "a wrong name".parse().unwrap();
    let kinds = [
        EventKind::Run(Box::new(run_event())),
        EventKind::Claim(ClaimEvent { run: run(), by: by(), until_ms: AT_MS + HOUR_MS }),
        EventKind::Review(ReviewEvent {
            run: run(),
            subject: Digest::of("subject"),
            by: by(),
            role: Some("editor".parse().unwrap()),
            action: ReviewAction::Edit { edited: Digest::of("edited") },
            answers: vec![ChecklistAnswer {
                item: "facts".parse().unwrap(),
                answer: "checked".parse().unwrap(),
                evidence: Some("price list 7".parse().unwrap()),
            }],
            time_ms: Some(90_000),
        }),
        EventKind::Level(LevelEvent {
            scheme: LevelScheme::L0ToL5,
            from: 4,
            to: 3,
            reason: LevelChangeReason::Demoted { causes: demotion_causes() },
        }),
        EventKind::Rollout(RolloutEvent {
            release: Digest::of("release"),
            stage: RolloutStage::Canary { share: Share::new(0.1).unwrap() },
            by: by(),
            reason: None,
        }),
        EventKind::Rollback(RollbackEvent {
            run: Some(run()),
            release: None,
            by: by(),
            reason: reason(),
        }),
        EventKind::Incident(IncidentEvent { description: reason(), by: by(), run: Some(run()) }),
        EventKind::Kpi(KpiEvent {
            kpi: "open-rate".parse().unwrap(),
            value: Figure::new(0.25).unwrap(),
            source: "newsletter tool".parse().unwrap(),
        }),
        EventKind::Spend(SpendEvent {
            run: Some(run()),
            campaign: Some("spring".into()),
            amount: "0.0125".parse().unwrap(),
        }),
        EventKind::Change(ChangeEvent {
            run: run(),
            system: "crm".parse().unwrap(),
            change: "sent letter 7".parse().unwrap(),
        }),
        EventKind::Erasure(ErasureEvent {
            contents: vec![Digest::of("content")],
            by: by().as_str().parse().unwrap(),
            reason: reason(),
        }),
    ];
    kinds.into_iter().map(entry).collect()
}

/// Text that had gone out before it was decided on.
pub const EARLY: EarlyText = EarlyText { bytes: 9, abandoned: true };

/// Returns the run with text that had gone out early.
pub fn run_with_early_text() -> Vec<LedgerEntry> {
    let run = RunEvent { early_text: Some(EARLY), ..run_event() };
    vec![entry(EventKind::Run(Box::new(run)))]
}

fn entry(kind: EventKind) -> LedgerEntry {
    let event = Event { at_ms: AT_MS, gate: "welcome-email".parse().unwrap(), kind };
    LedgerEntry { keep_until_ms: Some(AT_MS + 24 * HOUR_MS), ..LedgerEntry::new(event) }
}

fn demotion_causes() -> Vec<DemotionCause> {
    let figure = |number| Figure::new(number).unwrap();
    vec![
        DemotionCause::ThresholdBroken {
            kpi: "open-rate".into(),
            value: figure(0.1),
            limit: figure(0.2),
        },
        DemotionCause::Incident { at_ms: AT_MS, description: "a wrong name".into() },
        DemotionCause::Rollback { at_ms: AT_MS },
        DemotionCause::ReviewOverdue { since_ms: AT_MS },
        DemotionCause::RecordOverdue { review_by: "2026-11-30".parse().unwrap() },
        DemotionCause::ContractFailed { contract: "tollgate/pii".into() },
    ]
}

fn run_event() -> RunEvent {
    let context = JsonText::parse(r#"{"channel": "email"}"#).unwrap();
    let prompt = PromptRef {
        name: "welcome-email".into(),
        version: "2.1.0".into(),
        digest: Digest::of("prompt").to_string(),
    };
    let subject = Subject {
        prompt: Some(prompt.clone()),
        context,
        ..Subject::new(Content::Text("Welcome, Dana!".into()))
    };
    RunEvent {
        run: Digest::of("run"),
        release: Digest::of("release"),
        subject: Digest::of("subject"),
        output_id: Some(OutputId::new("dana")),
        output: Some(Digest::of("output")),
        content: RetainedContent::Full(Box::new(subject)),
        submitted_by: Some("newsletter tool".parse().unwrap()),
        author: Some("Ada Writer".parse().unwrap()),
        prompt: Some(prompt),
        model: Some("acme/large".into()),
        edited_from: Some(Digest::of("first run")),
        batch_line: Some(BatchLine { batch: "march".parse().unwrap(), key: "17".into() }),
        checks: vec![ContractCheck {
            contract: "tollgate/pii".into(),
            determinism: Determinism::Deterministic,
            part: None,
            verdicts: verdicts(),
            fails_ordinary: false,
        }],
        decision: Decision {
            ruling: Ruling::Block,
            would_be: Some(Ruling::Hold),
            reasons: reasons(),
            audit: true,
            undo_until_ms: Some(AT_MS + HOUR_MS),
            cost: Some(Money::from_micros(12_500)),
        },
        owner: Some(RoleHolder {
            name: "Sam Reed".parse().unwrap(),
            role: "head of marketing".parse().unwrap(),
        }),
        cost: Some(Money::from_micros(12_500)),
        time_us: 70,
        early_text: None,
    }
}

fn verdicts() -> Vec<RecordedVerdict> {
    let finding = Finding {
        rule: "email".into(),
        severity: Severity::Error,
        message: "an e-mail address".into(),
        place: Place::Span(Span { start: 0, end: 7 }),
        fix: Some("***".into()),
        confidence: Some(0.5),
    };
    let measures = vec![Measure { name: "words".into(), value: 2.0 }];
    let report = Report { outcome: Outcome::Fail, findings: vec![finding], measures };
    let table = || "staff".to_owned();
    let get = |answer| HostAnswer::LookupGet { table: table(), key: "dana".into(), answer };
    let answers = vec![
        HostAnswer::Clock { now_ms: AT_MS },
        get(Ok(Some("editor".into()))),
        get(Ok(None)),
        get(Err(LookupError::NotGranted(table()))),
        HostAnswer::LookupContainsAny {
            table: table(),
            keys: vec!["dana".into(), "noor".into()],
            answer: Ok(vec![true, false]),
        },
        HostAnswer::LookupContainsAny {
            table: table(),
            keys: Vec::new(),
            answer: Err(LookupError::Unavailable("it is gone".into())),
        },
        HostAnswer::PromptText { text: None },
    ];
    let failure = Failure::OutOfFuel { fuel: 1_000 };
    vec![
        RecordedVerdict { result: Verdict::Report(report), answers, fuel_used: 123 },
        RecordedVerdict {
            result: Verdict::Failure(failure),
            answers: Vec::new(),
            fuel_used: 1_000,
        },
    ]
}

fn reasons() -> Vec<Reason> {
    let (contract, mode) = ("tollgate/pii".to_owned(), EnforcementMode::Enforce);
    let answers = OutcomeCounts { pass: 1, fail: 1, unsure: 0 };
    let held = vec![HoldReason::Pattern { pattern: OversightPattern::InTheLoop }];
    vec![
        Reason {
            effect: ReasonEffect::Block,
            lifted: false,
            kind: ReasonKind::Failure {
                contract: contract.clone(),
                at: None,
                kind: "out-of-fuel".into(),
                message: "used up its 1000 units of fuel".into(),
                mode,
                fail_open: false,
                fails_ordinary: false,
            },
        },
        Reason {
            effect: ReasonEffect::Hold,
            lifted: true,
            kind: ReasonKind::NoMajority { contract, at: None, answers, majority: 2, mode },
        },
        Reason {
            effect: ReasonEffect::Hold,
            lifted: false,
            kind: ReasonKind::Oversight { reasons: held },
        },
        Reason {
            effect: ReasonEffect::Note,
            lifted: false,
            kind: ReasonKind::Demotion { cause: DemotionCause::Rollback { at_ms: AT_MS } },
        },
        Reason {
            effect: ReasonEffect::Note,
            lifted: false,
            kind: ReasonKind::UndoWindow { until_ms: AT_MS + HOUR_MS },
        },
    ]
}
