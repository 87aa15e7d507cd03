//! Tables, thresholds and the brand voice document, which decide beside the gate record: they change with a release only.

use tollgate::engine::{Engine, Settings};
use tollgate::gate::TrialGate;
use tollgate::ledger::Ledger;
use tollgate::model::{ReasonKind, Ruling, Verdict};
use tollgate::replay::{Candidate, Comparison, ReplayOutcome, Replayer};
use tollgate::{CheckedRun, GateHandle};

use super::fixture::{START_MS, actor};
use super::newsletter::{
    BRAND_VOICE, CLAIMS, LENGTH, Newsletter, built_guest, check, gate_name, subject,
};

const TABLE: &str = "tables/claims.csv";
const OTHER_TABLE: &str = "claim,by\nbest,nobody\n";
const PROJECT: &str = "tollgate.toml";
/// The task of the example has the sum 9, which these thresholds do not delegate.
const STRICT: &str = "[[source]]\nname = \"packages\"\nfolder = \"packages\"\n\
    [score]\ndelegate-max = 5\nhuman-max = 8\n";

async fn open_in_another_process(newsletter: &Newsletter) -> GateHandle {
    newsletter.open_again().gate(&gate_name()).await.unwrap()
}

/// Asks the contract what the table says of a claim, with the gate of a handle.
async fn look_up(gate: &GateHandle) -> (CheckedRun, String) {
    let run = check(gate, "lookup claims best").await;
    let answer = table_answer(&run);
    (run, answer)
}

fn table_answer(run: &CheckedRun) -> String {
    match &run.checks[0].verdicts[0].result {
        Verdict::Report(report) => report.findings[0].message.clone(),
        Verdict::Failure(failure) => panic!("{failure}"),
    }
}

