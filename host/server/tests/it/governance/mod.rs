//! Governance over HTTP: the queue and its reviews, levels, reports and releases, and who may do and see what.

mod levels;
mod queue;
mod releases;
mod reports;
mod reviews;
mod visibility;

use serde_json::{Value, json};
use tollgate_server::access::Role;

use crate::served::{Answer, GATE, Served, answers};

/// Returns the token of somebody who does everything but submit.
fn operator(served: &Served) -> String {
    served.token("Sam Reed", &[Role::Operate, Role::Read])
}

/// Returns the token of somebody whom the gates name as a reviewer.
fn kim(served: &Served) -> String {
    served.token("Kim Osei", &[Role::Review])
}

/// Returns a run of the queue as its reviewer is shown it.
async fn show(served: &Served, token: &str, run: &str) -> Value {
    served.get(token, &format!("/v1/queue/{run}")).await.ok()
}

async fn review(served: &Served, token: &str, run: &str, body: Value) -> Answer {
    served.post(token, &format!("/v1/queue/{run}/review"), body).await
}

/// Approves a run as its reviewer is shown it now, with a complete checklist.
async fn approve(served: &Served, token: &str, run: &str) -> Answer {
    let shown = show(served, token, run).await;
    review(served, token, run, approval(&shown)).await
}

/// Returns the approval of a run that was shown.
fn approval(shown: &Value) -> Value {
    json!({"action": "approve", "release": shown["active-release"], "answers": answers()})
}

/// Returns the names of the runs that wait at the gate.
async fn waiting(served: &Served, token: &str) -> Vec<String> {
    let queue = served.get(token, &format!("/v1/queue?gate={GATE}")).await.ok();
    let runs = queue["runs"].as_array().unwrap().iter();
    runs.map(|run| run["run"].as_str().unwrap().to_owned()).collect()
}

/// Returns the level of the gate.
async fn level(served: &Served) -> Value {
    let gate = served.get(&operator(served), &format!("/v1/gates/{GATE}")).await.ok();
    gate["level"]["level"].clone()
}
