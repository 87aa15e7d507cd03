//! Contracts.

use serde_json::{Value, json};
use tollgate_api::{ContractsDocument, InspectionDocument};

use super::{assert_document, reader, reader_of_other_gate, without_request_id};
use crate::served::{GATE, OTHER_GATE, Served};

const CONTRACT: &str = "/v1/contracts/tollgate/length";

fn users(contract: &Value) -> Vec<(&str, &str)> {
    let users = contract["gates"].as_array().unwrap().iter();
    users.map(|user| (user["gate"].as_str().unwrap(), user["state"].as_str().unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_the_contracts_that_gates_use() {
    let served = Served::start().await;
    let list = served.get(&reader(&served), "/v1/contracts").await.ok();
    assert_document::<ContractsDocument>(&list);
    let contracts = list["contracts"].as_array().unwrap();
    let [contract] = &contracts[..] else { panic!("{list:#}") };
    assert_eq!(
        (&contract["name"], &contract["state"]),
        (&json!("tollgate/length"), &json!("serving"))
    );
    assert_eq!(users(contract), [(OTHER_GATE, "serving"), (GATE, "serving")]);

    let list = served.get(&reader_of_other_gate(&served), "/v1/contracts").await.ok();
    assert_eq!(users(&list["contracts"][0]), [(OTHER_GATE, "serving")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn describes_a_contract_without_running_it() {
    let served = Served::start().await;
    let token = reader(&served);
    let list = served.get(&token, "/v1/contracts").await.ok();
    let listed = &list["contracts"][0];
    let version = listed["version"].as_str().unwrap();
    for query in [String::new(), "?version=1".into(), format!("?version=%3D{version}")] {
        let contract = served.get(&token, &format!("{CONTRACT}{query}")).await.ok();
        assert_document::<InspectionDocument>(&contract);
        assert_eq!(contract["name"], "tollgate/length");
        let members = ["version", "digest"];
        assert_eq!(members.map(|name| &contract[name]), members.map(|name| &listed[name]));
        assert!(!contract["rules"].as_object().unwrap().is_empty());
    }
    served.get(&token, &format!("{CONTRACT}?version=9")).await.problem(404, "not-found");
    let invalid = served.get(&token, &format!("{CONTRACT}?version=new")).await;
    invalid.problem(400, "invalid-parameter");
    for name in ["acme/unknown", "Acme/X", "tollgate/..", "tollgate"] {
        let answer = served.get(&token, &format!("/v1/contracts/{name}")).await;
        answer.problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_with_some_gates_sees_what_they_use() {
    let served = Served::start().await;
    let unused = "/v1/contracts/tollgate/pii";
    let contract = served.get(&reader(&served), unused).await.ok();
    assert_eq!(contract["name"], "tollgate/pii", "the tool includes it");
    let token = reader_of_other_gate(&served);
    served.get(&token, CONTRACT).await.ok();
    let hidden = served.get(&token, unused).await.problem(404, "not-found");
    let unknown = served.get(&token, "/v1/contracts/acme/unknown").await;
    let unknown = unknown.problem(404, "not-found");
    assert_eq!(without_request_id(hidden), without_request_id(unknown));
}
