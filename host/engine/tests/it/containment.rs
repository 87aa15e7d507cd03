//! Misbehaving contracts: each is stopped with the right failure, and the next judgement is not
//! affected.

use serde_json::json;
use tollgate_engine::{Contract, Engine, Grants, HostContext, Limits};
use tollgate_model::{Failure, Subject};

use crate::common::{component, config, engine, guest, judge, limits, load, text, verdict_name};
use crate::guests;

/// Checks the kind of failure of a subject, and that a harmless one passes afterwards.
async fn check(contract: &Contract, subject: &str, expected: &str) -> Failure {
    let judgement = judge(contract, subject).await;
    assert_eq!(verdict_name(&judgement), expected, "{subject}: {:?}", judgement.verdict);
    assert_eq!(verdict_name(&judge(contract, "harmless").await), "pass", "after {subject}");
    judgement.verdict.unwrap_err()
}

async fn hostile(engine: &Engine) -> Contract {
    load(engine, guest("hostile")).await.unwrap()
}

/// Loads the guest with enough fuel to reach the other limits.
async fn hostile_with_fuel(engine: &Engine) -> Contract {
    let limits = Limits { fuel: 2_000_000_000, ..limits() };
    engine.load(guest("hostile"), config(json!({})), Grants::none(), limits).await.unwrap()
}

#[tokio::test]
async fn endless_loops_run_out_of_fuel() {
    let contract = hostile(&engine()).await;
    check(&contract, "loop", "out-of-fuel").await;
    check(&contract, "burn 1000000000", "out-of-fuel").await;
}

#[tokio::test]
async fn endless_recursion_traps() {
    let contract = hostile(&engine()).await;
    let Failure::Trap { functions, .. } = check(&contract, "recursion", "trap").await else {
        panic!("a trap");
    };
    assert!(!functions.is_empty());
}

#[tokio::test]
async fn memory_growth_is_stopped() {
    let contract = hostile_with_fuel(&engine()).await;
    let failure = check(&contract, "memory", "memory").await;
    assert!(failure.to_string().contains("may have 33554432 in all"), "{failure}");
    check(&contract, "allocate-4gib", "memory").await;
}

#[tokio::test]
async fn large_reports_are_rejected() {
    let contract = hostile_with_fuel(&engine()).await;
    check(&contract, "huge-result 1000000", "memory").await;
    check(&contract, "huge-result 30000", "result-too-large").await;
    check(&contract, "huge-message 8", "result-too-large").await;
    check(&contract, "huge-measures 200000", "result-too-large").await;
}

#[tokio::test]
async fn panics_and_traps_are_explained() {
    let contract = hostile(&engine()).await;
    let failure = check(&contract, "panic the sky is falling", "trap").await;
    let Failure::Trap { message, functions } = failure else { panic!("a trap") };
    assert!(message.contains("the sky is falling"), "{message}");
    assert!(functions.iter().any(|name| name.contains("panic_with")), "{functions:?}");

    let failure = check(&contract, "overflow", "trap").await;
    assert!(failure.to_string().contains("index out of bounds"), "{failure}");
    let failure = check(&contract, "trap", "trap").await;
    assert!(failure.to_string().contains("unreachable"), "{failure}");
}

#[tokio::test]
async fn invalid_reports_are_rejected() {
    let contract = hostile(&engine()).await;
    for command in [
        "contradict",
        "undeclared-rule",
        "bad-span",
        "backwards-span",
        "split-span für",
        "bad-pointer",
        "lost-pointer",
        "nan",
        "infinite",
        "same-measure",
        "confidence",
    ] {
        check(&contract, command, "invalid-result").await;
    }
}

#[tokio::test]
async fn refusals_and_unsure_are_passed_on() {
    let contract = hostile(&engine()).await;
    check(&contract, "refuse", "refused").await;
    check(&contract, "refuse-config", "refused").await;
    assert_eq!(verdict_name(&judge(&contract, "unsure").await), "unsure");
}

#[tokio::test]
async fn results_that_break_the_canonical_abi_are_rejected() {
    let engine = engine();
    for name in [
        "length-out-of-bounds",
        "list-out-of-bounds",
        "misaligned-list",
        "misaligned-result",
        "non-utf8-result",
        "pointer-out-of-bounds",
        "result-out-of-bounds",
        "wrong-option",
        "wrong-outcome",
        "wrong-place",
        "wrong-result",
        "wrong-severity",
    ] {
        let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
        assert_eq!(verdict_name(&judge(&contract, "text").await), "invalid-result", "{name}");
    }
}

