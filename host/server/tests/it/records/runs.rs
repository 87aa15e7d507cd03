//! Runs: pages, records, replays and retractions.

use reqwest::Method;
use serde_json::{Value, json};
use tollgate_api::{ReplayedRunLine, RetractionDocument, RunPageDocument, RunRecordDocument};
use tollgate_server::access::Role;

use super::{
    OPEN_LEVEL, allow, assert_document, check_with_id, reader, reader_of_other_gate, retract,
    unknown_run, without_request_id,
};
use crate::served::{GATE, OTHER_GATE, Served};

/// Returns the names of the runs on all pages, in order.
async fn all_runs(served: &Served, token: &str, query: &str) -> Vec<String> {
    let (mut names, mut before) = (Vec::new(), String::new());
    loop {
        let page = served.get(token, &format!("/v1/runs?{query}{before}")).await.ok();
        assert_document::<RunPageDocument>(&page);
        let runs = page["runs"].as_array().unwrap();
        names.extend(runs.iter().map(|run| run["run"].as_str().unwrap().to_owned()));
        let Some(next) = page.get("next") else { return names };
        before = format!("&before={next}");
    }
}

/// Records two runs that went out, one that is held, and two that are held at the other gate. Returns their names, the newest
/// first.
async fn record_runs(served: &Served) -> [String; 5] {
    let first = check_with_id(served, GATE, "Hello, one", "order-1").await;
    let second = check_with_id(served, OTHER_GATE, "Hello, two", "order-1").await;
    let third = check_with_id(served, GATE, &"Hello, three. ".repeat(100), "order-2").await;
    let fourth = allow(served, "Hello, four").await;
    let fifth = served.hold(OTHER_GATE, "Hello, five").await;
    [fifth, fourth, third, second, first]
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_each_run_once() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let runs = record_runs(&served).await;
    let token = reader(&served);
    for limit in 1..=6 {
        assert_eq!(all_runs(&served, &token, &format!("limit={limit}")).await, runs, "{limit}");
    }
    let [fifth, fourth, third, second, first] = &runs;
    let at_other = all_runs(&served, &token, &format!("gate={OTHER_GATE}&limit=1")).await;
    assert_eq!(at_other, [&**fifth, &**second]);
    let allowed = all_runs(&served, &token, "decision=allow&limit=1").await;
    assert_eq!(allowed, [&**fourth, &**first]);
    let named = all_runs(&served, &token, "output-id=order-1&limit=1").await;
    assert_eq!(named, [&**second, &**first]);
    let held = all_runs(&served, &token, "output-id=order-1&decision=hold").await;
    assert_eq!(held, [&**second]);
    let held = all_runs(&served, &token, "decision=hold&limit=2").await;
    assert_eq!(held, [&**fifth, &**third, &**second]);
    assert_eq!(all_runs(&served, &token, "decision=block").await, [""; 0]);
    assert_eq!(all_runs(&served, &token, "output-id=order-3").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_how_runs_stand_now() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    retract(&served, &run).await;
    let page = served.get(&reader(&served), "/v1/runs").await.ok();
    let entry = &page["runs"][0];
    assert_eq!((&entry["run"], &entry["latest-ruling"]), (&json!(run), &json!("allow")));
    assert_eq!(entry["revocation"]["by"], "Sam Reed", "{entry:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_parameters_that_no_list_has() {
    let served = Served::start().await;
    let token = reader(&served);
    let queries = [
        "limit=0",
        "limit=201",
        "limit=x",
        "before=-1",
        "decision=pass",
        "gates=a",
        "gate=A B",
        "limit=1&limit=2",
    ];
    for query in queries {
        let answer = served.get(&token, &format!("/v1/runs?{query}")).await;
        answer.problem(400, "invalid-parameter");
    }
    for gate in ["unknown", "gate"] {
        let answer = served.get(&token, &format!("/v1/runs?gate={gate}")).await;
        answer.problem(404, "gate-not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_everything_that_is_recorded_of_a_run() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = check_with_id(&served, GATE, "Hello, reader", "order-1").await;
    for name in [&*run, &run["sha256:".len()..], &run["sha256:".len()..][..12]] {
        let record = served.get(&reader(&served), &format!("/v1/runs/{name}")).await.ok();
        assert_document::<RunRecordDocument>(&record);
        assert_eq!((&record["run"], &record["gate"]), (&json!(run), &json!(GATE)));
        assert_eq!(record["requested"]["output-id"]["text"], "order-1", "{record:#}");
        assert_eq!(record["requested"]["submitted-by"], "the mailer");
        assert_eq!(record["generated"]["kind"], "full");
        assert_eq!(record["decision"]["ruling"], "allow");
        assert_eq!(record["owner"]["name"], "Sam Reed");
        assert_eq!(record["checks"].as_array().unwrap().len(), 1);
        assert_eq!(record["pinned"]["gate"], GATE);
        assert_eq!(record["history"][0]["kind"], "run");
    }
    // A caller who submits sees what became of it; the gate decides what is kept.
    let submitter = served.token_for("the mailer", &[Role::Submit], &[OTHER_GATE]);
    let held = served.hold(OTHER_GATE, "Hello, reader").await;
    let record = served.get(&submitter, &format!("/v1/runs/{held}")).await.ok();
    assert_document::<RunRecordDocument>(&record);
    assert_eq!(record["generated"]["kind"], "digest", "{record:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_another_gate_is_as_one_that_does_not_exist() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    let seen = served.hold(OTHER_GATE, "Hello, reader").await;
    let token = reader_of_other_gate(&served);
    assert_eq!(all_runs(&served, &token, "").await, [&*seen]);
    assert_eq!(all_runs(&served, &token, "decision=allow").await, [""; 0]);
    served.get(&token, &format!("/v1/runs/{seen}")).await.ok();
    let hidden = served.get(&token, &format!("/v1/runs?gate={GATE}")).await;
    let unknown = served.get(&token, "/v1/runs?gate=unknown").await;
    assert_eq!(
        without_request_id(hidden.problem(404, "gate-not-found")),
        without_request_id(unknown.problem(404, "gate-not-found"))
    );
    let reason = json!({"reason": "too early"});
    for (method, path, body) in [
        (Method::GET, "/v1/runs/{run}", None),
        (Method::POST, "/v1/runs/{run}/replay", Some(json!({}))),
        (Method::POST, "/v1/runs/{run}/retract", Some(reason)),
    ] {
        let ask = async |run: &str| {
            let path = path.replace("{run}", run);
            let send = |request: reqwest::RequestBuilder| match &body {
                Some(body) => request.json(body),
                None => request,
            };
            let answer = served.ask(method.clone(), &token, &path, send).await;
            without_request_id(answer.problem(404, "run-not-found"))
        };
        let hidden = ask(&run).await;
        for unknown in [&*unknown_run(), "unknown", &run["sha256:".len()..][..7]] {
            assert_eq!(hidden, ask(unknown).await, "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_compares_the_reports() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    let token = reader(&served);
    let replay = async |run: &str| {
        let path = format!("/v1/runs/{run}/replay");
        let line = served.post(&token, &path, json!({})).await.ok();
        assert_document::<ReplayedRunLine>(&line);
        line
    };
    let line = replay(&run).await;
    assert_eq!((&line["run"], &line["same"]), (&json!(run), &json!(true)), "{line:#}");
    assert_eq!(line["contracts"][0]["id"], "tollgate/length");
    // The other gate keeps only digests, so there is nothing to judge again.
    let line = replay(&served.hold(OTHER_GATE, "Hello, reader").await).await;
    assert_eq!(line["same"], Value::Null);
    assert_eq!(line["error"], "only the digest of its output was kept");
    let seen = served.get(&token, "/v1/ledger?after=0&limit=200").await.ok();
    let kinds = seen["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "run");
    assert_eq!(kinds.count(), 2, "a replay records nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn replays_that_find_no_place_are_refused_at_once() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    let (token, path) = (reader(&served), format!("/v1/runs/{run}/replay"));
    let replays = (0..16).map(|_| served.post(&token, &path, json!({})));
    let answers = futures_util::future::join_all(replays).await;
    let done = answers.iter().filter(|answer| answer.status == 200).count();
    assert!(done >= 2, "{done}");
    for answer in answers {
        match answer.status {
            200 => assert_eq!(answer.body["same"], true),
            _ => drop(answer.problem(503, "overloaded")),
        }
    }
    served.post(&token, &path, json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retraction_is_recorded_once_and_costs_a_level() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    let document = retract(&served, &run).await;
    assert_document::<RetractionDocument>(&document);
    assert_eq!((&document["run"], &document["gate"]), (&json!(run), &json!(GATE)));
    let demotion = &document["demotion"];
    assert_eq!((&demotion["from"], &demotion["to"]), (&json!(4), &json!(3)), "{document:#}");
    assert!(document["handler"].is_string() && document["responsible"]["name"].is_string());
    let token = served.token("Sam Reed", &[Role::Operate]);
    let path = format!("/v1/runs/{run}/retract");
    let again = served.post(&token, &path, json!({"reason": "again"})).await;
    let again = again.problem(409, "conflict");
    assert!(again["detail"].as_str().unwrap().contains("already retracted by Sam Reed"));
    let held = served.hold(OTHER_GATE, "Hello, reader").await;
    let path = format!("/v1/runs/{held}/retract");
    served.post(&token, &path, json!({"reason": "too early"})).await.problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_bodies_that_say_something_else() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    let token = served.token("Sam Reed", &[Role::Operate, Role::Read]);
    let path = |act: &str| format!("/v1/runs/{run}/{act}");
    for body in [json!({}), json!({"reason": " "}), json!({"reason": "a", "by": "Kim"}), json!([])]
    {
        served.post(&token, &path("retract"), body).await.problem(400, "invalid-body");
    }
    served.post(&token, &path("replay"), json!({"a": 1})).await.problem(400, "invalid-body");
    let send = |content_type: &'static str, body: &'static str| {
        let to_request = move |request: reqwest::RequestBuilder| {
            request.header("content-type", content_type).body(body)
        };
        served.ask(Method::POST, &token, "/v1/ledger/verify", to_request)
    };
    send("text/plain", "{}").await.problem(415, "unsupported-media-type");
    send("application/json", "{").await.problem(400, "invalid-json");
    let put = served.ask(Method::PUT, &token, &path("retract"), |request| request).await;
    put.problem(405, "method-not-allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_route_asks_for_its_role() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    let may = async |roles: &[Role], method: Method, path: &str, body: Option<Value>| {
        let token = served.token("Robin Role", roles);
        let send = |request: reqwest::RequestBuilder| match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = served.ask(method, &token, path, send).await;
        assert_ne!(answer.status, 401, "{:#}", answer.body);
        answer.body["code"] != "forbidden"
    };
    let cases = [
        (Method::GET, "/v1/runs".to_owned(), None, "submit review read"),
        (Method::GET, format!("/v1/runs/{run}"), None, "submit review read"),
        (Method::POST, format!("/v1/runs/{run}/replay"), Some(json!({})), "read"),
        (Method::POST, format!("/v1/runs/{run}/retract"), Some(json!({})), "operate"),
        (Method::GET, format!("/v1/receipts/{run}"), None, "read"),
        (Method::GET, "/v1/ledger".into(), None, "read"),
        (Method::POST, "/v1/ledger/verify".into(), Some(json!({})), "read"),
        (Method::POST, "/v1/ledger/checkpoint".into(), Some(json!({})), "operate"),
        (Method::GET, "/v1/risk".into(), None, "read"),
        (Method::GET, "/v1/stats".into(), None, "read"),
        (Method::GET, "/v1/prompts".into(), None, "submit read"),
        (Method::GET, "/v1/prompts/welcome-email".into(), None, "submit read"),
        (Method::POST, "/v1/prompts/welcome-email/render".into(), Some(json!({})), "submit read"),
        (Method::GET, "/v1/contracts".into(), None, "read"),
        (Method::GET, "/v1/contracts/tollgate/length".into(), None, "read"),
    ];
    for (method, path, body, roles) in cases {
        for role in Role::ALL {
            let expected = roles.split(' ').any(|one| one == role.as_str());
            let found = may(&[role], method.clone(), &path, body.clone()).await;
            assert_eq!(found, expected, "{method} {path} {role}");
        }
    }
}
