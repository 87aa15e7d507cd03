//! Swapping releases while outputs are checked: nothing fails, nothing is lost, and each run names one release.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tollgate_server::access::Role;

use crate::served::{GATE, Served, output};

/// Time in which a change of files is prepared.
const PREPARATION_TIME_MAX: Duration = Duration::from_secs(120);

/// Callers that check at once.
const CALLERS: usize = 8;

fn operator(served: &Served) -> String {
    served.token("Olga", &[Role::Operate, Role::Read])
}

async fn gate_state(served: &Served, token: &str) -> Value {
    let gates = served.get(token, "/v1/gates").await.ok();
    let gates = gates["gates"].as_array().unwrap().clone();
    gates.into_iter().find(|gate| gate["gate"] == GATE).unwrap()
}

/// Waits until the gate has a candidate in a state.
async fn wait_for_candidate(served: &Served, token: &str, state: &str) -> Value {
    let start = Instant::now();
    loop {
        let gate = gate_state(served, token).await;
        if gate["candidate"]["state"] == state {
            return gate;
        }
        assert!(start.elapsed() < PREPARATION_TIME_MAX, "{gate:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_waits_until_a_person_publishes_it() {
    let served = Served::start().await;
    let token = operator(&served);
    let before = gate_state(&served, &token).await;
    assert_eq!(before["candidate"], Value::Null, "{before:#}");
    served.change_gate(GATE, "max = 1000", "max = 900").await;
    let changed = wait_for_candidate(&served, &token, "ready").await;
    assert_eq!((&changed["release"], &changed["state"]), (&before["release"], &json!("ready")));
    let candidate = changed["candidate"]["release"].clone();
    assert_eq!(served.check(GATE, "Hello").await["release"], before["release"]);
    let change = served.post(&token, "/v1/releases", json!({"gate": GATE})).await.ok();
    assert_eq!(change["after"], candidate);
    assert_eq!(served.check(GATE, "Hello").await["release"], candidate);
    let after = gate_state(&served, &token).await;
    assert_eq!((&after["release"], &after["candidate"]), (&candidate, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_the_middle_of_being_written_changes_nothing() {
    let served = Served::start().await;
    let token = operator(&served);
    let before = gate_state(&served, &token).await["release"].clone();
    let path = served.folder.path().join(format!("gates/{GATE}.toml"));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    let broken = wait_for_candidate(&served, &token, "failed").await;
    assert!(broken["candidate"]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    assert_eq!((&broken["state"], &broken["release"]), (&json!("ready"), &before));
    assert_eq!(served.check(GATE, "Hello").await["release"], before);
    std::fs::write(&path, &text).unwrap();
    let start = Instant::now();
    while gate_state(&served, &token).await["candidate"] != Value::Null {
        assert!(start.elapsed() < PREPARATION_TIME_MAX);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_candidate_whose_cases_fail_is_never_published() {
    let served = Served::start().await;
    let token = operator(&served);
    let before = gate_state(&served, &token).await["release"].clone();
    let mut case = output("Hello, reader");
    case["expect"] = json!("block");
    let cases = served.folder.path().join(format!("cases/{GATE}.jsonl"));
    std::fs::create_dir_all(cases.parent().unwrap()).unwrap();
    std::fs::write(&cases, format!("{case}\n")).unwrap();
    served.change_gate(GATE, "max = 1000", "max = 900").await;
    let failed = wait_for_candidate(&served, &token, "failed").await;
    let reason = failed["candidate"]["reason"].as_str().unwrap();
    assert!(reason.contains("cases/welcome-email.jsonl:1"), "{reason}");
    let refused = served.post(&token, "/v1/releases", json!({"gate": GATE})).await;
    assert!(refused.status >= 400, "{:#}", refused.body);
    assert_eq!(served.check(GATE, "Hello").await["release"], before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn releases_are_swapped_under_load() {
    let served = Arc::new(Served::start().await);
    let token = operator(&served);
    let is_done = Arc::new(AtomicBool::new(false));
    let callers = (0..CALLERS).map(|caller| {
        let (served, is_done) = (served.clone(), is_done.clone());
        tokio::spawn(async move {
            let mut runs = Vec::new();
            while !is_done.load(Ordering::Relaxed) {
                let answer = served.check(GATE, &format!("Hello, reader {caller}")).await;
                let text = |member: &str| answer[member].as_str().unwrap().to_owned();
                runs.push((text("run"), text("release")));
            }
            runs
        })
    });
    let callers: Vec<_> = callers.collect();
    let mut published =
        BTreeSet::from([gate_state(&served, &token).await["release"].clone().to_string()]);
    let mut maximum = 1000;
    for swap in 0..20 {
        if swap % 4 == 3 {
            let path = format!("/v1/gates/{GATE}/rollback");
            served.post(&token, &path, json!({"reason": "back"})).await.ok();
            continue;
        }
        served
            .change_gate(GATE, &format!("max = {maximum}"), &format!("max = {}", maximum - 1))
            .await;
        maximum -= 1;
        let change = served.post(&token, "/v1/releases", json!({"gate": GATE})).await.ok();
        published.insert(change["after"].to_string());
        let serving = gate_state(&served, &token).await;
        assert_eq!(serving["release"], change["after"], "a release serves once it is published");
    }
    is_done.store(true, Ordering::Relaxed);
    let mut runs = Vec::new();
    for caller in callers {
        runs.extend(caller.await.unwrap());
    }
    let releases: BTreeSet<_> =
        runs.iter().map(|(_, release)| json!(release).to_string()).collect();
    assert!(releases.is_subset(&published), "every run names a release that was published");
    assert!(releases.len() > 1, "outputs were checked between the swaps");
    for (run, release) in &runs {
        let recorded = served.get(&token, &format!("/v1/runs/{run}")).await.ok();
        assert_eq!(recorded["release"], release.as_str(), "{recorded:#}");
    }
    let verified = served.post(&token, "/v1/ledger/verify", json!({})).await.ok();
    assert_eq!(verified["sound"], true, "{verified:#}");
}
