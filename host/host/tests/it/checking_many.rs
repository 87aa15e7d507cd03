//! Many outputs at once: in order, in a window, resumed, and each recorded completely or not at all.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tollgate::gate::TrialGate;
use tollgate::intake::{
    AnswerError, CheckAnswers, CheckManyError, CheckManyOptions, InputItem, IntakeError,
    SubjectReader, WINDOW_BYTES_MAX, WINDOW_ITEMS_MAX,
};
use tollgate::model::{Content, Digest, Subject};
use tollgate::{CheckError, CheckOutcome, StreamSubmission, Submission};

use super::fixture::{Fixture, actor, check};

/// Time after which reading has stopped, if it stops.
const SETTLE: Duration = Duration::from_millis(200);
/// Time that no test needs.
const TIMEOUT: Duration = Duration::from_secs(120);

fn options() -> CheckManyOptions {
    CheckManyOptions::new(actor())
}

fn batch(name: &str) -> CheckManyOptions {
    options().with_batch(name.parse().unwrap())
}

/// Returns lines of JSON, one output each.
fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|number| format!("{{\"id\": {number}, \"text\": \"Letter {number}\"}}\n")).collect()
}

fn items(text: &str) -> impl Iterator<Item = InputItem> + use<> {
    let source = std::io::Cursor::new(text.to_owned());
    SubjectReader::default().lines(source, "letters.jsonl")
}

fn item(name: &str, text: String) -> InputItem {
    InputItem::new(name, Subject::new(Content::Text(text)))
}

/// Id of an output, and its run with whether it is new, or its error.
type Answer = (String, Result<(bool, Digest), AnswerError>);

async fn next(answers: &mut CheckAnswers) -> Option<Answer> {
    let answer = tokio::time::timeout(TIMEOUT, answers.next()).await.unwrap()?.unwrap();
    let outcome = answer.outcome.map(|outcome| match outcome {
        CheckOutcome::Decided(run) => (true, run.run),
        CheckOutcome::AlreadyRecorded(run) => (false, run.run),
        other => panic!("{other:?}"),
    });
    Some((answer.origin.id, outcome))
}

async fn collect(mut answers: CheckAnswers) -> Vec<Answer> {
    let mut all = Vec::new();
    while let Some(answer) = next(&mut answers).await {
        all.push(answer);
    }
    all
}

/// Counts the outputs that are read from an iterator.
fn counted(
    items: impl Iterator<Item = InputItem> + Send + 'static,
) -> (impl Iterator<Item = InputItem> + Send + 'static, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    (items.inspect(move |_| _ = counter.fetch_add(1, Ordering::Relaxed)), count)
}

