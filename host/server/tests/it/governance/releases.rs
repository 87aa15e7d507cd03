//! Releases: publishing what is locked, going back, and the list of them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tollgate_server::access::Role;

use super::{level, operator};
use crate::served::{Answer, GATE, Served};

/// Time in which the server has prepared what the files make of a gate.
const PREPARATION_TIME_MAX: Duration = Duration::from_secs(120);

async fn publish(served: &Served, body: Value) -> Answer {
    served.post(&operator(served), "/v1/releases", body).await
}

async fn roll_back(served: &Served) -> Answer {
    let body = json!({"reason": "it holds every letter"});
    served.post(&operator(served), &format!("/v1/gates/{GATE}/rollback"), body).await
}

/// Returns the releases of the gate.
async fn releases(served: &Served) -> Vec<Value> {
    let path = format!("/v1/gates/{GATE}/releases");
    let document = served.get(&operator(served), &path).await.ok();
    assert_eq!(document["more"], false);
    document["releases"].as_array().unwrap().clone()
}

/// Returns the release that decides at the gate.
async fn deciding(served: &Served) -> Value {
    served.check(GATE, "Hello, reader").await["release"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_locked_is_published_and_taken_back() {
    let served = Served::start().await;
    let first = deciding(&served).await;
    let same = publish(&served, json!({"gate": GATE})).await.ok();
    assert_eq!((&same["before"], &same["after"]), (&first, &first), "nothing had to change");
    served.change_gate(GATE, "max = 1000", "max = 900").await;
    assert_eq!(deciding(&served).await, first, "a file that is not published decides nothing");
    let change = publish(&served, json!({"gate": GATE, "reason": "shorter letters"})).await.ok();
    assert_eq!(change["before"], first);
    assert_eq!(deciding(&served).await, change["after"]);
    let listed = releases(&served).await;
    let digests: Vec<_> = listed.iter().map(|release| &release["release"]).collect();
    assert_eq!(digests, [&change["after"], &first]);
    assert_eq!((&listed[0]["active"], &listed[1]["active"]), (&json!(true), &json!(false)));
    assert_eq!(
        (&listed[0]["by"], &listed[0]["reason"]),
        (&json!("Sam Reed"), &json!("shorter letters"))
    );
    assert_eq!(listed[0]["stage"]["kind"], "full");
    let back = roll_back(&served).await.ok();
    assert_eq!((&back["before"], &back["after"]), (&change["after"], &first));
    assert_eq!((&back["demotion"]["to"], level(&served).await), (&json!(2), json!(2)));
    assert_eq!(deciding(&served).await, first);
    let listed = releases(&served).await;
    let rows: Vec<_> =
        listed.iter().map(|one| (&one["release"], &one["active"], &one["stage"])).collect();
    let taken_back = (&change["after"], &json!(false), &Value::Null);
    assert_eq!((rows[0].0, rows[0].1, rows[1]), (&first, &json!(true), taken_back));
    assert_eq!(listed[1]["reason"], "it holds every letter");
    roll_back(&served).await.problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_releases_is_bounded() {
    let served = Served::start().await;
    served.change_gate(GATE, "max = 1000", "max = 900").await;
    publish(&served, json!({"gate": GATE})).await.ok();
    let path = format!("/v1/gates/{GATE}/releases");
    let one = served.get(&operator(&served), &format!("{path}?limit=1")).await.ok();
    assert_eq!((one["releases"].as_array().unwrap().len(), &one["more"]), (1, &json!(true)));
    assert_eq!(one["releases"][0]["active"], true);
    for query in ["limit=0", "limit=201", "limit=all", "after=1"] {
        let answer = served.get(&operator(&served), &format!("{path}?{query}")).await;
        answer.problem(400, "invalid-parameter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_make_no_release_change_nothing() {
    let served = Served::start().await;
    let first = deciding(&served).await;
    let file = served.folder.path().join(format!("gates/{GATE}.toml"));
    let record = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("unknown-key = 1\n{record}")).unwrap();
    let problem = publish(&served, json!({"gate": GATE})).await.problem(503, "not-ready");
    let folder = served.folder.path().to_str().unwrap();
    assert!(!problem.to_string().contains(folder), "{problem:#}");
    for body in [json!({}), json!({"gate": GATE, "by": "Kim Osei"}), json!({"gate": "No Gate"})] {
        publish(&served, body).await.problem(400, "invalid-body");
    }
    assert_eq!(deciding(&served).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_refused_with_every_objection() {
    let served = Served::start().await;
    served.change_gate(GATE, "[tags]", "[change-control]\nleast-cases = 1\n\n[tags]").await;
    let dana = served.token("Dana Hill", &[Role::Operate]);
    let refused = served.post(&dana, "/v1/releases", json!({"gate": GATE})).await.objections();
    assert!(refused.iter().any(|one| one.contains("Dana Hill")), "{refused:?}");
    assert!(refused.len() > 1, "neither its author may publish it, nor was it tested: {refused:?}");
    assert_eq!(releases(&served).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_is_shown_as_its_record_is_decided_by() {
    let served = Served::start().await;
    let path = format!("/v1/gates/{GATE}");
    let operator = operator(&served);
    let start = Instant::now();
    let shown = loop {
        let shown = served.get(&operator, &path).await.ok();
        // The server prepares what the files make of a gate while it runs already.
        if shown["release"]["locked"] != Value::Null {
            break shown;
        }
        assert!(start.elapsed() < PREPARATION_TIME_MAX, "{:#}", shown["release"]);
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((&shown["record"]["name"], &shown["level"]["level"]), (&json!(GATE), &json!(3)));
    assert_eq!(shown["release"]["active"], deciding(&served).await);
    assert_eq!(shown["release"]["locked"], shown["release"]["active"]);
    assert!(shown["promotion"]["errors"].as_array().is_some_and(|errors| !errors.is_empty()));
    served.change_gate(GATE, "max = 1000", "max = 900").await;
    publish(&served, json!({"gate": GATE})).await.ok();
    let shown = served.get(&operator, &path).await.ok();
    assert_eq!(shown["release"]["active"], deciding(&served).await);
    assert_eq!(shown["release"]["differences"], json!([]));
}
