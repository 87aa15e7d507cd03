//! Isolation: a sandbox serves one judgement, and leaves nothing for the next.

use serde_json::json;
use tollgate_engine::{Engine, Grants, Knobs, Preparation, Settings};

use crate::common::{component, config, engine, guest, judge, limits, load, text, verdict_name};
use crate::guests;

/// Engines with every way of allocating and resetting sandboxes.
fn engines() -> Vec<Engine> {
    let knobs = [
        Knobs::default(),
        Knobs { snapshot: false, ..Knobs::default() },
        Knobs { pagemap_scan: false, ..Knobs::default() },
        Knobs { pagemap_scan: false, memory_keep_resident_bytes: 0, ..Knobs::default() },
        Knobs { warm_slots_max: 0, ..Knobs::default() },
        Knobs { pooling: false, ..Knobs::default() },
    ];
    let settings = |knobs| Settings { sandboxes_max: 2, knobs, ..Settings::default() };
    knobs.into_iter().map(|knobs| Engine::new(settings(knobs)).unwrap()).collect()
}

#[tokio::test]
async fn later_judgements_cannot_recall_a_secret() {
    for engine in engines() {
        let contract = load(&engine, guest("hostile")).await.unwrap();
        for _ in 0..10 {
            assert_eq!(verdict_name(&judge(&contract, "remember hunter2").await), "pass");
            let recalled = judge(&contract, "recall").await.verdict.unwrap();
            assert_eq!(recalled.findings, [], "nothing is recalled");
            let counted = judge(&contract, "count").await.verdict.unwrap();
            assert_eq!(counted.measures[0].value, 1.0);
        }
    }
}

/// Memories and tables that were written or grown are reset.
#[tokio::test]
async fn memories_tables_and_globals_are_reset() {
    for engine in engines() {
        for name in ["residue", "residue-table"] {
            let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
            for _ in 0..5 {
                assert_eq!(verdict_name(&judge(&contract, "text").await), "pass", "{name}");
            }
        }
    }
}

/// A contract that gets the pool slot of a crashed one starts from its own state.
#[tokio::test]
async fn contracts_share_slots_but_no_state() {
    let engine = Engine::new(Settings { sandboxes_max: 1, ..Settings::default() }).unwrap();
    let one = load(&engine, guest("hostile")).await.unwrap();
    let other = load(&engine, guest("empty")).await.unwrap();
    for command in ["remember hunter2", "panic", "memory", "loop", "recursion"] {
        judge(&one, command).await;
        assert_eq!(verdict_name(&judge(&other, "text").await), "pass");
        assert_eq!(judge(&one, "recall").await.verdict.unwrap().findings, []);
    }
}

/// With more judgements than sandboxes, some wait and none fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn judgements_wait_for_a_full_pool() {
    let engine = Engine::new(Settings { sandboxes_max: 2, ..Settings::default() }).unwrap();
    let contract = load(&engine, guest("hostile")).await.unwrap();
    let judgements: Vec<_> = (0..200)
        .map(|number| {
            let contract = contract.clone();
            tokio::spawn(async move {
                let subject = if number % 10 == 0 { "burn 1" } else { "count" };
                verdict_name(&contract.judge(&text(subject), Default::default()).await)
            })
        })
        .collect();
    for judgement in judgements {
        assert_eq!(judgement.await.unwrap(), "pass");
    }
}

/// Dropping a judgement ends its sandbox and frees its slot.
#[tokio::test]
async fn dropped_judgement_frees_its_slot() {
    let engine = Engine::new(Settings { sandboxes_max: 1, ..Settings::default() }).unwrap();
    let contract = load(&engine, guest("hostile")).await.unwrap();
    for _ in 0..20 {
        let subject = text("loop");
        let judging = contract.judge(&subject, Default::default());
        let soon = std::time::Duration::from_millis(1);
        assert!(tokio::time::timeout(soon, judging).await.is_err());
        assert_eq!(verdict_name(&judge(&contract, "count").await), "pass");
    }
}

#[tokio::test]
async fn large_snapshots_are_restored_each_time() {
    let config = config(json!({"configure": "huge-state"}));
    let engine = engine();
    let contract = engine.load(guest("hostile"), config, Grants::none(), limits()).await.unwrap();
    assert!(matches!(contract.preparation(), Preparation::Snapshot { .. }));
    for _ in 0..5 {
        assert_eq!(judge(&contract, "count").await.verdict.unwrap().measures[0].value, 1.0);
    }
}
