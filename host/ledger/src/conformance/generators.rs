//! Generators of events, so that few names and all orders are tried.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tollgate_model::{
    Digest, ErasureEvent, EventKind, Figure, KpiEvent, OutputId, ReviewAction, RollbackEvent,
    RolloutEvent, RolloutStage, Ruling, RunEvent, Share,
};

use super::fixtures::{
    approved_run, claim, incident, incident_about, level, line, review, run, run_event, spend,
};

/// Creates a runner that tries so many cases, and leaves no files behind.
pub fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

/// A small set of names, so that events often concern the same run.
fn name() -> impl Strategy<Value = String> {
    (0..4_u8).prop_map(|name| name.to_string())
}

fn ruling() -> impl Strategy<Value = Ruling> {
    prop_oneof![Just(Ruling::Allow), Just(Ruling::Hold), Just(Ruling::Hold), Just(Ruling::Block)]
}

fn action() -> impl Strategy<Value = ReviewAction> {
    let words = || "because".parse().unwrap();
    prop_oneof![
        Just(ReviewAction::Approve),
        name().prop_map(|name| ReviewAction::Edit { edited: Digest::of(name) }),
        Just(ReviewAction::Reject { reason: words() }),
        Just(ReviewAction::Escalate { reason: words() }),
    ]
}

fn person() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["Kim Osei", "Lee Park", "kim  osei"])
}

fn reviewing() -> impl Strategy<Value = EventKind> {
    prop_oneof![
        (name(), person(), 0..9_u64).prop_map(|(name, by, until)| claim(&name, by, until)),
        (name(), person(), action()).prop_map(|(name, by, action)| review(&name, by, action)),
        name().prop_map(|name| approved_run(&name)),
    ]
}

fn judging() -> impl Strategy<Value = EventKind> {
    let special = (name(), ruling(), any::<[bool; 2]>(), prop::option::of(name()));
    let special = special.prop_map(|(name, ruling, [audit, shadow], from)| {
        let mut event = run_event(&name, ruling);
        event.decision.audit = audit;
        event.decision.would_be = shadow.then_some(Ruling::Allow);
        event.output_id = Some(OutputId::new(&name[..1]));
        EventKind::Run(Box::new(RunEvent { edited_from: from.map(Digest::of), ..event }))
    });
    prop_oneof![
        (name(), ruling()).prop_map(|(name, ruling)| run(&name, ruling)),
        special,
        (name(), name()).prop_map(|(key, name)| line("batch", &key, &name)),
    ]
}

fn steering() -> impl Strategy<Value = EventKind> {
    let by = || "Dana Hill".parse().unwrap();
    let words = || "sent twice".parse().unwrap();
    let stages = vec![
        RolloutStage::Shadow,
        RolloutStage::Canary { share: Share::new(0.1).unwrap() },
        RolloutStage::Full,
        RolloutStage::Aborted,
    ];
    let rollout = (name(), prop::sample::select(stages)).prop_map(move |(name, stage)| {
        EventKind::Rollout(RolloutEvent {
            release: Digest::of(name),
            stage,
            by: by(),
            reason: None,
        })
    });
    let rollback = (prop::option::of(name()), prop::option::of(name()));
    let rollback = rollback.prop_map(move |(run, release)| {
        let (run, release) = (run.map(Digest::of), release.map(Digest::of));
        EventKind::Rollback(RollbackEvent { run, release, by: by(), reason: words() })
    });
    let kpi = any::<f64>()
        .prop_filter_map("finite", Figure::new)
        .prop_map(move |value| EventKind::Kpi(KpiEvent { kpi: words(), value, source: words() }));
    let spend = (0..1_000_000_000_000_000_u64, prop::option::of(name()))
        .prop_map(|(amount, campaign)| spend(amount, campaign.as_deref()));
    let incident = prop_oneof![
        name().prop_map(|name| incident(&name)),
        (name(), name()).prop_map(|(name, words)| incident_about(&name, &words)),
    ];
    // The digest of the content that runs with this name refer to.
    let erasure = name().prop_map(move |name| {
        let text = format!("{{\"text\":\"Welcome, {name}!\"}}");
        let contents = vec![Digest::of(text), Digest::of(name)];
        EventKind::Erasure(ErasureEvent { contents, by: words(), reason: words() })
    });
    prop_oneof![(0..4_u8).prop_map(level), rollout, rollback, kpi, spend, incident, erasure]
}

/// Events of every kind, in any order.
pub fn any_event() -> impl Strategy<Value = EventKind> {
    prop_oneof![judging(), reviewing(), judging(), reviewing(), steering()]
}
