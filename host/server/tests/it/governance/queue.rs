//! Pages of the queue.

use serde_json::Value;
use tollgate_server::access::Role;

use super::kim;
use crate::served::{GATE, OTHER_GATE, Served};

/// Returns the runs of a page, and what the next one continues after.
fn page(queue: &Value) -> (Vec<String>, Option<u64>) {
    let runs = queue["runs"].as_array().unwrap().iter();
    let runs = runs.map(|run| run["run"].as_str().unwrap().to_owned()).collect();
    (runs, queue["next"].as_u64())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_has_pages_of_what_the_caller_may_see() {
    let served = Served::start().await;
    let mut runs = Vec::new();
    for (gate, text) in [(GATE, "Hello, one"), (OTHER_GATE, "Hello, two"), (GATE, "Hello, three")] {
        runs.push(served.hold(gate, text).await);
    }
    let kim = kim(&served);
    let (first, next) = page(&served.get(&kim, "/v1/queue?limit=2").await.ok());
    assert_eq!(first, runs[..2]);
    let path = format!("/v1/queue?limit=2&after={}", next.unwrap());
    assert_eq!(page(&served.get(&kim, &path).await.ok()), (runs[2..].to_vec(), None));
    assert_eq!(page(&served.get(&kim, "/v1/queue").await.ok()), (runs.clone(), None));
    let some = served.token_for("Kim Osei", &[Role::Review], &[OTHER_GATE]);
    assert_eq!(page(&served.get(&some, "/v1/queue").await.ok()), (vec![runs[1].clone()], None));
    let both = served.token_for("Kim Osei", &[Role::Review], &[OTHER_GATE, GATE]);
    assert_eq!(page(&served.get(&both, "/v1/queue?limit=2").await.ok()).0, runs[..2]);
    let path = format!("/v1/queue?gate={GATE}");
    let of_gate = [runs[0].clone(), runs[2].clone()];
    assert_eq!(page(&served.get(&both, &path).await.ok()).0, of_gate);
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_that_mean_nothing_are_refused() {
    let served = Served::start().await;
    let kim = kim(&served);
    for query in [
        "limit=0",
        "limit=201",
        "limit=-1",
        "after=x",
        "kind=audits",
        "gate=No%20Gate",
        "limit=1&limit=2",
        "state=open",
    ] {
        let answer = served.get(&kim, &format!("/v1/queue?{query}")).await;
        answer.problem(400, "invalid-parameter");
    }
}