/// Waits until so many outputs are read, and then some time for more.
async fn reads_exactly(count: &AtomicUsize, expected: usize) {
    let wait = async {
        while count.load(Ordering::Relaxed) < expected {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, wait).await.unwrap();
    tokio::time::sleep(SETTLE).await;
    assert_eq!(count.load(Ordering::Relaxed), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_in_order_and_goes_on_after_an_unreadable_line() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let text = lines(0..300) + "{\"id\": 300, \"txet\": \"a\"}\n" + &lines(301..600);
    let answers = collect(gate.check_many(items(&text), options())).await;
    let ids: Vec<_> = answers.iter().map(|(id, _)| id.clone()).collect();
    // The id of a line with an unknown member is read, too.
    assert!(ids.into_iter().eq((0..600).map(|number| number.to_string())));
    let failed: Vec<_> = answers.iter().filter(|(_, outcome)| outcome.is_err()).collect();
    let [(_, Err(AnswerError::Intake(IntakeError::UnknownMember { member })))] = &failed[..] else {
        panic!("{failed:?}");
    };
    assert_eq!(member, "txet");
    assert_eq!(fixture.run_count(), 599);
    for (id, outcome) in answers.iter().filter(|(_, outcome)| outcome.is_ok()).step_by(50) {
        let runs = fixture.host.runs_with_output_id(&"short".parse().unwrap(), id).unwrap();
        assert_eq!(runs[0].run, outcome.as_ref().unwrap().1, "{id} has the run of another");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn resumes_a_batch_after_half_of_it() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let first = collect(gate.check_many(items(&lines(0..40)), batch("monday"))).await;
    assert!(first.iter().all(|(_, outcome)| outcome.as_ref().unwrap().0));
    let all = collect(gate.check_many(items(&lines(0..80)), batch("monday"))).await;
    for (number, (_, outcome)) in all.iter().enumerate() {
        let (is_new, run) = outcome.as_ref().unwrap();
        assert_eq!(*is_new, number >= 40, "{number}");
        let before = first.get(number).map(|(_, outcome)| outcome.as_ref().unwrap().1);
        assert!(before.is_none_or(|before| before == *run), "{number}");
    }
    assert_eq!(fixture.run_count(), 80);

    let changed = lines(0..1) + "{\"text\": \"Another letter\"}\n" + &lines(2..3);
    let changed = collect(gate.check_many(items(&changed), batch("monday"))).await;
    let (_, Err(AnswerError::Check(CheckError::DifferentOutput { key, .. }))) = &changed[1] else {
        panic!("{changed:?}");
    };
    assert_eq!(key, "letters.jsonl:2");
    assert!(changed[0].1.is_ok() && changed[2].1.is_ok(), "{changed:?}");
    assert_eq!(fixture.run_count(), 80);
}

/// Without looking lines up beforehand, the ledger still refuses to record one twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_not_new_after_all_is_recorded_once() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let new_batch = || options().with_new_batch("monday".parse().unwrap());
    let first = collect(gate.check_many(items(&lines(0..30)), new_batch())).await;
    let again = collect(gate.check_many(items(&lines(0..30)), new_batch())).await;
    let runs = |answers: &[Answer]| {
        answers.iter().map(|(_, outcome)| outcome.as_ref().unwrap().1).collect::<Vec<_>>()
    };
    assert_eq!(runs(&first), runs(&again));
    assert!(again.iter().all(|(_, outcome)| !outcome.as_ref().unwrap().0));
    assert_eq!(fixture.run_count(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tasks_check_batches_at_one_gate() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let tasks = ["monday", "tuesday"].map(|name| {
        let gate = gate.clone();
        tokio::spawn(
            async move { collect(gate.check_many(items(&lines(0..200)), batch(name))).await },
        )
    });
    let mut runs = Vec::new();
    for task in tasks {
        let answers = task.await.unwrap();
        let ids: Vec<_> = answers.iter().map(|(id, _)| id.parse::<usize>().unwrap()).collect();
        assert!(ids.into_iter().eq(0..200));
        runs.extend(answers.into_iter().map(|(_, outcome)| outcome.unwrap().1));
    }
    runs.sort();
    runs.dedup();
    assert_eq!(runs.len(), 400);
    assert_eq!(fixture.run_count(), 400);
    assert!(fixture.host.verify_ledger().unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_answers_are_recorded_completely_or_not_at_all() {
    const TAKEN: usize = 10;
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let text = lines(0..900);
    let (source, count) = counted(items(&text));
    let mut answers = gate.check_many(source, batch("monday"));
    let mut taken = Vec::new();
    for _ in 0..TAKEN {
        taken.push(next(&mut answers).await.unwrap().1.unwrap().1);
    }
    drop(answers);
    tokio::time::sleep(SETTLE).await;
    let read = count.load(Ordering::Relaxed);
    assert!(read <= TAKEN + WINDOW_ITEMS_MAX, "{read}");
    // Whatever was handed in before the drop is settled before this.
    check(&gate, "The last one").await;
    let recorded = fixture.run_count() - 1;
    assert!((TAKEN..=read).contains(&recorded), "{recorded} of {read}");
    assert!(fixture.host.verify_ledger().unwrap().is_sound());

    let all = collect(gate.check_many(items(&text), batch("monday"))).await;
    let runs: Vec<_> = all.iter().map(|(_, outcome)| *outcome.as_ref().unwrap()).collect();
    assert_eq!(runs.iter().filter(|(is_new, _)| !is_new).count(), recorded);
    assert!(runs.iter().zip(&taken).all(|((is_new, run), before)| !is_new && run == before));
    assert_eq!(fixture.run_count(), 901);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_no_more_outputs_than_the_window_has_places() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let endless = (0..).map(|number| item(&format!("{number}.txt"), format!("Letter {number}")));
    let (source, count) = counted(endless);
    let mut answers = gate.check_many(source, options());
    reads_exactly(&count, WINDOW_ITEMS_MAX).await;
    for taken in 1..=3 {
        assert_eq!(next(&mut answers).await.unwrap().0, format!("{}.txt", taken - 1));
        reads_exactly(&count, WINDOW_ITEMS_MAX + taken).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_no_more_bytes_than_the_window_holds() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let large = || "a".repeat(WINDOW_BYTES_MAX / 8 - 100);
    let endless = (0..).map(move |number| item(&format!("{number}.txt"), large()));
    let (source, count) = counted(endless);
    let mut answers = gate.check_many(source, options());
    reads_exactly(&count, 8).await;
    assert_eq!(next(&mut answers).await.unwrap().0, "0.txt");
    reads_exactly(&count, 9).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_larger_than_the_window_goes_through_alone() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let huge = item("huge", "a".repeat(WINDOW_BYTES_MAX + 1));
    let source = [item("before", "a".into()), huge, item("after", "b".into())];
    let answers = collect(gate.check_many(source, options())).await;
    let names: Vec<_> = answers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["before", "huge", "after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_each_output_before_a_slow_sender_sends_the_next() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let (sender, source) = mpsc::channel();
    let mut answers = gate.check_many(source, options());
    for name in ["first", "second", "third"] {
        sender.send(item(name, name.into())).unwrap();
        assert_eq!(next(&mut answers).await.unwrap().0, name);
    }
    drop(sender);
    assert!(next(&mut answers).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn loses_no_answer_when_the_caller_stops_waiting() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let mut answers = gate.check_many(items(&lines(0..200)), options());
    let mut ids = Vec::new();
    loop {
        // Most of these stop waiting before the answer is there.
        match tokio::time::timeout(Duration::from_micros(50), answers.next()).await {
            Err(_) => {}
            Ok(Some(answer)) => ids.push(answer.unwrap().origin.id),
            Ok(None) => break,
        }
    }
    assert!(ids.into_iter().eq((0..200).map(|number| number.to_string())));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_the_gate_ends_the_answers() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    fixture.host.close();
    let mut answers = gate.check_many(items(&lines(0..50)), options());
    let error = answers.next().await.unwrap().map(|answer| answer.origin.id);
    assert!(matches!(error, Err(CheckManyError::Check(CheckError::Ledger(_)))), "{error:?}");
    assert!(answers.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_panics_does_not_look_like_the_end() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let source = items(&lines(0..3)).inspect(|item| assert_ne!(item.origin.id, "2"));
    let mut answers = gate.check_many(source, options());
    assert_eq!(next(&mut answers).await.unwrap().0, "0");
    assert_eq!(next(&mut answers).await.unwrap().0, "1");
    let error = answers.next().await.unwrap().map(|answer| answer.origin.id);
    assert!(matches!(error, Err(CheckManyError::WorkerStopped)), "{error:?}");
    assert!(answers.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_records_nothing_and_keeps_count_of_the_budget() {
    let fixture = Fixture::new(20).await;
    fixture.add_to_gate("[budget]\ncurrency = \"EUR\"\nper-day = \"6.00\"\n").await;
    let loaded = fixture.host.load_locked_gate("short").await.unwrap();
    let now_ms = fixture.now_ms.load(Ordering::Relaxed);
    let trial = TrialGate::new(loaded, None, now_ms).unwrap();
    let line = "{\"text\": \"Letter\", \"context\": {\"cost\": \"0.01\"}}\n";
    let mut answers = trial.check_many(items(&line.repeat(700)), &fixture.host);
    let mut is_exceeded = Vec::new();
    while let Some(answer) = answers.next().await {
        let CheckOutcome::Decided(run) = answer.unwrap().outcome.unwrap() else { panic!() };
        let mut codes = run.decision.reasons.iter().map(|reason| reason.kind.code());
        is_exceeded.push(codes.any(|code| code == "budget-exceeded"));
    }
    assert_eq!(is_exceeded.iter().position(|is_exceeded| *is_exceeded), Some(600));
    assert_eq!(is_exceeded.len(), 700);
    assert_eq!(fixture.run_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_lacks_what_no_review_can_supply_is_not_judged() {
    let fixture = Fixture::new(20).await;
    fixture.add_to_gate("[budget]\ncurrency = \"EUR\"\nper-day = \"6.00\"\n").await;
    fixture.host.publish_release("short", &actor(), None).await.unwrap();
    let gate = fixture.open_gate().await;
    let text = "{\"text\": \"One\"}\n{\"text\": \"Two\", \"context\": {\"cost\": \"0.01\"}}\n\
                {\"text\": \"Three\", \"context\": {\"cost\": \"little\"}}\n";
    let answers = collect(gate.check_many(items(text), options())).await;
    let told: Vec<_> = answers
        .into_iter()
        .map(|(_, outcome)| outcome.map(|(is_new, _)| is_new).map_err(|error| error.to_string()))
        .collect();
    let missing = told[0].as_ref().unwrap_err();
    assert!(missing.starts_with("not judged: `cost` is missing in its context; "), "{missing}");
    assert_eq!(told[1], Ok(true), "the others go on");
    let unreadable = told[2].as_ref().unwrap_err();
    assert!(unreadable.contains("`cost` in its context cannot be read: "), "{unreadable}");
    assert_eq!(fixture.run_count(), 1);

    let one = || Submission::new(Subject::new(Content::Text("One".into())));
    let checked = gate.check(one(), &actor()).await;
    assert!(matches!(checked, Err(CheckError::ContextMissing { .. })), "{checked:?}");
    let begun = gate.check_stream(StreamSubmission::default(), &actor()).await.err();
    assert!(matches!(begun, Some(CheckError::ContextMissing { .. })), "{begun:?}");
    assert_eq!(fixture.run_count(), 1);
    let loaded = fixture.host.load_locked_gate("short").await.unwrap();
    let trial = TrialGate::new(loaded, None, fixture.now_ms.load(Ordering::Relaxed)).unwrap();
    let answers = collect(trial.check_many(items("{\"text\": \"One\"}\n"), &fixture.host)).await;
    assert!(matches!(answers[..], [(_, Err(AnswerError::Check(_)))]), "{answers:?}");
}