#[tokio::test]
async fn misbehaviour_in_raw_webassembly_is_stopped() {
    let engine = engine();
    for (name, expected) in [
        ("fill-loop", "out-of-fuel"),
        ("tail-call-loop", "out-of-fuel"),
        ("post-return-loop", "out-of-fuel"),
        ("post-return-trap", "trap"),
        ("recursion", "trap"),
        ("memory-grow-bomb", "memory"),
        ("table-bomb", "memory"),
        ("overlap-result", "result-too-large"),
        ("realloc-loop", "out-of-fuel"),
        ("realloc-trap", "trap"),
        ("bad-realloc", "invalid-result"),
    ] {
        let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
        assert_eq!(verdict_name(&judge(&contract, "text").await), expected, "{name}");
    }
}

/// Last words outside the memory, of a false length or of another type are ignored.
#[tokio::test]
async fn invalid_last_words_are_ignored() {
    let engine = engine();
    for name in ["last-words-function", "last-words-outside", "last-words-lying"] {
        let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
        assert_eq!(verdict_name(&judge(&contract, "text").await), "trap", "{name}");
    }
}

/// Numbers of functions are only of use if the contract left no message.
#[tokio::test]
async fn nameless_functions_are_shown_without_last_words_only() {
    let engine = engine();
    for (name, is_shown) in [("last-words-outside", true), ("last-words-lying", false)] {
        let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
        let Err(Failure::Trap { functions, .. }) = judge(&contract, "text").await.verdict else {
            panic!("{name} is judged");
        };
        assert_eq!(
            functions.iter().any(|function| function.starts_with("function ")),
            is_shown,
            "{functions:?}"
        );
    }
}

#[tokio::test]
async fn failures_at_start_and_in_configuration_are_explained() {
    let engine = engine();
    for (name, words) in [
        ("start-loop", "out-of-fuel"),
        ("start-trap", "unreachable"),
        ("many-memories", "memories count of 100 exceeds"),
        ("many-tables", "tables count of 100 exceeds"),
        ("huge-min-memory", "minimum byte size of 4294967296"),
        ("huge-min-table", "minimum element size of 100000000"),
        ("many-instances", "33 Wasm linear memories"),
    ] {
        let message =
            load(&engine, component(guests::guest(name), &[])).await.err().unwrap().to_string();
        assert!(message.contains(words), "{name}: {message}");
    }
    for (configure, words) in [
        ("unreachable", "unreachable"),
        ("panic", "panic"),
        ("loop", "out-of-fuel"),
        ("memory", "bytes of memory"),
    ] {
        let config = config(json!({"configure": configure}));
        let loaded = engine.load(guest("hostile"), config, Grants::none(), limits()).await;
        let message = loaded.err().unwrap().to_string();
        assert!(message.contains(words), "{configure}: {message}");
    }
    assert_eq!(verdict_name(&judge(&hostile(&engine).await, "harmless").await), "pass");
}

/// The deadline also stops a contract that has fuel left.
#[tokio::test]
async fn deadline_stops_a_contract_with_fuel_left() {
    let limits = Limits { fuel: u64::MAX / 4, deadline_ms: 50, ..limits() };
    let contract =
        engine().load(guest("hostile"), config(json!({})), Grants::none(), limits).await.unwrap();
    check(&contract, "loop", "deadline").await;
}

#[tokio::test]
async fn accepts_subjects_up_to_the_limit() {
    let contract = hostile(&engine()).await;
    assert_eq!(verdict_name(&judge(&contract, "").await), "pass");
    let large = Subject::new(text("a".repeat(10 << 20)).content);
    assert_eq!(verdict_name(&contract.judge(&large, HostContext::default()).await), "pass");
    let too_large = text("a".repeat(50 << 20));
    let judgement = contract.judge(&too_large, HostContext::default()).await;
    assert_eq!(verdict_name(&judgement), "subject-too-large");
}

#[tokio::test]
async fn large_but_allowed_components_compile() {
    let engine = engine();
    let bytes = component(guests::many_functions(2_000), &[]);
    assert_eq!(verdict_name(&judge(&load(&engine, bytes).await.unwrap(), "text").await), "pass");
    let bytes = component(guests::long_function(20), &[]);
    assert_eq!(verdict_name(&judge(&load(&engine, bytes).await.unwrap(), "text").await), "pass");
}
