//! Streams: the verdict does not depend on how a text is cut, and reported findings are binding.

use serde_json::json;
use tollgate_engine::{
    Config, Contract, Engine, Grants, HostContext, JudgementStream, Limits, Progress,
};
use tollgate_model::{Failure, JsonText, Judgement};

use crate::common::{config, engine, guest, judge, limits, load, verdict_name};

async fn hasty(engine: &Engine, behave: &str) -> Contract {
    hasty_with_limits(engine, behave, limits()).await
}

async fn hasty_with_limits(engine: &Engine, behave: &str, limits: Limits) -> Contract {
    let config: Config = config(json!({"behave": behave}));
    engine.load(guest("hasty"), config, Grants::none(), limits).await.unwrap()
}

async fn begin(contract: &Contract) -> Result<JudgementStream, Judgement> {
    contract.begin(None, JsonText::empty_object(), HostContext::default()).await
}

async fn judge_in_parts(contract: &Contract, parts: &[&str]) -> Judgement {
    let mut stream = begin(contract).await.unwrap();
    for part in parts {
        let _ = stream.push(part).await;
    }
    stream.finish().await
}

fn span_starts(progress: &Progress) -> Vec<u32> {
    let start = |finding: &tollgate_model::Finding| match finding.place {
        tollgate_model::Place::Span(span) => span.start,
        _ => panic!("a span"),
    };
    progress.findings.iter().map(start).collect()
}

#[tokio::test]
async fn findings_are_reported_with_their_part() {
    let contract = hasty(&engine(), "well").await;
    assert!(contract.supports_streaming());
    let mut stream = begin(&contract).await.unwrap();
    let progress = stream.push("ä! b").await.unwrap();
    assert_eq!((progress.settled, span_starts(&progress)), (5, vec![2]));
    let progress = stream.push("").await.unwrap();
    assert_eq!((progress.settled, span_starts(&progress)), (5, vec![]));
    let progress = stream.push("!").await.unwrap();
    assert_eq!((progress.settled, span_starts(&progress)), (6, vec![5]));
    let judgement = stream.finish().await;
    assert_eq!(verdict_name(&judgement), "fail");
    assert_eq!(judgement.verdict, judge(&contract, "ä! b!").await.verdict);
}

#[tokio::test]
async fn verdict_does_not_depend_on_the_parts() {
    let contract = hasty(&engine(), "well").await;
    let text = "One! Zwei ü! 👩‍🚀! ".repeat(40);
    let whole = judge(&contract, &text).await.verdict;
    for length in [1, 2, 3, 17, 1000] {
        let characters: Vec<char> = text.chars().collect();
        let parts: Vec<String> =
            characters.chunks(length).map(|part| part.iter().collect()).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        assert_eq!(judge_in_parts(&contract, &parts).await.verdict, whole, "parts of {length}");
    }
    assert_eq!(judge_in_parts(&contract, &[]).await.verdict, judge(&contract, "").await.verdict);
}

#[tokio::test]
async fn replay_uses_the_same_fuel() {
    let contract = hasty(&engine(), "well").await;
    let first = judge_in_parts(&contract, &["a!", "b"]).await;
    let mut again = contract.begin_replay(None, JsonText::empty_object(), vec![]).await.unwrap();
    again.push("a!").await.unwrap();
    again.push("b").await.unwrap();
    let again = again.finish().await;
    assert_eq!((&first.verdict, first.fuel_used), (&again.verdict, again.fuel_used));
}

#[tokio::test]
async fn final_report_must_match_the_progress() {
    let engine = engine();
    for (behave, message) in [
        ("forget", "but its final report lacks it"),
        ("regret", "its report adds `regret` to them"),
        ("regret-all", "its report adds `regret` to them"),
        ("unsettle", "1 settled bytes after 2"),
        ("settle-too-much", "which is no position in the text"),
        ("settle-half", "which is no position in the text"),
        ("find-too-far", "which is no span of the text"),
    ] {
        let contract = hasty(&engine, behave).await;
        let judgement = judge_in_parts(&contract, &["a!", "ü", "c"]).await;
        assert_eq!(verdict_name(&judgement), "invalid-result", "{behave}");
        let failure = judgement.verdict.unwrap_err().to_string();
        assert!(failure.contains(message), "{behave}: {failure}");
    }
}

