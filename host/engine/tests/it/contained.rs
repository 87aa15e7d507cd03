//! Contracts that misbehave: each is stopped for the right reason, and the next
//! judgement does not notice.

use serde_json::json;
use tollgate_engine::{Contract, Engine, Grants, Limits, Live};
use tollgate_model::{Failure, Subject};

use crate::common::{component, config, engine, guest, judge, limits, load, text, word};
use crate::guests;

/// Judging the subject leads there, and judging something harmless afterwards passes.
async fn check(contract: &Contract, subject: &str, wanted: &str) -> Failure {
    let judgement = judge(contract, subject).await;
    assert_eq!(word(&judgement), wanted, "{subject}: {:?}", judgement.verdict);
    assert_eq!(word(&judge(contract, "harmless").await), "pass", "after {subject}");
    judgement.verdict.unwrap_err()
}

async fn hostile(engine: &Engine) -> Contract {
    load(engine, guest("hostile")).await.unwrap()
}

/// With fuel enough to run into the other limits.
async fn fuelled(engine: &Engine) -> Contract {
    let limits = Limits { fuel: 2_000_000_000, ..limits() };
    engine.load(guest("hostile"), config(json!({})), Grants::none(), limits).await.unwrap()
}

#[tokio::test]
async fn what_never_ends() {
    let contract = hostile(&engine()).await;
    check(&contract, "loop", "out-of-fuel").await;
    check(&contract, "burn 1000000000", "out-of-fuel").await;
}

#[tokio::test]
async fn what_recurses() {
    let contract = hostile(&engine()).await;
    let Failure::Trap { functions, .. } = check(&contract, "recursion", "trap").await else {
        panic!("a trap");
    };
    assert!(!functions.is_empty());
}

#[tokio::test]
async fn what_takes_all_memory() {
    let contract = fuelled(&engine()).await;
    let failure = check(&contract, "memory", "memory").await;
    assert!(failure.to_string().contains("may have 33554432 in all"), "{failure}");
    check(&contract, "allocate-4gib", "memory").await;
}

#[tokio::test]
async fn what_reports_too_much() {
    let contract = fuelled(&engine()).await;
    check(&contract, "huge-result 1000000", "memory").await;
    check(&contract, "huge-result 30000", "result-too-large").await;
    check(&contract, "huge-message 8", "result-too-large").await;
    check(&contract, "huge-measures 200000", "result-too-large").await;
}

#[tokio::test]
async fn what_crashes_leaves_its_words() {
    let contract = hostile(&engine()).await;
    let failure = check(&contract, "panic the sky is falling", "trap").await;
    let Failure::Trap { message, functions } = failure else { panic!("a trap") };
    assert!(message.contains("the sky is falling"), "{message}");
    assert!(functions.iter().any(|name| name.contains("panic_as_told")), "{functions:?}");

    let failure = check(&contract, "overflow", "trap").await;
    assert!(failure.to_string().contains("index out of bounds"), "{failure}");
    let failure = check(&contract, "trap", "trap").await;
    assert!(failure.to_string().contains("unreachable"), "{failure}");
}

#[tokio::test]
async fn what_lies() {
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
async fn what_refuses_or_cannot_tell() {
    let contract = hostile(&engine()).await;
    check(&contract, "refuse", "refused").await;
    check(&contract, "refuse-config", "refused").await;
    assert_eq!(word(&judge(&contract, "unsure").await), "unsure");
}

#[tokio::test]
async fn what_breaks_the_canonical_abi() {
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
        assert_eq!(word(&judge(&contract, "text").await), "invalid-result", "{name}");
    }
}

#[tokio::test]
async fn what_misbehaves_below_the_language() {
    let engine = engine();
    for (name, wanted) in [
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
        assert_eq!(word(&judge(&contract, "text").await), wanted, "{name}");
    }
}

/// Words that are not where they should be are not believed, and nothing breaks on them.
#[tokio::test]
async fn last_words_that_are_none() {
    let engine = engine();
    for name in ["last-words-function", "last-words-outside", "last-words-lying"] {
        let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
        assert_eq!(word(&judge(&contract, "text").await), "trap", "{name}");
    }
}

/// A number is no name; it is told where the contract itself says nothing.
#[tokio::test]
async fn functions_without_a_name() {
    let engine = engine();
    for (name, is_told) in [("last-words-outside", true), ("last-words-lying", false)] {
        let contract = load(&engine, component(guests::guest(name), &[])).await.unwrap();
        let Err(Failure::Trap { functions, .. }) = judge(&contract, "text").await.verdict else {
            panic!("{name} is judged");
        };
        assert_eq!(
            functions.iter().any(|it| it.starts_with("function ")),
            is_told,
            "{functions:?}"
        );
    }
}

#[tokio::test]
async fn what_fails_while_it_starts_or_is_configured() {
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
    assert_eq!(word(&judge(&hostile(&engine).await, "harmless").await), "pass");
}

/// The clock stops what fuel would let go on for longer.
#[tokio::test]
async fn the_deadline() {
    let limits = Limits { fuel: u64::MAX / 4, deadline_ms: 50, ..limits() };
    let contract =
        engine().load(guest("hostile"), config(json!({})), Grants::none(), limits).await.unwrap();
    check(&contract, "loop", "deadline").await;
}

#[tokio::test]
async fn subjects_of_every_size() {
    let contract = hostile(&engine()).await;
    assert_eq!(word(&judge(&contract, "").await), "pass");
    let large = Subject::new(text("a".repeat(10 << 20)).content);
    assert_eq!(word(&contract.judge(&large, Live::default()).await), "pass");
    let too_large = text("a".repeat(50 << 20));
    let judgement = contract.judge(&too_large, Live::default()).await;
    assert_eq!(word(&judgement), "subject-too-large");
}

#[tokio::test]
async fn what_takes_long_to_compile_is_compiled() {
    let engine = engine();
    let bytes = component(guests::many_functions(2_000), &[]);
    assert_eq!(word(&judge(&load(&engine, bytes).await.unwrap(), "text").await), "pass");
    let bytes = component(guests::long_function(20), &[]);
    assert_eq!(word(&judge(&load(&engine, bytes).await.unwrap(), "text").await), "pass");
}
