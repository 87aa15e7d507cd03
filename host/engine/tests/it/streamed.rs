//! Texts that are judged while they are being written: the same is said of them however they
//! are cut, and what was said stands.

use serde_json::json;
use tollgate_engine::{Config, Contract, Engine, Grants, Limits, Live, Progress, Stream};
use tollgate_model::{Failure, JsonText, Judgement};

use crate::common::{config, engine, guest, judge, limits, load, word};

async fn hasty(engine: &Engine, behave: &str) -> Contract {
    with_limits(engine, behave, limits()).await
}

async fn with_limits(engine: &Engine, behave: &str, limits: Limits) -> Contract {
    let config: Config = config(json!({"behave": behave}));
    engine.load(guest("hasty"), config, Grants::none(), limits).await.unwrap()
}

async fn begin(contract: &Contract) -> Result<Stream, Judgement> {
    contract.begin(None, JsonText::empty_object(), Live::default()).await
}

async fn in_parts(contract: &Contract, parts: &[&str]) -> Judgement {
    let mut stream = begin(contract).await.unwrap();
    for part in parts {
        let _ = stream.push(part).await;
    }
    stream.finish().await
}

fn starts(progress: &Progress) -> Vec<u32> {
    let start = |finding: &tollgate_model::Finding| match finding.place {
        tollgate_model::Place::Span(span) => span.start,
        _ => panic!("a span"),
    };
    progress.findings.iter().map(start).collect()
}

#[tokio::test]
async fn what_is_found_is_told_at_once() {
    let contract = hasty(&engine(), "well").await;
    assert!(contract.streams());
    let mut stream = begin(&contract).await.unwrap();
    let progress = stream.push("ä! b").await.unwrap();
    assert_eq!((progress.settled, starts(&progress)), (5, vec![2]));
    let progress = stream.push("").await.unwrap();
    assert_eq!((progress.settled, starts(&progress)), (5, vec![]));
    let progress = stream.push("!").await.unwrap();
    assert_eq!((progress.settled, starts(&progress)), (6, vec![5]));
    let judgement = stream.finish().await;
    assert_eq!(word(&judgement), "fail");
    assert_eq!(judgement.verdict, judge(&contract, "ä! b!").await.verdict);
}

