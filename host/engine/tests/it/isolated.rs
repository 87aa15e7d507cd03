//! A sandbox serves one judgement and is gone: nothing of a subject is left for the next.

use serde_json::json;
use tollgate_engine::{Engine, Grants, Knobs, Preparation, Settings};

use crate::common::{component, config, engine, guest, judge, limits, load, text, word};
use crate::guests;

/// However sandboxes are made, whatever is kept between them.
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
async fn a_secret_does_not_stay() {
    for engine in engines() {
        let contract = load(&engine, guest("hostile")).await.unwrap();
        for _ in 0..10 {
            assert_eq!(word(&judge(&contract, "remember hunter2").await), "pass");
            let recalled = judge(&contract, "recall").await.verdict.unwrap();
            assert_eq!(recalled.findings, [], "nothing is recalled");
            let counted = judge(&contract, "count").await.verdict.unwrap();
            assert_eq!(counted.measures[0].value, 1.0);
        }
    }
}

/// Memory and tables that were written, grown or both are as they were.
#[tokio::test]
async fn no_residue_below_the_language() {
    for engine in engines() {
        for name in ["residue", "residue-table"] {
            let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
            for _ in 0..5 {
                assert_eq!(word(&judge(&contract, "text").await), "pass", "{name}");
            }
        }
    }
}

/// A contract whose neighbour in the pool crashed starts from its own state.
#[tokio::test]
async fn contracts_share_slots_and_nothing_else() {
    let engine = Engine::new(Settings { sandboxes_max: 1, ..Settings::default() }).unwrap();
    let one = load(&engine, guest("hostile")).await.unwrap();
    let other = load(&engine, guest("empty")).await.unwrap();
    for command in ["remember hunter2", "panic", "memory", "loop", "recursion"] {
        judge(&one, command).await;
        assert_eq!(word(&judge(&other, "text").await), "pass");
        assert_eq!(judge(&one, "recall").await.verdict.unwrap().findings, []);
    }
}

/// More judgements than sandboxes wait for each other, and none fails of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_pool_is_a_queue() {
    let engine = Engine::new(Settings { sandboxes_max: 2, ..Settings::default() }).unwrap();
    let contract = load(&engine, guest("hostile")).await.unwrap();
    let judgements: Vec<_> = (0..200)
        .map(|number| {
            let contract = contract.clone();
            tokio::spawn(async move {
                let subject = if number % 10 == 0 { "burn 1" } else { "count" };
                word(&contract.judge(&text(subject), Default::default()).await)
            })
        })
        .collect();
    for judgement in judgements {
        assert_eq!(judgement.await.unwrap(), "pass");
    }
}

/// Dropping a judgement takes its sandbox down and gives its place back.
#[tokio::test]
async fn a_dropped_judgement_leaves_nothing() {
    let engine = Engine::new(Settings { sandboxes_max: 1, ..Settings::default() }).unwrap();
    let contract = load(&engine, guest("hostile")).await.unwrap();
    for _ in 0..20 {
        let subject = text("loop");
        let judging = contract.judge(&subject, Default::default());
        let soon = std::time::Duration::from_millis(1);
        assert!(tokio::time::timeout(soon, judging).await.is_err());
        assert_eq!(word(&judge(&contract, "count").await), "pass");
    }
}

#[tokio::test]
async fn large_state_is_kept_and_fresh_each_time() {
    let config = config(json!({"configure": "huge-state"}));
    let engine = engine();
    let contract = engine.load(guest("hostile"), config, Grants::none(), limits()).await.unwrap();
    assert!(matches!(contract.preparation(), Preparation::Snapshot { .. }));
    for _ in 0..5 {
        assert_eq!(judge(&contract, "count").await.verdict.unwrap().measures[0].value, 1.0);
    }
}
