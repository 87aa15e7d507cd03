//! Reviews: who may review what, and what comes of it.

use std::slice::from_ref;

use serde_json::{Value, json};
use tollgate_server::access::Role;

use super::{approval, approve, kim, level, operator, review, show, waiting};
use crate::served::{GATE, OTHER_GATE, Served, answers, output};

#[tokio::test(flavor = "multi_thread")]
async fn a_held_output_is_listed_shown_claimed_and_approved() {
    let served = Served::start().await;
    let (run, kim) = (served.hold(GATE, "Hello, reader").await, kim(&served));
    assert_eq!(waiting(&served, &kim).await, from_ref(&run));
    let shown = show(&served, &kim, &run).await;
    assert_eq!((&shown["waiting-for"], &shown["open"]), (&json!("review"), &json!(true)));
    assert_eq!(shown["content"]["subject"]["text"], "Hello, reader", "{shown:#}");
    assert_eq!(shown["checklist"].as_array().unwrap().len(), 2);
    assert_eq!(shown.get("command"), None, "commands are for people at the machine of the server");
    let claim = served.post(&kim, &format!("/v1/queue/{run}/claim"), json!({})).await.ok();
    assert_eq!((&claim["claimed-by"], &claim["run"]), (&json!("Kim Osei"), &json!(run)));
    let reviewed = review(&served, &kim, &run, approval(&shown)).await.ok();
    assert_eq!((&reviewed["outcome"], &reviewed["run"]), (&json!("decided"), &json!(run)));
    assert_eq!(reviewed["decision"]["decision"], "allow", "{reviewed:#}");
    let provenance = reviewed["decision"]["ai-assisted"].as_str().unwrap();
    assert!(provenance.contains("reviewer=\"Kim Osei\""), "{provenance}");
    assert!(waiting(&served, &kim).await.is_empty());
    let history = show(&served, &kim, &run).await["history"].clone();
    let reviews = history.as_array().unwrap().iter().filter(|event| event["kind"] == "review");
    let people: Vec<_> = reviews.map(|event| event["event"]["review"]["by"].clone()).collect();
    assert_eq!(people, ["Kim Osei"], "{history:#}");
    let again = review(&served, &kim, &run, approval(&shown)).await.problem(409, "conflict");
    assert!(again["detail"].as_str().unwrap().contains("judged again"), "{again:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reviewer_is_the_person_of_the_token() {
    let served = Served::start().await;
    let run = served.hold(GATE, "Hello, reader").await;
    let shown = show(&served, &kim(&served), &run).await;
    for person in ["Dana Hill", "Lou Park", "Ada Writer"] {
        let token = served.token(person, &[Role::Review]);
        let objections = review(&served, &token, &run, approval(&shown)).await.objections();
        assert!(objections.iter().any(|one| one.contains(person)), "{objections:?}");
        let mut named = approval(&shown);
        named["reviewer"] = json!("Kim Osei");
        review(&served, &token, &run, named).await.problem(400, "invalid-body");
        let claim = served.post(&token, &format!("/v1/queue/{run}/claim"), json!({})).await;
        assert!(!claim.objections().is_empty());
    }
    let lou = served.token_of_reviewer("Lou Park", "marketing-operations");
    let reviewed = review(&served, &lou, &run, approval(&shown)).await.ok();
    assert_eq!(reviewed["decision"]["decision"], "allow", "{reviewed:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claimed_run_is_reviewed_by_nobody_else() {
    let served = Served::start().await;
    let run = served.hold(GATE, "Hello, reader").await;
    let path = format!("/v1/queue/{run}/claim");
    served.post(&kim(&served), &path, json!({})).await.ok();
    let lou = served.token_of_reviewer("Lou Park", "marketing-operations");
    let objections = approve(&served, &lou, &run).await.objections();
    assert!(objections[0].contains("Kim Osei has claimed this run"), "{objections:?}");
    assert_eq!(served.post(&lou, &path, json!({})).await.objections().len(), 1);
    served.post(&lou, &path, json!({"until": "2030-01-01"})).await.problem(400, "invalid-body");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_needs_the_whole_checklist() {
    let served = Served::start().await;
    let (run, kim) = (served.hold(GATE, "Hello, reader").await, kim(&served));
    let shown = show(&served, &kim, &run).await;
    let with = |answers: Value| {
        let mut body = approval(&shown);
        body["answers"] = answers;
        review(&served, &kim, &run, body)
    };
    assert_eq!(with(json!([])).await.objections().len(), 2);
    let wrong = json!([{"item": "promises", "answer": "no", "evidence": "the offer page"}]);
    assert_eq!(with(wrong).await.objections().len(), 2, "one is wrong and one is missing");
    let unfounded =
        json!([{"item": "promises", "answer": "yes"}, {"item": "tone", "answer": "yes"}]);
    let objections = with(unfounded).await.objections();
    assert!(objections.len() == 1 && objections[0].contains("evidence"), "{objections:?}");
    let mut unknown = answers();
    unknown.as_array_mut().unwrap().push(json!({"item": "length", "answer": "yes"}));
    assert_eq!(with(unknown).await.objections().len(), 1);
    let mut twice = answers();
    twice.as_array_mut().unwrap().push(json!({"item": "tone", "answer": "yes"}));
    with(twice).await.problem(400, "invalid-body");
    with(json!([{"item": "tone", "answer": "yes", "by": "Kim Osei"}]))
        .await
        .problem(400, "invalid-body");
    assert_eq!(waiting(&served, &kim).await, from_ref(&run));
    assert_eq!(show(&served, &kim, &run).await["history"], shown["history"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_names_the_release_whose_checklist_was_shown() {
    let served = Served::start().await;
    let (run, kim) = (served.hold(GATE, "Hello, reader").await, kim(&served));
    let shown = show(&served, &kim, &run).await;
    let edit = json!({"action": "edit", "text": "Hello, you", "answers": answers()});
    for body in [json!({"action": "approve", "answers": answers()}), edit] {
        review(&served, &kim, &run, body).await.problem(400, "invalid-body");
    }
    served.change_gate(GATE, "max = 1000", "max = 900").await;
    let body = json!({"gate": GATE, "reason": "shorter letters"});
    let change = served.post(&operator(&served), "/v1/releases", body).await.ok();
    assert_eq!(change["before"], shown["active-release"]);
    let reject = json!({"action": "reject", "reason": "an old offer", "release": change["before"]});
    for body in [approval(&shown), reject] {
        review(&served, &kim, &run, body).await.problem(409, "conflict");
    }
    assert_eq!(waiting(&served, &kim).await, from_ref(&run));
    let reviewed = approve(&served, &kim, &run).await.ok();
    assert_eq!(reviewed["decision"]["release"], change["after"], "{reviewed:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_that_a_reviewer_was_not_shown_are_not_approved() {
    let served = Served::start().await;
    let (run, kim) = (served.hold(GATE, "Hello, reader").await, kim(&served));
    served.change_gate(GATE, "max = 1000", "max = 5").await;
    served.post(&operator(&served), "/v1/releases", json!({"gate": GATE})).await.ok();
    let shown = show(&served, &kim, &run).await;
    assert_ne!(shown["release"], shown["active-release"]);
    let rejudged = review(&served, &kim, &run, approval(&shown)).await.ok();
    assert_eq!(rejudged["outcome"], "rejudged", "{rejudged:#}");
    assert_eq!(rejudged["decision"]["decision"], "hold");
    assert_eq!(waiting(&served, &kim).await, from_ref(&run));
    // Somebody else has the page of before the new judgement open, and the release is the active one.
    let lou = served.token_of_reviewer("Lou Park", "marketing-operations");
    review(&served, &lou, &run, approval(&shown)).await.problem(409, "conflict");
    let mut named = approval(&shown);
    named["decision-event"] = shown["decision-event"].clone();
    review(&served, &lou, &run, named.clone()).await.problem(409, "conflict");
    named["decision-event"] = show(&served, &lou, &run).await["decision-event"].clone();
    let reviewed = review(&served, &lou, &run, named.clone()).await.ok();
    assert_eq!(reviewed["outcome"], "more-approvals-needed", "a finding needs two: {reviewed:#}");
    let reviewed = review(&served, &kim, &run, named).await.ok();
    assert_eq!(reviewed["decision"]["decision"], "allow", "{reviewed:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_output_is_judged_as_a_run_of_its_own() {
    let served = Served::start().await;
    let (run, kim) = (served.hold(GATE, "Hello, reader").await, kim(&served));
    let shown = show(&served, &kim, &run).await;
    let edit = |text: Value| {
        let mut body = approval(&shown);
        body["action"] = json!("edit");
        body["text"] = text;
        review(&served, &kim, &run, body)
    };
    edit(Value::Null).await.problem(400, "invalid-body");
    let objections = edit(json!("Hello, reader")).await.objections();
    assert_eq!(objections, ["nothing was edited"]);
    let long = "a".repeat(5 << 20);
    edit(json!(long)).await.problem(413, "body-too-large");
    let reviewed = edit(json!("Hello, you")).await.ok();
    assert_eq!(reviewed["outcome"], "decided");
    assert_eq!(reviewed["decision"]["decision"], "allow", "{reviewed:#}");
    assert_ne!(reviewed["decision"]["run"], json!(run));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_and_an_escalation_have_reasons() {
    let served = Served::start().await;
    let (run, kim) = (served.hold(GATE, "Hello, reader").await, kim(&served));
    for body in [
        json!({"action": "reject"}),
        json!({"action": "escalate"}),
        json!({"action": "reject", "reason": " "}),
        json!({"action": "reject", "reason": "an old offer", "text": "Hello"}),
        json!({"action": "reject", "reason": "an old offer", "output": output("Hello, reader")}),
        json!({"action": "retract", "reason": "an old offer"}),
        json!({"reason": "an old offer"}),
        json!({"action": "reject", "reason": "an old offer", "time": "soon"}),
    ] {
        review(&served, &kim, &run, body).await.problem(400, "invalid-body");
    }
    let mut with_reason = approval(&show(&served, &kim, &run).await);
    with_reason["reason"] = json!("it is fine");
    review(&served, &kim, &run, with_reason).await.problem(400, "invalid-body");
    let body = json!({"action": "escalate", "reason": "a new kind of offer", "time": "3m"});
    let escalated = review(&served, &kim, &run, body).await.ok();
    assert_eq!(escalated["outcome"], "escalated");
    assert_eq!(escalated["escalated-to"]["name"], "Sam Reed");
    let reject = json!({"action": "reject", "reason": "an old offer"});
    let objections = review(&served, &kim, &run, reject.clone()).await.objections();
    assert!(objections[0].contains("escalate-to"), "{objections:?}");
    let sam = served.token("Sam Reed", &[Role::Review]);
    let rejected = review(&served, &sam, &run, reject).await.ok();
    assert_eq!((&rejected["outcome"], rejected.get("decision")), (&json!("rejected"), None));
    assert!(waiting(&served, &kim).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_was_not_kept_is_handed_in_with_its_approval() {
    let served = Served::start().await;
    let (run, kim) = (served.hold(OTHER_GATE, "Hello, reader").await, kim(&served));
    let shown = show(&served, &kim, &run).await;
    let with = |output: Value| {
        let mut body = approval(&shown);
        body["output"] = output;
        review(&served, &kim, &run, body)
    };
    let objections = with(Value::Null).await.objections();
    assert!(objections[0].contains("has to provide the output"), "{objections:?}");
    let objections = with(output("Hello, somebody else")).await.objections();
    assert!(objections[0].contains("different output"), "{objections:?}");
    with(json!({"text": "Hello", "json": {}})).await.problem(422, "invalid-output");
    with(json!({"texts": "Hello"})).await.problem(422, "invalid-output");
    let reviewed = with(output("Hello, reader")).await.ok();
    assert_eq!(reviewed["decision"]["decision"], "allow", "{reviewed:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_needs_two_approvals_needs_two_people() {
    let served = Served::start().await;
    served.change_gate(GATE, "count = 1 ", "count = 2 ").await;
    served.post(&operator(&served), "/v1/releases", json!({"gate": GATE})).await.ok();
    let (run, kim) = (served.hold(GATE, "Hello, reader").await, kim(&served));
    let first = approve(&served, &kim, &run).await.ok();
    assert_eq!(first["outcome"], "more-approvals-needed", "{first:#}");
    assert_eq!(first["missing-approvals"], 1);
    let objections = approve(&served, &kim, &run).await.objections();
    assert!(objections[0].contains("another person"), "{objections:?}");
    let lou = served.token_of_reviewer("Lou Park", "marketing-operations");
    let second = approve(&served, &lou, &run).await.ok();
    assert_eq!(second["decision"]["decision"], "allow", "{second:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_that_went_out_are_audited() {
    let served = Served::start_at_level(4).await;
    let kim = kim(&served);
    let mut runs = Vec::new();
    for text in ["Hello, one", "Hello, two"] {
        let result = served.check(GATE, text).await;
        assert_eq!((&result["decision"], &result["audit"]), (&json!("allow"), &json!(true)));
        runs.push(result["run"].as_str().unwrap().to_owned());
    }
    assert!(waiting(&served, &kim).await.is_empty(), "they are held by nothing");
    let queue = served.get(&kim, "/v1/queue?kind=audit").await.ok();
    assert_eq!(queue["runs"].as_array().unwrap().len(), 2);
    let mut edit = approval(&show(&served, &kim, &runs[0]).await);
    edit["action"] = json!("edit");
    edit["text"] = json!("Hello");
    let objections = review(&served, &kim, &runs[0], edit).await.objections();
    assert!(objections.iter().any(|one| one.contains("already gone out")), "{objections:?}");
    let confirmed = approve(&served, &kim, &runs[0]).await.ok();
    assert_eq!(confirmed["outcome"], "audit-confirmed", "{confirmed:#}");
    assert_eq!(level(&served).await, 4);
    let mut reject = approval(&show(&served, &kim, &runs[1]).await);
    reject["action"] = json!("reject");
    reject["reason"] = json!("it named another customer");
    let rejected = review(&served, &kim, &runs[1], reject).await.ok();
    assert_eq!(rejected["outcome"], "audit-rejected", "{rejected:#}");
    assert_eq!(
        (&rejected["demotion"]["from"], &rejected["demotion"]["to"]),
        (&json!(4), &json!(3))
    );
    assert_eq!(level(&served).await, 3);
}