/// Settled text may already be with its readers, so it cannot fail without a reported reason.
#[tokio::test]
async fn outcome_needs_a_reported_reason() {
    let engine = engine();
    for (behave, outcome) in [("condemn", "fail"), ("doubt", "unsure"), ("doubt-all", "unsure")] {
        let contract = hasty(&engine, behave).await;
        let judgement = judge_in_parts(&contract, &["a", "ü"]).await;
        assert_eq!(verdict_name(&judgement), "invalid-result", "{behave}");
        let failure = judgement.verdict.unwrap_err().to_string();
        assert!(
            failure.contains("without a finding that was reported before"),
            "{behave}: {failure}"
        );
        for sound in [&["a!", "ü"][..], &[]] {
            assert_eq!(verdict_name(&judge_in_parts(&contract, sound).await), outcome, "{behave}");
        }
    }
}

#[tokio::test]
async fn stream_stays_failed() {
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
    assert_eq!(verdict_name(&refused.err().unwrap()), "refused");
}

#[tokio::test]
async fn limits_hold_for_the_whole_stream() {
    let engine = engine();
    let small = Limits { subject_bytes_max: 10, ..limits() };
    let contract = hasty_with_limits(&engine, "well", small).await;
    let judgement = judge_in_parts(&contract, &["12345", "678", "9"]).await;
    let Failure::SubjectTooLarge { bytes, .. } = judgement.verdict.unwrap_err() else {
        panic!("too large")
    };
    assert_eq!(bytes, 11, "including the two bytes of the context");

    let fuelled = Limits { fuel: 2_000_000_000, ..limits() };
    let flood = hasty_with_limits(&engine, "flood", fuelled).await;
    let judgement = judge_in_parts(&flood, &["a", "b", "c", "d", "e", "f"]).await;
    assert_eq!(
        verdict_name(&judgement),
        "result-too-large",
        "each part is small, all of them are not"
    );
}

#[tokio::test]
async fn deadline_holds_for_each_part() {
    let engine = engine();
    let short = Limits { fuel: u64::MAX / 2, deadline_ms: 200, ..limits() };
    let contract = hasty_with_limits(&engine, "loop", short).await;
    let mut stream = begin(&contract).await.unwrap();
    assert_eq!(stream.push("a").await.unwrap_err().kind(), "deadline");
    assert_eq!(verdict_name(&judge(&hasty(&engine, "well").await, "harmless").await), "pass");
}

#[tokio::test]
async fn cancelled_part_ends_the_stream() {
    let engine = engine();
    let contract =
        hasty_with_limits(&engine, "loop", Limits { fuel: u64::MAX / 2, ..limits() }).await;
    let mut stream = begin(&contract).await.unwrap();
    let soon = tokio::time::timeout(std::time::Duration::from_millis(50), stream.push("a"));
    assert!(soon.await.is_err());
    assert_eq!(verdict_name(&stream.finish().await), "host");
}

#[tokio::test]
async fn contract_without_streaming_says_so() {
    let contract = load(&engine(), guest("hostile")).await.unwrap();
    assert!(!contract.supports_streaming());
    let judgement = begin(&contract).await.err().unwrap();
    let failure = judgement.verdict.unwrap_err().to_string();
    assert!(failure.contains("judges whole texts only"), "{failure}");
}

/// A stream holds a sandbox until it ends.
#[tokio::test]
async fn streams_wait_for_a_free_sandbox() {
    let settings = tollgate_engine::Settings { sandboxes_max: 2, ..Default::default() };
    let contract = hasty(&Engine::new(settings).unwrap(), "well").await;
    let (one, two) = (begin(&contract).await.unwrap(), begin(&contract).await.unwrap());
    let short = std::time::Duration::from_millis(50);
    assert!(tokio::time::timeout(short, begin(&contract)).await.is_err());
    drop(one);
    assert!(begin(&contract).await.is_ok());
    assert_eq!(verdict_name(&two.finish().await), "pass");
}
