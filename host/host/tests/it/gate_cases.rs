//! Recorded cases prove a release before it is published.

use std::path::PathBuf;

use tollgate::gate_cases::{GateCaseError, GateCaseOutcome, GateCaseReport};
use tollgate::model::Ruling;
use tollgate::{ErrorKind, HostError};
use tollgate_project::files;

use super::fixture::{Fixture, START_MS, actor, gate};

async fn test(fixture: &Fixture) -> Result<GateCaseOutcome, GateCaseError> {
    let loaded = fixture.host.load_locked_gate("short").await.unwrap();
    fixture.host.test_loaded_gate(&loaded, START_MS).await
}

async fn report(fixture: &Fixture) -> GateCaseReport {
    match test(fixture).await.unwrap() {
        GateCaseOutcome::Tested(report) => report,
        other => panic!("{other:?}"),
    }
}

fn write_cases(fixture: &Fixture, cases: &[&str]) {
    let path = fixture.folder.path().join("cases/short.jsonl");
    files::write(&path, cases.join("\n").as_bytes()).unwrap();
}

const HELD: &str = r#"{"id": "short", "text": "Hello", "expect": "hold"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_without_cases_proves_nothing() {
    let fixture = Fixture::new(200).await;
    let outcome = test(&fixture).await.unwrap();
    let GateCaseOutcome::NoCases { file } = outcome else { panic!("{outcome:?}") };
    assert_eq!(file, PathBuf::from("cases/short.jsonl"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_a_release_is_evidence_for_it() {
    let fixture = Fixture::new(200).await;
    fixture.add_to_gate("\n[change-control]\nleast-cases = 2\n").await;
    write_cases(&fixture, &[HELD, r#"{"text": "Hello again", "expect": "hold"}"#]);
    let tested = report(&fixture).await;
    let loaded = fixture.host.load_locked_gate("short").await.unwrap();
    assert_eq!((tested.release, tested.failed_count()), (loaded.snapshot.digest, 0));
    assert_eq!(tested.cases[1].case.id, "line 2");
    let evidence = [tested.to_evidence()];
    assert_eq!((evidence[0].cases, evidence[0].at_ms), (2, START_MS));
    let published = fixture.host.publish_tested_release("short", &actor(), None, &evidence).await;
    assert_eq!(published.unwrap().after, tested.release);
    assert_eq!(fixture.run_count(), 0, "a test records nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unexpected_decision_is_a_failed_case() {
    let fixture = Fixture::new(200).await;
    let other = r#"{"id": "other", "text": "Hello", "expect": "allow", "because": ["budget"]}"#;
    write_cases(&fixture, &[HELD, other]);
    let tested = report(&fixture).await;
    let failed: Vec<_> = tested.failed_cases().collect();
    assert_eq!(failed.iter().map(|failed| failed.case.id.as_str()).collect::<Vec<_>>(), ["other"]);
    let expected = [
        "expected `allow`, got `hold`",
        "expected the reason `budget`, which the decision does not have",
    ];
    assert_eq!(failed[0].mismatches, expected);
    assert_eq!(tested.to_evidence().failed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loaded_gate_is_tested_and_not_what_its_files_have_become() {
    let fixture = Fixture::new(200).await;
    let letter = "a letter ".repeat(10);
    let quality = |characters_max| format!("purpose = \"quality\"\n\n{}", gate(characters_max));
    write_cases(&fixture, &[&format!(r#"{{"text": "{letter}", "expect": "pass"}}"#)]);
    fixture.write_gate(&quality(200)).await;
    let loaded = fixture.host.load_locked_gate("short").await.unwrap();
    fixture.write_gate(&quality(20)).await;
    let outcome = fixture.host.test_loaded_gate(&loaded, START_MS).await.unwrap();
    let GateCaseOutcome::Tested(before) = outcome else { panic!("{outcome:?}") };
    assert_eq!((before.failed_count(), before.cases[0].decision.ruling), (0, Ruling::Pass));
    let after = report(&fixture).await;
    assert_eq!((after.failed_count(), after.cases[0].decision.ruling), (1, Ruling::Fail));
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_that_cannot_be_run_are_errors_of_the_project() {
    let fixture = Fixture::new(200).await;
    for (case, message) in [
        ("", "has no cases: write one per line"),
        ("{\"text\": \"a\"}", "short.jsonl:1 is not a valid case"),
        (&HELD.replace("\"hold\"", "\"hold\", \"at-level\": 4"), "cannot judge "),
    ] {
        write_cases(&fixture, &[case]);
        let error = test(&fixture).await.unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.kind(), ErrorKind::NotReady, "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_in_the_place_of_cases_keeps_nobody_waiting() {
    let fixture = Fixture::new(200).await;
    let path = fixture.folder.path().join("cases/short.jsonl");
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    let error = test(&fixture).await.unwrap_err();
    assert!(matches!(error, GateCaseError::File(_)), "{error}");
    assert_eq!(error.kind(), ErrorKind::NotReady);
}