fn misses_brand_voice(run: &CheckedRun) -> bool {
    run.decision.reasons.iter().any(|reason| reason.kind == ReasonKind::BrandVoiceChanged)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_changes_with_a_release_only() {
    let newsletter = Newsletter::new(CLAIMS, 5).await;
    let open = newsletter.open_gate().await;
    let (first, answer) = look_up(&open).await;
    assert_eq!(answer, "value: legal");
    newsletter.write(TABLE, OTHER_TABLE);
    for gate in [&open, &open_in_another_process(&newsletter).await] {
        let (run, answer) = look_up(gate).await;
        assert_eq!((run.release, answer.as_str()), (first.release, "value: legal"));
    }
    newsletter.release(CLAIMS).await;
    let (run, answer) = look_up(&open).await;
    assert_ne!(run.release, first.release);
    assert_eq!(answer, "value: nobody");
    let reason = "nobody approves it".parse().unwrap();
    newsletter.host.roll_back_release(&gate_name(), &actor(), reason).await.unwrap();
    let (run, answer) = look_up(&open).await;
    assert_eq!((run.release, answer.as_str()), (first.release, "value: legal"));
}

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_change_with_a_release_only() {
    let newsletter = Newsletter::new(LENGTH, 5).await;
    newsletter.write(PROJECT, STRICT);
    let gate = open_in_another_process(&newsletter).await;
    let first = check(&gate, "Hello").await;
    assert_eq!(first.decision.ruling, Ruling::Allow, "{:?}", first.decision);
    let status = newsletter.open_again().gate_status(&gate_name()).await.unwrap();
    assert_eq!(status.state.inputs.thresholds.human_max, 18);
    newsletter.release(LENGTH).await;
    let next = check(&gate, "Hello").await;
    assert_ne!(next.release, first.release);
    assert_eq!(next.decision.ruling, Ruling::Block, "{:?}", next.decision);
    let status = newsletter.open_again().gate_status(&gate_name()).await.unwrap();
    assert_eq!(status.state.inputs.thresholds.human_max, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_brand_voice_document_changes_with_a_release_only() {
    let newsletter = Newsletter::new(LENGTH, 5).await;
    let gate = newsletter.open_gate().await;
    let first = check(&gate, "Hello").await;
    newsletter.write(BRAND_VOICE, "Shout!\n");
    // The gate file agrees on the document as it was.
    let host = newsletter.open_again();
    let refused = host.publish_release("welcome-email", &actor(), None).await.unwrap_err();
    assert!(refused.to_string().contains("every output would be held"), "{refused}");
    let run = check(&gate, "Hello").await;
    assert_eq!(run.release, first.release);
    assert!(!misses_brand_voice(&run), "{:?}", run.decision);
    newsletter.release(LENGTH).await;
    let run = check(&gate, "Hello").await;
    assert_ne!(run.release, first.release);
    assert!(!misses_brand_voice(&run), "{:?}", run.decision);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_decides_by_the_draft() {
    let newsletter = Newsletter::new(CLAIMS, 5).await;
    newsletter.write(TABLE, OTHER_TABLE);
    newsletter.write(BRAND_VOICE, "Shout!\n");
    newsletter.write(PROJECT, STRICT);
    let host = newsletter.open_again();
    let loaded = host.load_locked_gate("welcome-email").await.unwrap();
    let mut trial = TrialGate::new(loaded, None, START_MS).unwrap();
    let subject = subject(&newsletter.open_gate().await, "lookup claims best");
    let run = trial.check(subject, START_MS).await.unwrap();
    assert_eq!(table_answer(&run), "value: nobody");
    assert!(misses_brand_voice(&run));
    assert_eq!(run.decision.ruling, Ruling::Block, "{:?}", run.decision);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_release_names_what_differs() {
    let newsletter = Newsletter::new(CLAIMS, 5).await;
    newsletter.write(TABLE, OTHER_TABLE);
    newsletter.write(BRAND_VOICE, "Shout!\n");
    newsletter.write(PROJECT, STRICT);
    let status = newsletter.open_again().release_status(&gate_name()).await.unwrap();
    let texts: Vec<_> = status.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "the table `claims` of contract `hostile/curious` has changed",
            "the brand voice document has changed",
            "`[score]` has `delegate-max = 5` and `human-max = 8` instead of `delegate-max = 12` and \
             `human-max = 18`",
        ]
    );
    // The order and the layout of the rows do not matter.
    newsletter.write(TABLE, "claim,who\n\"best\",\"legal\"\n");
    let status = newsletter.open_again().release_status(&gate_name()).await.unwrap();
    assert_eq!(status.differences.len(), 2, "{:?}", status.differences);
}

#[tokio::test(flavor = "multi_thread")]
async fn replays_and_comparisons_use_what_was_released() {
    let newsletter = Newsletter::new(CLAIMS, 5).await;
    let (first, _) = look_up(&newsletter.open_gate().await).await;
    newsletter.write(TABLE, OTHER_TABLE);
    newsletter.write(BRAND_VOICE, "Shout!\n");
    let runs = newsletter.runs();
    let run = runs.iter().find(|run| run.run == first.run).unwrap();
    let reader = newsletter.ledger().open_reader().unwrap();
    let engine = Engine::new(Settings::default()).unwrap();
    let component = std::fs::read(built_guest("curious")).unwrap();
    let candidate =
        Candidate::load_contract(&engine, &*reader, &gate_name(), component.into()).await.unwrap();
    let gate = newsletter.host.governing_gate(&gate_name()).unwrap();
    let mut comparison = Comparison::new(&*reader, &gate, &candidate, None, START_MS).unwrap();
    let compared = comparison.compare_run(run, START_MS).await.unwrap();
    assert_eq!(compared.before.ruling, Ruling::Allow, "{:?}", compared.before);
    assert_eq!(compared.before, compared.after);
    newsletter.release(CLAIMS).await;
    let packages = newsletter.packages();
    let replayed = Replayer::new(&engine, &packages, &*reader).replay_run(run).await.unwrap();
    let is_same = matches!(replayed[0].outcome, ReplayOutcome::Identical { same_fuel: true });
    assert!(is_same, "the table was released anew meanwhile");
}
