//! Contracts that judge parts of a document, and documents that are none.

use tollgate::engine::{Engine, Settings};
use tollgate::gate::TrialGate;
use tollgate::ledger::Ledger;
use tollgate::model::{
    CheckedPart, Content, PartProblem, ReasonEffect, ReasonKind, RetainedContent, Ruling, RunEvent,
    Subject,
};
use tollgate::replay::{Candidate, Comparison, ReplayOutcome, ReplayedCheck, Replayer};
use tollgate::{CheckedRun, GateHandle, StreamProgress, Submission};
use tollgate_project::files;

use super::fixture::{Fixture, START_MS, actor, decided};
use super::newsletter::{
    LENGTH, MARKS, Newsletter, built_guest, gate_name, stream_submission, subject,
};

/// Reports each exclamation mark in the texts of the items.
const ITEMS: &str =
    "[[contracts]]\ncontract = \"hostile/hasty@^1\"\nas = \"marks\"\nat = \"/items/*/text\"\n";
const CALM_AND_LOUD: &str =
    r#"{"title": "A!", "items": [{"text": "Hello"}, {"text": "Buy now!"}]}"#;

async fn check_document(gate: &GateHandle, document: &str) -> CheckedRun {
    let subject =
        Subject { content: Content::from_json_text(document), ..subject(gate, "no document") };
    decided(gate.check(Submission::new(subject), &actor()).await.unwrap())
}

/// Returns the reasons that stop the output or are about a part of it, as their effect and text.
fn reasons(run: &CheckedRun) -> Vec<String> {
    let is_told = |kind: &ReasonKind| kind.pointer().is_some();
    let told = run.decision.reasons.iter();
    let told = told.filter(|reason| reason.effect != ReasonEffect::Note || is_told(&reason.kind));
    told.map(|reason| format!("{} {reason}", reason.effect)).collect()
}

fn parts(run: &CheckedRun) -> Vec<CheckedPart> {
    run.checks.iter().map(|check| check.part.clone().unwrap()).collect()
}

fn recorded(newsletter: &Newsletter, run: &CheckedRun) -> RunEvent {
    newsletter.runs().into_iter().find(|recorded| recorded.run == run.run).unwrap()
}

