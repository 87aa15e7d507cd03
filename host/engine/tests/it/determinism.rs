//! Determinism: the same contract, configuration, subject and recorded answers give the same
//! report, byte for byte.

use serde_json::json;
use std::sync::Arc;
use tollgate_engine::{Contract, Engine, Grants, HostContext, Settings, Table};
use tollgate_model::{Capability, HostAnswer, Judgement};

use crate::common::{config, engine, guest, limits, text, verdict_name};

async fn curious(engine: &Engine, value: &str) -> Contract {
    let claims: Table = [("best".to_owned(), value.to_owned())].into_iter().collect();
    let all = Capability::ALL.into_iter().fold(Grants::none(), Grants::allow);
    let grants = all.allow_table("table", Arc::new(claims));
    engine.load(guest("curious"), config(json!({})), grants, limits()).await.unwrap()
}

fn host_context(now_ms: u64) -> HostContext {
    HostContext { now_ms, prompt_text: Some(format!("prompt of {now_ms}").into()) }
}

fn comparable_json(judgement: &Judgement) -> String {
    serde_json::to_string(&(&judgement.verdict, judgement.fuel_used, &judgement.log)).unwrap()
}

#[tokio::test]
async fn replay_gives_the_same_report() {
    let then = curious(&engine(), "legal").await;
    // A different engine, time and table.
    let now = curious(&engine(), "nobody").await;
    for command in ["everything", "clock", "lookup table best", "contains table best", "prompt"] {
        let subject = text(command);
        let first = then.judge(&subject, host_context(1)).await;
        let other = now.judge(&subject, host_context(2)).await;
        let again = now.replay(&subject, first.answers.clone()).await;
        assert_eq!(comparable_json(&again), comparable_json(&first), "{command}");
        assert_eq!(again.answers, first.answers, "{command}");
        if command != "contains table best" && command != "lookup table best" {
            assert_ne!(
                comparable_json(&other),
                comparable_json(&first),
                "{command}: a live run differs, so the record was used"
            );
        }
    }
}

#[tokio::test]
async fn replay_with_a_wrong_record_fails() {
    let contract = curious(&engine(), "legal").await;
    let subject = text("lookup table best");
    let record = contract.judge(&subject, host_context(1)).await.answers;
    assert_eq!(record.len(), 1);
    let other_question = vec![HostAnswer::LookupGet {
        table: "table".into(),
        key: "worst".into(),
        answer: Ok(None),
    }];
    let too_many = [record.clone(), vec![HostAnswer::Clock { now_ms: 1 }]].concat();
    for record in [vec![], vec![HostAnswer::Clock { now_ms: 1 }], other_question, too_many] {
        let judgement = contract.replay(&subject, record).await;
        assert_eq!(verdict_name(&judgement), "replay-diverged", "{judgement:?}");
    }
    assert_eq!(verdict_name(&contract.replay(&subject, record).await), "pass");
}

#[tokio::test]
async fn engines_agree_on_snapshots_and_fuel() {
    let (one, other) = (engine(), Engine::new(Settings::default()).unwrap());
    let judge = async |engine: &Engine| {
        let contract = crate::common::load(engine, guest("hostile")).await.unwrap();
        let mut all = String::new();
        for subject in ["count", "burn 1000", "panic x", "loop", "nan-sign", "huge-result 10"] {
            all += &comparable_json(&contract.judge(&text(subject), HostContext::default()).await);
        }
        all
    };
    assert_eq!(judge(&one).await, judge(&other).await);
}
