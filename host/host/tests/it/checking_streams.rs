//! Checks of texts that are still being written: what goes out before the decision, and what is recorded of it.

use std::time::Duration;

use tollgate::model::{EarlyText, Ruling, RunEvent};
use tollgate::{CheckStream, CheckedRun, GateHandle, StreamProgress, StreamStop};

use super::fixture::{actor, decided};
use super::newsletter::{LENGTH, MARKS, Newsletter, check, stream_submission};

const PARTS: [&str; 3] = ["Hello Lee, ", "schön, dass ", "Sie da sind."];

async fn begin(gate: &GateHandle) -> CheckStream {
    gate.check_stream(stream_submission(gate), &actor()).await.unwrap()
}

/// Pushes a part and returns the text that may go out.
async fn push(stream: &mut CheckStream, part: &str) -> String {
    match stream.push(part).await.unwrap() {
        StreamProgress::Text(text) => text.to_owned(),
        StreamProgress::Stopped(stop) => panic!("{stop}"),
    }
}

/// Pushes a part and returns why nothing goes out.
async fn stop(stream: &mut CheckStream, part: &str) -> StreamStop {
    match stream.push(part).await.unwrap() {
        StreamProgress::Stopped(stop) => stop.clone(),
        StreamProgress::Text(text) => panic!("`{text}` goes out"),
    }
}

/// Compares the verdicts and the decision, but not the fuel, which depends on the parts.
fn assert_same_judgement(streamed: &CheckedRun, whole: &CheckedRun) {
    let verdicts = |run: &CheckedRun| {
        let checks = run.checks.iter();
        let each = checks.map(|check| {
            let verdicts = check.verdicts.iter().map(|verdict| verdict.result.clone());
            (check.contract.clone(), check.determinism, verdicts.collect::<Vec<_>>())
        });
        each.collect::<Vec<_>>()
    };
    assert_eq!(verdicts(streamed), verdicts(whole));
    assert_eq!(streamed.subject, whole.subject);
    assert_eq!(streamed.release, whole.release);
    assert_eq!(streamed.decision.ruling, whole.decision.ruling);
    assert_eq!(streamed.decision.reasons, whole.decision.reasons);
}

fn early(bytes: usize) -> Option<EarlyText> {
    Some(EarlyText { bytes: bytes as u64, abandoned: false })
}

fn single_run(newsletter: &Newsletter) -> RunEvent {
    let mut runs = newsletter.runs();
    assert_eq!(runs.len(), 1);
    runs.remove(0)
}

