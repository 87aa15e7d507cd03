//! What callers learn of gates and runs that they may not see: nothing.

use reqwest::Method;
use serde_json::{Value, json};
use tollgate_server::access::Role;

use super::{kim, waiting};
use crate::served::{Answer, GATE, OTHER_GATE, Served};

/// Returns the problem without what differs between any two requests.
fn without_request_id(answer: Answer) -> (u16, Value) {
    let Answer { status, mut body } = answer;
    body.as_object_mut().unwrap().remove("request-id").unwrap();
    (status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_a_hidden_gate_is_one_that_does_not_exist() {
    let served = Served::start().await;
    let run = served.hold(GATE, "Hello, reader").await;
    let none = format!("sha256:{}", "0".repeat(64));
    let token = served.token_for("Kim Osei", &[Role::Review], &[OTHER_GATE]);
    let paths = |run: &str| {
        let path = format!("/v1/queue/{run}");
        let reject = json!({"action": "reject", "reason": "an old offer"});
        [
            (Method::GET, path.clone(), Value::Null),
            (Method::POST, format!("{path}/claim"), json!({})),
            (Method::POST, format!("{path}/review"), reject),
        ]
    };
    let short = run.trim_start_matches("sha256:").split_at(12).0.to_owned();
    for (hidden, unknown) in [(run.clone(), none.clone()), (short, "0".repeat(12))] {
        for ((method, hidden, body), (_, unknown, _)) in
            paths(&hidden).into_iter().zip(paths(&unknown))
        {
            let ask = async |path: &str| {
                let body = body.clone();
                served.ask(method.clone(), &token, path, |request| request.json(&body)).await
            };
            let hidden = without_request_id(ask(&hidden).await);
            assert_eq!(hidden, without_request_id(ask(&unknown).await));
            assert_eq!((hidden.0, &hidden.1["code"]), (404, &json!("run-not-found")));
        }
    }
    assert_eq!(waiting(&served, &kim(&served)).await, [run]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_named_by_enough_of_its_digits() {
    let served = Served::start().await;
    let run = served.hold(GATE, "Hello, reader").await;
    let (kim, digits) = (kim(&served), run.trim_start_matches("sha256:"));
    for name in [&run, &digits[..12], &digits[..8], &run["".len().."sha256:".len() + 8]] {
        let shown = served.get(&kim, &format!("/v1/queue/{name}")).await.ok();
        assert_eq!(shown["run"], json!(run));
    }
    for name in [&digits[..7], "not-a-run", "%2fetc"] {
        served.get(&kim, &format!("/v1/queue/{name}")).await.problem(404, "run-not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_gate_is_one_that_does_not_exist() {
    let served = Served::start().await;
    let roles = [Role::Review, Role::Operate, Role::Read];
    let token = served.token_for("Sam Reed", &roles, &[OTHER_GATE]);
    let requests = |gate: &str| {
        let path = format!("/v1/gates/{gate}");
        let figures = json!({"figures": [{"kpi": "open-rate", "value": 0.4}]});
        [
            (Method::GET, path.clone(), Value::Null),
            (Method::GET, format!("{path}/releases"), Value::Null),
            (Method::GET, format!("/v1/queue?gate={gate}"), Value::Null),
            (Method::POST, format!("{path}/promote"), json!({})),
            (Method::POST, format!("{path}/demote"), json!({"level": 2, "reason": "new offers"})),
            (Method::POST, format!("{path}/figures"), figures),
            (Method::POST, format!("{path}/incidents"), json!({"description": "a wrong name"})),
            (Method::POST, format!("{path}/rollback"), json!({"reason": "too strict"})),
            (Method::POST, "/v1/releases".into(), json!({"gate": gate})),
        ]
    };
    let everything = served.token("Sam Reed", &roles);
    for ((method, hidden, body), (_, unknown, other)) in
        requests(GATE).into_iter().zip(requests("no-such-gate"))
    {
        let ask = async |token: &str, path: &str, body: &Value| {
            let answer = served.ask(method.clone(), token, path, |request| request.json(body));
            without_request_id(answer.await)
        };
        let hidden = ask(&token, &hidden, &body).await;
        assert_eq!((hidden.0, &hidden.1["code"]), (404, &json!("gate-not-found")), "{unknown}");
        assert_eq!(hidden, ask(&token, &unknown, &other).await, "{unknown}");
        assert_eq!(hidden, ask(&everything, &unknown, &other).await, "{unknown}");
    }
    let events = super::level(&served).await;
    assert_eq!(events, 3, "nothing was done at the hidden gate");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_names_only_runs_that_the_caller_may_see() {
    let served = Served::start().await;
    let run = served.hold(GATE, "Hello, reader").await;
    let path = format!("/v1/gates/{OTHER_GATE}/incidents");
    let body = json!({"description": "a wrong name", "run": run});
    let some = served.token_for("Sam Reed", &[Role::Operate], &[OTHER_GATE]);
    served.post(&some, &path, body.clone()).await.problem(404, "run-not-found");
    let all = super::operator(&served);
    served.post(&all, &path, body).await.problem(400, "invalid-body");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_act_needs_its_role() {
    let served = Served::start().await;
    let token = |role| served.token("Sam Reed", &[role]);
    let (submit, review) = (token(Role::Submit), token(Role::Review));
    let (operate, read) = (token(Role::Operate), token(Role::Read));
    let gate = format!("/v1/gates/{GATE}");
    for token in [&submit, &review, &operate, &read] {
        served.get(token, &gate).await.ok();
    }
    let releases = format!("{gate}/releases");
    for token in [&submit, &review, &operate] {
        served.get(token, &releases).await.problem(403, "forbidden");
    }
    served.get(&read, &releases).await.ok();
    for token in [&submit, &operate, &read] {
        served.get(token, "/v1/queue").await.problem(403, "forbidden");
    }
    served.get(&review, "/v1/queue").await.ok();
    let demotion = json!({"level": 2, "reason": "new offers"});
    for token in [&submit, &review, &read] {
        let answer = served.post(token, &format!("{gate}/demote"), demotion.clone()).await;
        answer.problem(403, "forbidden");
    }
    served.post(&operate, &format!("{gate}/demote"), demotion).await.ok();
}
