//! Risks and statistics.

use serde_json::{Value, json};
use tollgate_api::{RiskDocument, StatisticsDocument};

use super::{OPEN_LEVEL, allow, assert_document, reader, reader_of_other_gate, without_request_id};
use crate::served::{GATE, OTHER_GATE, Served};

/// Returns the gates of the entries of a list.
fn gates(entries: &Value) -> Vec<&str> {
    let entries = entries.as_array().unwrap().iter();
    entries.map(|entry| entry["gate"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_risks_of_the_gates_that_the_caller_may_see() {
    let served = Served::start().await;
    let risk = served.get(&reader(&served), "/v1/risk").await.ok();
    assert_document::<RiskDocument>(&risk);
    assert_eq!(gates(&risk["gates"]), [OTHER_GATE, GATE]);
    assert!(risk.to_string().contains(&format!("\"{GATE}\"")));

    let risk = served.get(&reader_of_other_gate(&served), "/v1/risk").await.ok();
    assert_document::<RiskDocument>(&risk);
    assert_eq!(gates(&risk["gates"]), [OTHER_GATE]);
    assert!(!risk["access"].as_object().unwrap().is_empty());
    assert!(!risk.to_string().contains(&format!("\"{GATE}\"")), "{risk:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_what_happened_at_the_gates_that_the_caller_may_see() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    allow(&served, "Hello, reader").await;
    served.hold(OTHER_GATE, "Hello, reader").await;
    let token = reader(&served);
    let all = served.get(&token, "/v1/stats").await.ok();
    assert_document::<StatisticsDocument>(&all);
    assert_eq!(gates(&all["gates"]), [OTHER_GATE, GATE]);
    assert_eq!((&all["gates"][1]["now"]["runs"], &all["gates"][1]["days"]), (&json!(1), &json!(7)));
    for (since, days) in [("30d", 30), ("2027-01-14", 2), ("2027-01-15T00:00:00Z", 1)] {
        let path = format!("/v1/stats?gate={GATE}&since={since}");
        let one = served.get(&token, &path).await.ok();
        assert_document::<StatisticsDocument>(&one);
        assert_eq!(gates(&one["gates"]), [GATE]);
        assert_eq!(one["gates"][0]["days"], days, "{since}");
    }
    let token = reader_of_other_gate(&served);
    let seen = served.get(&token, "/v1/stats").await.ok();
    assert_eq!(gates(&seen["gates"]), [OTHER_GATE]);
    let hidden = served.get(&token, &format!("/v1/stats?gate={GATE}")).await;
    let unknown = served.get(&token, "/v1/stats?gate=unknown").await;
    assert_eq!(
        without_request_id(hidden.problem(404, "gate-not-found")),
        without_request_id(unknown.problem(404, "gate-not-found"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_periods_without_a_start() {
    let served = Served::start().await;
    for query in ["since=yesterday", "since=", "until=7d", "gate=A B"] {
        let answer = served.get(&reader(&served), &format!("/v1/stats?{query}")).await;
        answer.problem(400, "invalid-parameter");
    }
}