/// Waits until something is recorded in the background.
async fn wait_for_run(newsletter: &Newsletter) -> RunEvent {
    for _ in 0..200 {
        if !newsletter.runs().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    single_run(newsletter)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clean_text_goes_out_in_parts_and_is_judged_like_a_whole_one() {
    let repeated = format!("{MARKS}repeat = 3\n");
    for contracts in [MARKS, &repeated] {
        let newsletter = Newsletter::new(contracts, 5).await;
        let gate = newsletter.open_gate().await;
        let mut stream = begin(&gate).await;
        for part in PARTS {
            assert_eq!(push(&mut stream, part).await, part);
        }
        let streamed = decided(stream.finish().await.unwrap());
        assert_eq!(streamed.decision.ruling, Ruling::Allow, "{:?}", streamed.decision.reasons);
        assert_eq!(streamed.text_to_send(), Some(""));
        assert_eq!(single_run(&newsletter).early_text, early(PARTS.concat().len()));
        let whole = check(&gate, &PARTS.concat()).await;
        assert_same_judgement(&streamed, &whole);
        assert_eq!((whole.early_text, whole.text_to_send()), (None, Some(&*PARTS.concat())));
        assert!(newsletter.host.verify_ledger().unwrap().is_sound());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_stops_the_text_before_it_goes_out() {
    let newsletter = Newsletter::new(MARKS, 5).await;
    let gate = newsletter.open_gate().await;
    let mut stream = begin(&gate).await;
    assert_eq!(push(&mut stream, "Hello Lee. ").await, "Hello Lee. ");
    let stopped = stop(&mut stream, "Buy now! ").await;
    let StreamStop::Finding { contract, finding } = &stopped else { panic!("{stopped:?}") };
    assert_eq!((contract.as_str(), finding.rule.as_str()), ("hostile/hasty", "mark"));
    assert_eq!(stop(&mut stream, "Yours, Sam").await, stopped, "it stays stopped");
    let run = decided(stream.finish().await.unwrap());
    assert_eq!((run.decision.ruling, run.text_to_send()), (Ruling::Block, None));
    assert_eq!(run.early_text, early("Hello Lee. ".len()));
    assert_same_judgement(&run, &check(&gate, "Hello Lee. Buy now! Yours, Sam").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_out_early_without_an_enforced_contract() {
    let newsletter = Newsletter::new(&format!("{MARKS}mode = \"advise\"\n"), 5).await;
    let gate = newsletter.open_gate().await;
    assert!(matches!(stop(&mut begin(&gate).await, PARTS[0]).await, StreamStop::Gate(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_for_whole_texts_keeps_everything_until_the_end() {
    let newsletter = Newsletter::new(&format!("{MARKS}{LENGTH}"), 5).await;
    let gate = newsletter.open_gate().await;
    let mut stream = begin(&gate).await;
    for part in PARTS {
        assert_eq!(push(&mut stream, part).await, "");
    }
    let run = decided(stream.finish().await.unwrap());
    assert_eq!((run.early_text, run.text_to_send()), (None, Some(&*PARTS.concat())));
    assert_same_judgement(&run, &check(&gate, &PARTS.concat()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_in_shadow_keeps_nothing() {
    let newsletter = Newsletter::new(&format!("{MARKS}{LENGTH}mode = \"shadow\"\n"), 5).await;
    let gate = newsletter.open_gate().await;
    let mut stream = begin(&gate).await;
    assert_eq!(push(&mut stream, "Hello Lee. ").await, "Hello Lee. ");
    let run = decided(stream.finish().await.unwrap());
    assert_eq!(run.checks.len(), 2, "it is judged all the same");
    assert_same_judgement(&run, &check(&gate, "Hello Lee. ").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_out_early_below_the_level_of_exceptions() {
    let newsletter = Newsletter::new(MARKS, 0).await;
    let gate = newsletter.open_gate().await;
    for (level, ruling) in [(0, Ruling::Block), (3, Ruling::Hold), (4, Ruling::Allow)] {
        newsletter.set_level(level).await;
        let mut stream = begin(&gate).await;
        for part in PARTS {
            let stopped = stop(&mut stream, part).await;
            assert!(matches!(stopped, StreamStop::Gate(_)), "level {level}: {stopped:?}");
        }
        let run = decided(stream.finish().await.unwrap());
        assert_eq!((run.decision.ruling, run.early_text), (ruling, None), "level {level}");
        let all = Some(PARTS.concat()).filter(|_| ruling == Ruling::Allow);
        assert_eq!(run.text_to_send(), all.as_deref());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_stops_what_is_being_written() {
    let newsletter = Newsletter::new(MARKS, 5).await;
    let gate = newsletter.open_gate().await;
    let mut stream = begin(&gate).await;
    assert_eq!(push(&mut stream, PARTS[0]).await, PARTS[0]);
    newsletter.record_incident().await;
    assert!(matches!(stop(&mut stream, PARTS[1]).await, StreamStop::Gate(_)));
    let run = decided(stream.finish().await.unwrap());
    assert_eq!(run.early_text, early(PARTS[0].len()));
    assert_eq!(run.subject.content.text(), Some(&*PARTS[..2].concat()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_release_judges_a_text_that_began_before_it() {
    let newsletter = Newsletter::new(MARKS, 5).await;
    let gate = newsletter.open_gate().await;
    let before = gate.release();
    let mut stream = begin(&gate).await;
    assert_eq!(push(&mut stream, PARTS[0]).await, PARTS[0]);
    newsletter.release(&format!("{MARKS}{LENGTH}")).await;
    assert_eq!(stop(&mut stream, PARTS[1]).await, StreamStop::ReleaseChanged);
    let run = decided(stream.finish().await.unwrap());
    assert_ne!(run.release, before);
    assert_eq!(run.checks.len(), 2, "all contracts of the new release judge it");
    assert_eq!(run.early_text, early(PARTS[0].len()));
    assert_eq!(run.text_to_send(), Some(PARTS[1]));
    assert_eq!(single_run(&newsletter).early_text, run.early_text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_begins_with_the_release_that_is_active() {
    let newsletter = Newsletter::new(LENGTH, 5).await;
    let gate = newsletter.open_gate().await;
    newsletter.release(MARKS).await;
    let mut stream = begin(&gate).await;
    assert_eq!(push(&mut stream, PARTS[0]).await, PARTS[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_stream_is_recorded_if_text_had_gone_out() {
    let newsletter = Newsletter::new(MARKS, 5).await;
    let gate = newsletter.open_gate().await;
    drop(begin(&gate).await);
    let mut stopped = begin(&gate).await;
    stop(&mut stopped, "Buy now! ").await;
    drop(stopped);
    let mut stream = begin(&gate).await;
    push(&mut stream, PARTS[0]).await;
    stop(&mut stream, "Buy now! ").await;
    drop(stream);
    let run = wait_for_run(&newsletter).await;
    let bytes = PARTS[0].len() as u64;
    assert_eq!(run.early_text, Some(EarlyText { bytes, abandoned: true }));
    assert_eq!(run.decision.ruling, Ruling::Block, "the part that had not gone out is judged too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finish_that_is_not_waited_for_is_recorded() {
    let newsletter = Newsletter::new(MARKS, 5).await;
    let gate = newsletter.open_gate().await;
    let mut stream = begin(&gate).await;
    push(&mut stream, PARTS[0]).await;
    let mut finish = Box::pin(stream.finish());
    let polled = std::future::poll_fn(|context| {
        std::task::Poll::Ready(finish.as_mut().poll(context).is_ready())
    });
    polled.await;
    drop(finish);
    let run = wait_for_run(&newsletter).await;
    assert_eq!(run.early_text, early(PARTS[0].len()));
}
