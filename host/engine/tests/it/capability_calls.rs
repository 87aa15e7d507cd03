//! Capability calls: granted, denied and bounded.

use std::sync::Arc;

use serde_json::json;
use tollgate_engine::{Contract, Engine, Grants, HostContext, Limits, LoadError, Table, inspect};
use tollgate_model::{Capability, Determinism, Report};

use crate::common::{config, engine, guest, limits, text, verdict_name};

fn all_grants() -> Grants {
    Capability::ALL.into_iter().fold(Grants::none(), Grants::allow)
}

fn grants_with_claims() -> Grants {
    let claims: Table = [("best".to_owned(), "legal".to_owned())].into_iter().collect();
    all_grants().allow_table("claims", Arc::new(claims))
}

async fn load(engine: &Engine, grants: Grants, limits: Limits) -> Result<Contract, LoadError> {
    engine.load(guest("curious"), config(json!({})), grants, limits).await
}

async fn curious() -> Contract {
    load(&engine(), grants_with_claims(), limits()).await.unwrap()
}

fn host_context() -> HostContext {
    HostContext { now_ms: 1_700_000_000_000, prompt_text: Some("Write a letter.".into()) }
}

async fn report(contract: &Contract, subject: &str) -> Report {
    contract.judge(&text(subject), host_context()).await.verdict.unwrap()
}

/// Checks the message of the finding that a command leads to.
async fn check(contract: &Contract, subject: &str, expected: &str) {
    assert_eq!(report(contract, subject).await.findings[0].message, expected, "{subject}");
}

#[test]
fn imports_are_capabilities() {
    let inspection = inspect(&guest("curious")).unwrap();
    assert_eq!(inspection.capabilities, Capability::ALL.into());
    assert_eq!(inspection.determinism, Determinism::Deterministic);
    assert!(inspect(&guest("hostile")).unwrap().capabilities.is_empty());
}

#[tokio::test]
async fn answers_granted_calls() {
    let contract = curious().await;
    check(&contract, "lookup claims best", "value: legal").await;
    check(&contract, "lookup claims worst", "absent").await;
    check(&contract, "contains claims best worst", "true false").await;
    check(&contract, "prompt", "Write a letter.").await;
    assert_eq!(report(&contract, "clock").await.measures[0].value, 1_700_000_000_000.0);
    assert_eq!(verdict_name(&contract.judge(&text("clock-twice"), host_context()).await), "pass");
}

#[tokio::test]
async fn lookup_reports_tables_that_are_not_granted() {
    let contract = curious().await;
    check(&contract, "lookup prices tea", "not-granted: prices").await;
    check(&contract, "contains prices tea", "not-granted: prices").await;
}

#[tokio::test]
async fn loading_fails_if_any_one_capability_is_not_granted() {
    let engine = engine();
    for denied in Capability::ALL {
        let others = Capability::ALL.into_iter().filter(|&capability| capability != denied);
        let grants = others.fold(Grants::none(), Grants::allow);
        let error = load(&engine, grants, limits()).await.err().unwrap();
        let LoadError::NotGranted { capability, .. } = &error else { panic!("{error}") };
        assert_eq!(*capability, denied);
        assert!(error.to_string().contains(denied.name()), "{error}");
    }
    assert!(load(&engine, Grants::none(), limits()).await.is_err());
    assert!(load(&engine, all_grants(), limits()).await.is_ok());
}

#[tokio::test]
async fn capabilities_are_closed_during_configuration() {
    let engine = engine();
    for call in ["call-log", "call-clock", "call-lookup", "call-prompt"] {
        let config = config(json!({"configure": call}));
        let loaded = engine.load(guest("curious"), config, grants_with_claims(), limits()).await;
        let message = loaded.err().unwrap().to_string();
        assert!(message.contains("capabilities cannot be called while"), "{call}: {message}");
    }
}

/// The guest calls `log` in its allocator, while the host writes the subject into it.
#[tokio::test]
async fn capabilities_cannot_be_called_from_the_allocator() {
    let bytes = crate::common::component(crate::guests::guest("reentrant"), &Capability::ALL);
    let contract = engine().load(bytes, config(json!({})), all_grants(), limits()).await.unwrap();
    let failure = contract.judge(&text("text"), host_context()).await.verdict.unwrap_err();
    assert!(failure.to_string().contains("cannot leave component instance"), "{failure}");
}

#[tokio::test]
async fn log_is_recorded_and_bounded() {
    let contract = curious().await;
    let log = contract.judge(&text("log one line"), host_context()).await.log;
    assert_eq!((log.lines[0].message.as_str(), log.dropped), ("one line", 0));
    let log = contract.judge(&text("log-levels one line"), host_context()).await.log;
    let levels: Vec<_> = log.lines.iter().map(|line| format!("{:?}", line.level)).collect();
    assert_eq!(levels, ["Debug", "Info", "Warn", "Error"]);
    let log = contract.judge(&text("log-many 1000"), host_context()).await.log;
    assert_eq!((log.lines.len(), log.dropped), (100, 900));
    let log = contract.judge(&text("log-long 100000"), host_context()).await.log;
    assert_eq!(log.lines[0].message.len(), 1024);
}

/// Fuel does not count the host's work, so capability calls have a limit of their own.
#[tokio::test]
async fn endless_calls_are_stopped() {
    let limits = Limits { fuel: 20_000_000_000, ..limits() };
    let contract = load(&engine(), grants_with_claims(), limits).await.unwrap();
    for command in [
        "huge-log",
        "log-loop",
        "log-long 67108864",
        "clock-many",
        "lookup-many",
        "contains-many",
        "prompt-many",
    ] {
        let judgement = contract.judge(&text(command), host_context()).await;
        assert!(
            ["trap", "memory"].contains(&verdict_name(&judgement).as_str()),
            "{command}: {judgement:?}"
        );
        check(&contract, "lookup claims best", "value: legal").await;
    }
}

/// The guest passes a hundred thousand keys that share their bytes. The host must refuse them
/// before it copies them.
#[tokio::test]
async fn keys_that_share_their_bytes_are_charged_before_they_are_copied() {
    let bytes = crate::common::component(crate::guests::guest("overlap-keys"), &Capability::ALL);
    let contract =
        engine().load(bytes, config(json!({})), grants_with_claims(), limits()).await.unwrap();
    let judgement = contract.judge(&text("text"), host_context()).await;
    assert_eq!(verdict_name(&judgement), "trap", "{judgement:?}");
    assert!(judgement.answers.is_empty());
}
