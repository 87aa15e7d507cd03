//! Prompts.

use serde_json::{Value, json};
use tollgate_api::{ProjectPromptsDocument, PromptDocument, RenderedPromptDocument};
use tollgate_project::files;

use super::{assert_document, reader, reader_of_other_gate, without_request_id};
use crate::served::Served;

const PROMPT: &str = "/v1/prompts/welcome-email";

fn names(list: &Value) -> Vec<&str> {
    let prompts = list["prompts"].as_array().unwrap().iter();
    prompts.map(|prompt| prompt["name"].as_str().unwrap()).collect()
}

fn write_prompt(served: &Served, name: &str, text: &str) {
    let path = served.folder.path().join(format!("prompts/{name}.prompt"));
    files::write(&path, text.as_bytes()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_shows_the_prompts_of_the_project() {
    let served = Served::start().await;
    let token = reader(&served);
    let list = served.get(&token, "/v1/prompts").await.ok();
    assert_document::<ProjectPromptsDocument>(&list);
    assert_eq!((names(&list), &list["faults"]), (vec!["welcome-email"], &json!([])));
    let file = "prompts/welcome-email.prompt";
    assert_eq!(list["prompts"][0]["file"], file, "paths of the server are nobody's business");
    for query in ["", "?version=2", "?version=%3D2.1.0"] {
        let prompt = served.get(&token, &format!("{PROMPT}{query}")).await.ok();
        assert_document::<PromptDocument>(&prompt);
        assert_eq!((&prompt["version"], &prompt["file"]), (&json!("2.1.0"), &json!(file)));
    }
    served.get(&token, &format!("{PROMPT}?version=3")).await.problem(404, "not-found");
    let invalid = served.get(&token, &format!("{PROMPT}?version=new")).await;
    invalid.problem(400, "invalid-parameter");
    let invalid = served.get(&token, &format!("{PROMPT}?versions=2")).await;
    invalid.problem(400, "invalid-parameter");
    for name in ["unknown", "_partial", "..%2Ftollgate"] {
        served.get(&token, &format!("/v1/prompts/{name}")).await.problem(404, "not-found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_with_errors_is_a_fault_and_is_not_shown() {
    let served = Served::start().await;
    write_prompt(&served, "broken", "---\nname: broken\nversion: 1.0.0\n---\n{{nobody}}");
    let token = reader(&served);
    let list = served.get(&token, "/v1/prompts").await.ok();
    assert_document::<ProjectPromptsDocument>(&list);
    assert_eq!(names(&list), ["welcome-email"]);
    assert_eq!(list["faults"][0]["file"], "prompts/broken.prompt", "{list:#}");
    let shown = served.get(&token, "/v1/prompts/broken").await.problem(503, "not-ready");
    let folder = served.folder.path().to_str().unwrap();
    assert!(!shown.to_string().contains(folder), "{shown:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_with_some_gates_sees_the_prompts_that_they_use() {
    let served = Served::start().await;
    write_prompt(&served, "secret", "---\nname: secret\nversion: 1.0.0\n---\nHello");
    write_prompt(&served, "broken", "{{");
    let token = reader(&served);
    let list = served.get(&token, "/v1/prompts").await.ok();
    assert_eq!(names(&list), ["secret", "welcome-email"]);
    served.get(&token, "/v1/prompts/secret").await.ok();

    let token = reader_of_other_gate(&served);
    let list = served.get(&token, "/v1/prompts").await.ok();
    assert_eq!((names(&list), &list["faults"]), (vec!["welcome-email"], &json!([])));
    served.get(&token, PROMPT).await.ok();
    let hidden = served.get(&token, "/v1/prompts/secret").await.problem(404, "not-found");
    let unknown = served.get(&token, "/v1/prompts/unknown").await.problem(404, "not-found");
    assert_eq!(without_request_id(hidden), without_request_id(unknown));
    let body = json!({"variables": {}});
    served.post(&token, "/v1/prompts/secret/render", body).await.problem(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn renders_a_prompt_with_values() {
    let served = Served::start().await;
    let (token, path) = (reader(&served), format!("{PROMPT}/render"));
    let variables = json!({"name": "Dana {{agent}}", "topics": ["bread"], "agent": "Kim"});
    let body = json!({"version": "^2", "variables": variables});
    let rendered = served.post(&token, &path, body).await.ok();
    assert_document::<RenderedPromptDocument>(&rendered);
    assert_eq!(rendered["model"], "acme/large");
    let user = &rendered["messages"][1];
    assert_eq!(user["role"], "user", "{rendered:#}");
    let text = user["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("Write to Dana {{agent}}, who chose bread."), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_values_that_do_not_fit() {
    let served = Served::start().await;
    let (token, path) = (reader(&served), format!("{PROMPT}/render"));
    let refused = served.post(&token, &path, json!({"variables": {"name": 7}})).await;
    let refused = refused.problem(400, "invalid-body");
    let objections = refused["objections"].as_array().unwrap();
    assert!(objections.iter().any(|one| one.as_str().unwrap().contains("`agent` is missing")));
    for body in [json!({"variables": []}), json!({"vars": {}}), json!({"version": 2})] {
        served.post(&token, &path, body).await.problem(400, "invalid-body");
    }
    let twice = r#"{"variables": {"name": "Dana", "topics": [], "agent": "a", "agent": "b"}}"#;
    let send = |request: reqwest::RequestBuilder| {
        request.header("content-type", "application/json").body(twice)
    };
    let refused = served.ask(reqwest::Method::POST, &token, &path, send).await;
    let refused = refused.problem(400, "invalid-body");
    assert!(refused["detail"].as_str().unwrap().contains("duplicate member `agent`"));
    let other = json!({"version": "3", "variables": {}});
    served.post(&token, &path, other).await.problem(404, "not-found");
    let invalid = json!({"version": "new", "variables": {}});
    served.post(&token, &path, invalid).await.problem(400, "invalid-parameter");
}
