//! Figures and incidents.

use serde_json::{Value, json};
use tollgate::ledger::Ledger;

use super::{level, operator};
use crate::served::{Answer, GATE, Served};

async fn report(served: &Served, kind: &str, body: Value) -> Answer {
    served.post(&operator(served), &format!("/v1/gates/{GATE}/{kind}"), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_that_breaks_its_threshold_costs_a_level() {
    let served = Served::start().await;
    let kept = json!({"figures": [
        {"kpi": "open-rate", "value": 0.41, "at": "2027-01-14", "source": "the mailer"},
        {"kpi": "replies", "value": 7, "at": "2027-01-14T09:30:00Z"},
    ]});
    let recorded = report(&served, "figures", kept).await.ok();
    let thresholds: Vec<_> =
        recorded["figures"].as_array().unwrap().iter().map(|one| &one["threshold"]).collect();
    assert_eq!(thresholds, ["kept", "none"], "{recorded:#}");
    assert_eq!((recorded.get("demotion"), level(&served).await), (None, json!(3)));
    let broken = json!({"figures": [{"kpi": "open-rate", "value": 0.12}]});
    let recorded = report(&served, "figures", broken).await.ok();
    assert_eq!(recorded["figures"][0]["threshold"], "broken");
    assert_eq!(recorded["figures"][0]["limit"], 0.32);
    assert_eq!(recorded["demotion"]["to"], 2, "{recorded:#}");
    assert_eq!(level(&served).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn either_all_figures_are_recorded_or_none() {
    let served = Served::start().await;
    for second in [
        json!({"kpi": "replies", "value": 7, "at": "2027-01-16"}),
        json!({"kpi": "replies", "value": 7, "at": "yesterday"}),
        json!({"kpi": "replies", "value": "7"}),
        json!({"kpi": "replies"}),
        json!({"kpi": "", "value": 7}),
        json!({"kpi": "replies", "value": 7, "gate": "offers"}),
    ] {
        let figures = json!({"figures": [{"kpi": "open-rate", "value": 0.12}, second]});
        report(&served, "figures", figures).await.problem(400, "invalid-body");
    }
    assert_eq!(level(&served).await, 3, "the broken figure was not recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_costs_a_level_and_names_its_run() {
    let served = Served::start().await;
    let run = served.hold(GATE, "Hello, reader").await;
    let digits = &run.trim_start_matches("sha256:")[..12];
    let body = json!({"description": "it named another customer", "run": digits});
    let recorded = report(&served, "incidents", body).await.ok();
    assert_eq!(recorded["run"], json!(run));
    assert_eq!(
        (&recorded["demotion"]["from"], &recorded["demotion"]["to"]),
        (&json!(3), &json!(2))
    );
    let kim = super::kim(&served);
    let objections = super::approve(&served, &kim, &run).await.objections();
    assert!(objections[0].contains("it named another customer"), "{objections:?}");
    let unknown = json!({"description": "a wrong name", "run": "0".repeat(12)});
    report(&served, "incidents", unknown).await.problem(404, "run-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_is_not_done() {
    let served = Served::start().await;
    let run = served.hold(GATE, "Hello, reader").await;
    let kim = super::kim(&served);
    let shown = super::show(&served, &kim, &run).await;
    let ledger = served.ledger.clone();
    tokio::task::spawn_blocking(move || ledger.close()).await.unwrap();
    let incident = json!({"description": "a wrong name"});
    report(&served, "incidents", incident).await.problem(503, "ledger-unavailable");
    let figures = json!({"figures": [{"kpi": "open-rate", "value": 0.12}]});
    report(&served, "figures", figures).await.problem(503, "ledger-unavailable");
    let demotion = json!({"level": 2, "reason": "the offers change"});
    report(&served, "demote", demotion).await.problem(503, "ledger-unavailable");
    let answer = super::review(&served, &kim, &run, super::approval(&shown)).await;
    let problem = answer.problem(503, "ledger-unavailable");
    assert!(!problem.to_string().contains("ledger.db"), "{problem:#}");
    let claim = served.post(&kim, &format!("/v1/queue/{run}/claim"), json!({})).await;
    claim.problem(503, "ledger-unavailable");
}
