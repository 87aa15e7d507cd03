//! Reading over HTTP: runs, receipts, the ledger, insight, prompts and contracts, and who may see what of them.

mod contracts;
mod insight;
mod ledger;
mod prompts;
mod receipts;
mod runs;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};
use tollgate_server::access::Role;

use crate::served::{GATE, OTHER_GATE, Served, output};

/// Level at which the outputs of the gate `welcome-email` go out.
const OPEN_LEVEL: u8 = 4;

/// Fails unless a document is one of this type, as the type is written.
fn assert_document<T: JsonSchema>(document: &Value) {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<T>();
    let validator = jsonschema::validator_for(&schema.to_value()).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0]);
}

/// Returns the token of somebody who reads everything.
fn reader(served: &Served) -> String {
    served.token("Ada Auditor", &[Role::Read])
}

/// Returns the token of somebody who may know of the other gate only.
fn reader_of_other_gate(served: &Served) -> String {
    served.token_for("Olu Other", &[Role::Read, Role::Operate, Role::Submit], &[OTHER_GATE])
}

/// Has the gate `welcome-email` check a text that goes out, and returns the run.
async fn allow(served: &Served, text: &str) -> String {
    let result = served.check(GATE, text).await;
    assert_eq!(result["decision"], "allow", "{result:#}");
    result["run"].as_str().unwrap().to_owned()
}

/// Has a gate check a text under an id of the caller, and returns the run.
async fn check_with_id(served: &Served, gate: &str, text: &str, id: &str) -> String {
    let token = served.token("the mailer", &[Role::Submit]);
    let mut body = output(text);
    body["id"] = json!(id);
    let result = served.post(&token, &format!("/v1/gates/{gate}/check"), body).await.ok();
    result["run"].as_str().unwrap().to_owned()
}

/// Takes an output back.
async fn retract(served: &Served, run: &str) -> Value {
    let token = served.token("Sam Reed", &[Role::Operate]);
    let body = json!({"reason": "the offer had ended"});
    served.post(&token, &format!("/v1/runs/{run}/retract"), body).await.ok()
}

/// Returns a problem without what differs from request to request.
fn without_request_id(mut problem: Value) -> Value {
    problem.as_object_mut().unwrap().remove("request-id").unwrap();
    problem
}

/// A name of a run that does not exist.
fn unknown_run() -> String {
    format!("sha256:{}", "0".repeat(64))
}
