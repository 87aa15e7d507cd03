//! Gates of the purpose `quality`: they judge by their file or by contracts alone, and nothing of them is recorded.

use std::collections::BTreeMap;

use serde_json::json;
use tollgate::autonomy::LevelChangeError;
use tollgate::engine::{Config, ConfigInputs, Engine, Settings};
use tollgate::gate::{GoverningRecordError, LoadedGate, QualityContract, ReleaseError, TrialGate};
use tollgate::model::{Content, PromptRef, Ruling, Subject};
use tollgate::{GateOpenError, LocalPackages};
use tollgate_project::files;

use super::fixture::{Fixture, START_MS, actor};

const GATE: &str = "purpose = \"quality\"\n[[contracts]]\ncontract = \"tollgate/length@^1\"\n\
                    config = { characters = { max = 20 } }\n";
const LONG: &str = "This text has more than twenty characters.";

async fn judge(trial: &mut TrialGate, text: &str) -> Ruling {
    let subject = Subject::new(Content::Text(text.into()));
    let run = trial.check(subject, START_MS).await.unwrap();
    assert_eq!(run.text_to_send(), None, "a pass is nobody's leave to send it");
    assert!(run.demotion.is_none());
    run.decision.ruling
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quality_gate_needs_no_lock_and_no_release() {
    let fixture = Fixture::new(200).await;
    let (host, name) = (&fixture.host, "products".parse().unwrap());
    files::write(&fixture.folder.path().join("gates/products.toml"), GATE.as_bytes()).unwrap();
    let loaded = host.load_locked_gate("products").await.unwrap();
    let mut trial = TrialGate::new(loaded, None, START_MS).unwrap();
    assert_eq!(judge(&mut trial, "Hello").await, Ruling::Pass);
    assert_eq!(judge(&mut trial, LONG).await, Ruling::Fail);
    let published = host.publish_release("products", &actor(), None).await;
    assert!(matches!(published, Err(ReleaseError::Quality(_))), "{published:?}");
    assert!(matches!(host.gate(&name).await, Err(GateOpenError::NoActiveRelease { .. })));
    let record = host.governing_gate(&name);
    assert!(matches!(record, Err(GoverningRecordError::Quality(_))), "{record:?}");
    let demoted = host.demote(&name, &actor(), "a reason".parse().unwrap()).await;
    assert!(matches!(demoted, Err(LevelChangeError::Quality(_))), "{demoted:?}");
    assert_eq!(fixture.run_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_judges_without_its_prompt() {
    let fixture = Fixture::new(200).await;
    let gate = GATE.replacen("\n", "\nprompt = \"product-text@^1\"\n", 1);
    files::write(&fixture.folder.path().join("gates/products.toml"), gate.as_bytes()).unwrap();
    let loaded = fixture.host.load_locked_gate("products").await.unwrap();
    let mut trial = TrialGate::new(loaded, None, START_MS).unwrap();
    assert_eq!(judge(&mut trial, "Hello").await, Ruling::Pass);
    let other =
        PromptRef { name: "product-text".into(), version: "2.0.0".into(), digest: String::new() };
    let subject = Subject { prompt: Some(other), ..Subject::new(Content::Text("Hello".into())) };
    let run = trial.check(subject, START_MS).await.unwrap();
    assert_eq!(run.decision.ruling, Ruling::Fail, "it is not what the gate names");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_active_release_stays_when_the_file_only_judges() {
    let fixture = Fixture::new(200).await;
    files::write(&fixture.folder.path().join("gates/short.toml"), GATE.as_bytes()).unwrap();
    let published = fixture.host.publish_release("short", &actor(), None).await;
    assert!(matches!(published, Err(ReleaseError::QualityDraft { .. })), "{published:?}");
    assert!(fixture.host.gate(&"short".parse().unwrap()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_delegates_can_be_run_for_its_findings() {
    let fixture = Fixture::new(20).await;
    let record = fixture.host.project().read_gate("short").unwrap();
    let loaded = fixture.host.load_gate_record(record.into_quality()).await.unwrap();
    let mut trial = TrialGate::new(loaded, None, START_MS).unwrap();
    assert_eq!(judge(&mut trial, "Hello").await, Ruling::Pass);
    assert_eq!(judge(&mut trial, LONG).await, Ruling::Fail);
    assert_eq!(fixture.run_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn contracts_judge_without_a_project() {
    let component = LocalPackages::new(None, None).read_contract("tollgate/length@^1").unwrap();
    let limit = json!({ "characters": { "max": 20 } });
    let contract = QualityContract {
        binding: serde_json::from_value(json!({ "contract": "tollgate/length@^1" })).unwrap(),
        component,
        config: Config::resolve(limit, &ConfigInputs::default()).unwrap(),
        tables: BTreeMap::new(),
    };
    let engine = Engine::new(Settings::default()).unwrap();
    let name = "outputs".parse().unwrap();
    let loaded = LoadedGate::for_quality(&engine, name, vec![contract]).await.unwrap();
    let mut trial = TrialGate::new(loaded, None, START_MS).unwrap();
    assert_eq!(judge(&mut trial, "Hello").await, Ruling::Pass);
    assert_eq!(judge(&mut trial, LONG).await, Ruling::Fail);
}