async fn replay(newsletter: &Newsletter, run: &CheckedRun) -> Vec<ReplayedCheck> {
    let (engine, packages) = (Engine::new(Settings::default()).unwrap(), newsletter.packages());
    let reader = newsletter.ledger().open_reader().unwrap();
    let mut replayer = Replayer::new(&engine, &packages, &*reader);
    replayer.replay_run(&recorded(newsletter, run)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_is_judged_by_itself_and_findings_have_their_place() {
    let newsletter = Newsletter::new(ITEMS, 5).await;
    let gate = newsletter.open_gate().await;
    let run = check_document(&gate, CALM_AND_LOUD).await;
    assert_eq!(run.decision.ruling, Ruling::Block);
    let part = |at: &str| CheckedPart { at: at.into(), problem: None };
    assert_eq!(parts(&run), [part("/items/0/text"), part("/items/1/text")]);
    assert_eq!(
        reasons(&run),
        [
            "block `marks` found `mark` (error) at `/items/1/text`: an exclamation mark",
            "hold no enforced contract passed the output"
        ],
        "nothing is said about the title, which no contract was shown"
    );
    let calm = check_document(&gate, r#"{"title": "A!", "items": [{"text": "Hello"}]}"#).await;
    assert_eq!(calm.decision.ruling, Ruling::Allow, "{:?}", reasons(&calm));
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_are_replayed_to_the_byte() {
    let newsletter = Newsletter::new(ITEMS, 5).await;
    let run = check_document(&newsletter.open_gate().await, CALM_AND_LOUD).await;
    let replayed = replay(&newsletter, &run).await;
    let parts: Vec<_> = replayed.iter().map(|check| check.part.as_deref()).collect();
    assert_eq!(parts, [Some("/items/0/text"), Some("/items/1/text")]);
    for check in replayed {
        assert!(matches!(check.outcome, ReplayOutcome::Identical { same_fuel: true }));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_of_a_contract_judges_the_same_parts() {
    let newsletter = Newsletter::new(ITEMS, 5).await;
    let run = check_document(&newsletter.open_gate().await, CALM_AND_LOUD).await;
    let reader = newsletter.ledger().open_reader().unwrap();
    let engine = Engine::new(Settings::default()).unwrap();
    let component = std::fs::read(built_guest("hasty")).unwrap();
    let candidate =
        Candidate::load_contract(&engine, &*reader, &gate_name(), component.into()).await.unwrap();
    let gate = newsletter.host.governing_gate(&gate_name()).unwrap();
    let mut comparison = Comparison::new(&*reader, &gate, &candidate, None, START_MS).unwrap();
    let compared = comparison.compare_run(&recorded(&newsletter, &run), START_MS).await.unwrap();
    assert_eq!(compared.before, compared.after);
    assert_eq!(compared.after.ruling, Ruling::Block);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_does_not_pass() {
    let newsletter = Newsletter::new(ITEMS, 5).await;
    let gate = newsletter.open_gate().await;
    for (document, at, problem) in [
        (r#"{"items": [{"text": "Hello"}, {}]}"#, "/items/1/text", PartProblem::Absent),
        (r#"{"items": []}"#, "/items/*/text", PartProblem::Absent),
        (r#"{"items": [{"text": null}]}"#, "/items/0/text", PartProblem::Absent),
        (r#"{"items": [], "items": [{"text": "a"}]}"#, "/items/*/text", PartProblem::Ambiguous),
    ] {
        let run = check_document(&gate, document).await;
        assert_eq!(run.decision.ruling, Ruling::Block, "{document}");
        let part = CheckedPart { at: at.into(), problem: Some(problem) };
        assert!(parts(&run).contains(&part), "{document}: {:?}", parts(&run));
        let expected = format!("block not evaluated: {part}, and `marks` judges that");
        assert!(reasons(&run).contains(&expected), "{document}: {:?}", reasons(&run));
        assert!(replay(&newsletter, &run).await.len() < parts(&run).len());
    }
    let text = subject(&gate, "Hello");
    let run = decided(gate.check(Submission::new(text), &actor()).await.unwrap());
    let problem = Some(PartProblem::NotADocument);
    assert_eq!(parts(&run), [CheckedPart { at: "/items/*/text".into(), problem }]);
    assert_eq!(run.decision.ruling, Ruling::Block);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_optional_part_may_be_absent() {
    let title = "[[contracts]]\ncontract = \"tollgate/length@^1\"\nat = \"/title\"\n\
                 config = { characters = { max = 20 } }\n";
    let optional = format!("{ITEMS}when-absent = \"pass\"\n");
    let newsletter = Newsletter::new(&format!("{optional}{title}"), 5).await;
    let gate = newsletter.open_gate().await;
    let run = check_document(&gate, r#"{"title": "A", "items": []}"#).await;
    assert_eq!(run.decision.ruling, Ruling::Allow, "{:?}", reasons(&run));
    let expected =
        "note not evaluated: there is nothing at `/items/*/text`, and `marks` judges that";
    assert_eq!(reasons(&run), [expected]);
    let loud = check_document(&gate, r#"{"title": "A", "items": [{}, {"text": "!"}]}"#).await;
    assert_eq!(loud.decision.ruling, Ruling::Block, "other parts are judged all the same");
    for document in [r#"{"title": "A", "items": "!"}"#, r#"{"title": "A", "items": ["!"]}"#] {
        let run = check_document(&gate, document).await;
        assert_eq!(run.decision.ruling, Ruling::Block, "{document}");
        assert!(reasons(&run)[0].contains("has another shape"), "{:?}", reasons(&run));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_no_contract_judged_is_held() {
    let newsletter = Newsletter::new(&format!("{ITEMS}when-absent = \"pass\"\n"), 5).await;
    let gate = newsletter.open_gate().await;
    let run = check_document(&gate, r#"{"itemstext": "Buy now!"}"#).await;
    assert_eq!(run.decision.ruling, Ruling::Hold);
    let nothing =
        "note not evaluated: there is nothing at `/items/*/text`, and `marks` judges that";
    assert_eq!(reasons(&run), ["hold no enforced contract passed the output", nothing]);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_parts_than_are_judged_block_the_output() {
    let newsletter = Newsletter::new(ITEMS, 5).await;
    let gate = newsletter.open_gate().await;
    let items = vec![r#"{"text": "Hello"}"#; tollgate::model::PARTS_MAX + 1].join(",");
    let run = check_document(&gate, &format!(r#"{{"items": [{items}]}}"#)).await;
    assert_eq!(run.decision.ruling, Ruling::Block);
    let problem = Some(PartProblem::TooMany);
    assert_eq!(parts(&run), [CheckedPart { at: "/items/*/text".into(), problem }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_makes_a_contract_fail_costs_the_gate_no_level() {
    let hostile = "[[contracts]]\ncontract = \"hostile/hostile@^1\"\nat = \"/text\"\n";
    let newsletter = Newsletter::new(hostile, 5).await;
    let gate = newsletter.open_gate().await;
    let run = check_document(&gate, r#"{"text": "trap"}"#).await;
    assert_eq!((run.decision.ruling, run.demotion.is_none()), (Ruling::Block, true));
    assert!(reasons(&run)[0].contains("gave no answer at `/text` (trap: "), "{:?}", reasons(&run));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_text_goes_out_early_where_a_part_is_judged() {
    for mode in ["enforce", "advise"] {
        let contracts = format!("{MARKS}{ITEMS}mode = \"{mode}\"\n");
        let newsletter = Newsletter::new(&contracts, 5).await;
        let gate = newsletter.open_gate().await;
        let mut stream = gate.check_stream(stream_submission(&gate), &actor()).await.unwrap();
        let progress = stream.push("Hello Lee. ").await.unwrap();
        assert!(matches!(progress, StreamProgress::Stopped(_)), "{mode}: {progress:?}");
        let run = decided(stream.finish().await.unwrap());
        assert_ne!(run.decision.ruling, Ruling::Allow, "{mode}");
        assert_eq!((run.early_text, run.checks.len()), (None, 2));
        assert!(run.checks[1].verdicts.is_empty(), "the contract was not shown the text");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_in_shadow_keeps_no_text() {
    let newsletter = Newsletter::new(&format!("{MARKS}{ITEMS}mode = \"shadow\"\n"), 5).await;
    let gate = newsletter.open_gate().await;
    let mut stream = gate.check_stream(stream_submission(&gate), &actor()).await.unwrap();
    let progress = stream.push("Hello Lee. ").await.unwrap();
    assert_eq!(progress, StreamProgress::Text("Hello Lee. "));
    let run = decided(stream.finish().await.unwrap());
    assert_eq!((run.decision.ruling, run.checks.len()), (Ruling::Allow, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_should_be_json_and_is_not_is_blocked_and_kept() {
    let newsletter = Newsletter::new(&format!("{LENGTH}{ITEMS}"), 5).await;
    let gate = newsletter.open_gate().await;
    let broken = "{\"items\": [{\"text\":\n  \"Hello}]}";
    let run = check_document(&gate, broken).await;
    assert_eq!((run.decision.ruling, run.checks.len()), (Ruling::Block, 0));
    let expected = "block the output is not JSON, so no contract was asked: EOF while parsing a \
                    string at line 2, column 11";
    assert_eq!(reasons(&run), [expected]);
    let event = recorded(&newsletter, &run);
    let RetainedContent::Full(kept) = &event.content else { panic!("{:?}", event.content) };
    assert_eq!(kept.content.output_text(), Some(broken));
    assert!(replay(&newsletter, &run).await.is_empty(), "no contract was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_can_take_code_fences_off() {
    let fixture = Fixture::new(200).await;
    let path = fixture.folder.path().join("gates/products.toml");
    let contracts = "[[contracts]]\ncontract = \"tollgate/length@^1\"\nat = \"/text\"\n\
                     config = { characters = { max = 20 } }\n";
    let fenced = "```json\n{\"text\": \"Hello\"}\n```\n";
    let check = async |unfences: bool, document: &str| {
        let gate = format!("purpose = \"quality\"\nunfence = {unfences}\n{contracts}");
        files::write(&path, gate.as_bytes()).unwrap();
        let loaded = fixture.host.load_locked_gate("products").await.unwrap();
        let mut trial = TrialGate::new(loaded, None, START_MS).unwrap();
        let subject = Subject::new(Content::from_json_text(document));
        trial.check(subject, START_MS).await.unwrap()
    };
    let run = check(true, fenced).await;
    assert_eq!(run.decision.ruling, Ruling::Pass, "{:?}", reasons(&run));
    assert_eq!(run.subject.content, Content::from_json_text("{\"text\": \"Hello\"}"));
    let is_unfenced = |run: &CheckedRun| {
        run.decision.reasons.iter().any(|reason| reason.kind == ReasonKind::Unfenced)
    };
    assert!(is_unfenced(&run), "what was judged is not what was handed in");
    assert!(!is_unfenced(&check(true, r#"{"text": "Hello"}"#).await));
    let run = check(false, fenced).await;
    assert_eq!(run.decision.ruling, Ruling::Fail);
    assert!(
        reasons(&run)[0].ends_with("which the option `unfence` takes off"),
        "{:?}",
        reasons(&run)
    );
    let run = check(true, "```\n{\"text\": \n```").await;
    assert!(reasons(&run)[0].contains("EOF while parsing a value"), "{:?}", reasons(&run));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_release_judges_the_output_with_its_code_fence() {
    let fixture = Fixture::new(200).await;
    let path = fixture.folder.path().join("gates/short.toml");
    let gate = files::read_text(&path).unwrap();
    let publish = async |line: &str| {
        files::write(&path, format!("{line}\n{gate}").as_bytes()).unwrap();
        fixture.host.publish_release("short", &actor(), None).await.unwrap();
    };
    publish("unfence = true").await;
    let fenced = Content::from_json_text("```json\n{\"text\": \"Hello\"}\n```\n");
    let handle = fixture.open_gate().await;
    let judged = handle.judge(Submission::new(Subject::new(fenced.clone()))).await.unwrap();
    publish("task = \"It takes no code fence off.\"").await;
    let pending = handle.submit(judged, &actor()).await.unwrap();
    let run = decided(pending.outcome().await.unwrap());
    assert_eq!((run.decision.ruling, run.subject.content.clone()), (Ruling::Block, fenced));
    assert!(reasons(&run)[0].contains("not JSON"), "{:?}", reasons(&run));
}