#[tokio::test]
async fn cuts_never_matter() {
    let contract = hasty(&engine(), "well").await;
    let text = "One! Zwei ü! 👩‍🚀! ".repeat(40);
    let whole = judge(&contract, &text).await.verdict;
    for length in [1, 2, 3, 17, 1000] {
        let characters: Vec<char> = text.chars().collect();
        let parts: Vec<String> =
            characters.chunks(length).map(|part| part.iter().collect()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        assert_eq!(in_parts(&contract, &parts).await.verdict, whole, "parts of {length}");
    }
    assert_eq!(in_parts(&contract, &[]).await.verdict, judge(&contract, "").await.verdict);
}

#[tokio::test]
async fn the_same_again_costs_the_same() {
    let contract = hasty(&engine(), "well").await;
    let first = in_parts(&contract, &["a!", "b"]).await;
    let mut again = contract.begin_again(None, JsonText::empty_object(), vec![]).await.unwrap();
    again.push("a!").await.unwrap();
    again.push("b").await.unwrap();
    let again = again.finish().await;
    assert_eq!((&first.verdict, first.fuel_used), (&again.verdict, again.fuel_used));
}

#[tokio::test]
async fn a_word_that_is_broken_is_no_result() {
    let engine = engine();
    for (behave, words) in [
        ("forget", "does not report it in the end"),
        ("regret", "reports `regret` of them in the end"),
        ("regret-all", "reports `regret` of them in the end"),
        ("unsettle", "1 bytes are settled, and said 2"),
        ("settle-too-much", "which the text does not have"),
        ("settle-half", "which the text does not have"),
        ("find-too-far", "which the text does not have"),
    ] {
        let contract = hasty(&engine, behave).await;
        let judgement = in_parts(&contract, &["a!", "ü", "c"]).await;
        assert_eq!(word(&judgement), "invalid-result", "{behave}");
        let failure = judgement.verdict.unwrap_err().to_string();
        assert!(failure.contains(words), "{behave}: {failure}");
    }
}

/// What is settled may be with its readers: nothing may stop it in the end without a reason that
/// was told.
#[tokio::test]
async fn an_outcome_rests_on_what_was_told() {
    let engine = engine();
    for (behave, outcome) in [("condemn", "fail"), ("doubt", "unsure"), ("doubt-all", "unsure")] {
        let contract = hasty(&engine, behave).await;
        let judgement = in_parts(&contract, &["a", "ü"]).await;
        assert_eq!(word(&judgement), "invalid-result", "{behave}");
        let failure = judgement.verdict.unwrap_err().to_string();
        assert!(failure.contains("for no reason that it told"), "{behave}: {failure}");
        for sound in [&["a!", "ü"][..], &[]] {
            assert_eq!(word(&in_parts(&contract, sound).await), outcome, "{behave}");
        }
    }
}

#[tokio::test]
async fn what_fails_in_the_middle_stays_failed() {
    let engine = engine();
    for (behave, kind) in [("refuse-a-part", "refused"), ("panic", "trap"), ("loop", "out-of-fuel")]
    {
        let contract = hasty(&engine, behave).await;
        let mut stream = begin(&contract).await.unwrap();
        let first = stream.push("a").await.unwrap_err();
        assert_eq!(first.kind(), kind);
        assert_eq!(stream.push("b").await.unwrap_err(), first, "{behave}");
        assert_eq!(stream.finish().await.verdict.unwrap_err(), first, "{behave}");
    }
    let refused = begin(&hasty(&engine, "refuse-to-begin").await).await;
    assert_eq!(word(&refused.err().unwrap()), "refused");
}

#[tokio::test]
async fn a_stream_takes_no_more_than_a_judgement() {
    let engine = engine();
    let small = Limits { subject_bytes_max: 10, ..limits() };
    let contract = with_limits(&engine, "well", small).await;
    let judgement = in_parts(&contract, &["12345", "678", "9"]).await;
    let Failure::SubjectTooLarge { bytes, .. } = judgement.verdict.unwrap_err() else {
        panic!("too large")
    };
    assert_eq!(bytes, 11, "with the two of its context");

    let fuelled = Limits { fuel: 2_000_000_000, ..limits() };
    let flood = with_limits(&engine, "flood", fuelled).await;
    let judgement = in_parts(&flood, &["a", "b", "c", "d", "e", "f"]).await;
    assert_eq!(word(&judgement), "result-too-large", "no part of it is, all of it is");
}

#[tokio::test]
async fn the_deadline_holds_for_each_part() {
    let engine = engine();
    let hurried = Limits { fuel: u64::MAX / 2, deadline_ms: 200, ..limits() };
    let contract = with_limits(&engine, "loop", hurried).await;
    let mut stream = begin(&contract).await.unwrap();
    assert_eq!(stream.push("a").await.unwrap_err().kind(), "deadline");
    assert_eq!(word(&judge(&hasty(&engine, "well").await, "harmless").await), "pass");
}

#[tokio::test]
async fn a_part_that_is_abandoned_ends_the_stream() {
    let engine = engine();
    let contract = with_limits(&engine, "loop", Limits { fuel: u64::MAX / 2, ..limits() }).await;
    let mut stream = begin(&contract).await.unwrap();
    let soon = tokio::time::timeout(std::time::Duration::from_millis(50), stream.push("a"));
    assert!(soon.await.is_err());
    assert_eq!(word(&stream.finish().await), "host");
}

#[tokio::test]
async fn a_contract_for_whole_texts_says_so() {
    let contract = load(&engine(), guest("hostile")).await.unwrap();
    assert!(!contract.streams());
    let judgement = begin(&contract).await.err().unwrap();
    let failure = judgement.verdict.unwrap_err().to_string();
    assert!(failure.contains("judges whole texts alone"), "{failure}");
}

/// Each holds a sandbox, so there are only so many, and one that ends makes room.
#[tokio::test]
async fn streams_wait_for_a_sandbox_as_judgements_do() {
    let settings = tollgate_engine::Settings { sandboxes_max: 2, ..Default::default() };
    let contract = hasty(&Engine::new(settings).unwrap(), "well").await;
    let (one, two) = (begin(&contract).await.unwrap(), begin(&contract).await.unwrap());
    let short = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(short, begin(&contract)).await.is_err());
    drop(one);
    assert!(begin(&contract).await.is_ok());
    assert_eq!(word(&two.finish().await), "pass");
}
