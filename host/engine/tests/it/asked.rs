//! What contracts ask of the host: granted, denied, bounded.

use std::sync::Arc;

use serde_json::json;
use tollgate_engine::{Contract, Engine, Grants, Limits, Live, LoadError, Table, inspect};
use tollgate_model::{Capability, Determinism, Report};

use crate::common::{config, engine, guest, limits, text, word};

fn all() -> Grants {
    Capability::ALL.into_iter().fold(Grants::none(), Grants::allow)
}

fn with_claims() -> Grants {
    let claims: Table = [("best".to_owned(), "legal".to_owned())].into_iter().collect();
    all().allow_table("claims", Arc::new(claims))
}

async fn load(engine: &Engine, grants: Grants, limits: Limits) -> Result<Contract, LoadError> {
    engine.load(guest("curious"), config(json!({})), grants, limits).await
}

async fn curious() -> Contract {
    load(&engine(), with_claims(), limits()).await.unwrap()
}

fn live() -> Live {
    Live { now_ms: 1_700_000_000_000, prompt_text: Some("Write a letter.".into()) }
}

async fn report(contract: &Contract, subject: &str) -> Report {
    contract.judge(&text(subject), live()).await.verdict.unwrap()
}

/// The contract's answer to a command is this message.
async fn check(contract: &Contract, subject: &str, wanted: &str) {
    assert_eq!(report(contract, subject).await.findings[0].message, wanted, "{subject}");
}

#[test]
fn imports_are_capabilities() {
    let inspection = inspect(&guest("curious")).unwrap();
    assert_eq!(inspection.capabilities, Capability::ALL.into());
    assert_eq!(inspection.determinism, Determinism::Deterministic);
    assert!(inspect(&guest("hostile")).unwrap().capabilities.is_empty());
}

#[tokio::test]
async fn what_is_granted_is_answered() {
    let contract = curious().await;
    check(&contract, "lookup claims best", "value: legal").await;
    check(&contract, "lookup claims worst", "absent").await;
    check(&contract, "contains claims best worst", "true false").await;
    check(&contract, "prompt", "Write a letter.").await;
    assert_eq!(report(&contract, "clock").await.measures[0].value, 1_700_000_000_000.0);
    assert_eq!(word(&contract.judge(&text("clock-twice"), live()).await), "pass");
}

#[tokio::test]
async fn a_table_that_is_not_granted_is_no_table() {
    let contract = curious().await;
    check(&contract, "lookup prices tea", "not-granted: prices").await;
    check(&contract, "contains prices tea", "not-granted: prices").await;
}

/// Every import of the WIT version, each denied alone.
#[tokio::test]
async fn a_capability_that_is_not_granted_keeps_a_contract_from_loading() {
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
    assert!(load(&engine, all(), limits()).await.is_ok());
}

#[tokio::test]
async fn nothing_answers_while_a_contract_is_configured() {
    let engine = engine();
    for call in ["call-log", "call-clock", "call-lookup", "call-prompt"] {
        let config = config(json!({"configure": call}));
        let loaded = engine.load(guest("curious"), config, with_claims(), limits()).await;
        let message = loaded.err().unwrap().to_string();
        assert!(message.contains("no capability answers while"), "{call}: {message}");
    }
}

/// Not even while it makes room for what it is given.
#[tokio::test]
async fn nothing_answers_out_of_turn() {
    let bytes = crate::common::component(crate::guests::guest("reentrant"), &Capability::ALL);
    let contract = engine().load(bytes, config(json!({})), all(), limits()).await.unwrap();
    let failure = contract.judge(&text("text"), live()).await.verdict.unwrap_err();
    assert!(failure.to_string().contains("cannot leave component instance"), "{failure}");
}

#[tokio::test]
async fn a_log_is_kept_and_bounded() {
    let contract = curious().await;
    let log = contract.judge(&text("log one line"), live()).await.log;
    assert_eq!((log.lines[0].message.as_str(), log.dropped), ("one line", 0));
    let log = contract.judge(&text("log-levels one line"), live()).await.log;
    let levels: Vec<_> = log.lines.iter().map(|line| format!("{:?}", line.level)).collect();
    assert_eq!(levels, ["Debug", "Info", "Warn", "Error"]);
    let log = contract.judge(&text("log-many 1000"), live()).await.log;
    assert_eq!((log.lines.len(), log.dropped), (100, 900));
    let log = contract.judge(&text("log-long 100000"), live()).await.log;
    assert_eq!(log.lines[0].message.len(), 1024);
}

/// Fuel does not count what the host does, so what is asked of it is bounded by itself.
#[tokio::test]
async fn asking_without_end() {
    let limits = Limits { fuel: 20_000_000_000, ..limits() };
    let contract = load(&engine(), with_claims(), limits).await.unwrap();
    for command in [
        "huge-log",
        "log-loop",
        "log-long 67108864",
        "clock-many",
        "lookup-many",
        "contains-many",
        "prompt-many",
    ] {
        let judgement = contract.judge(&text(command), live()).await;
        assert!(
            ["trap", "memory"].contains(&word(&judgement).as_str()),
            "{command}: {judgement:?}"
        );
        check(&contract, "lookup claims best", "value: legal").await;
    }
}

/// The contract has a hundred thousand keys at the price of one, and the host does not
/// copy them all to find that out.
#[tokio::test]
async fn keys_that_share_their_bytes() {
    let bytes = crate::common::component(crate::guests::guest("overlap-keys"), &Capability::ALL);
    let contract = engine().load(bytes, config(json!({})), with_claims(), limits()).await.unwrap();
    let judgement = contract.judge(&text("text"), live()).await;
    assert_eq!(word(&judgement), "trap", "{judgement:?}");
    assert!(judgement.answers.is_empty());
}
