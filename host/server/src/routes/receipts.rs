//! Receipts: signed statements about outputs that went out, which can be verified without this server.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tollgate::receipts::ReceiptError;
use tollgate_api::{SignedReceipt, join_causes};
use tollgate_packages::trust::SecretKey;

use super::reading::no_signing_key;
use super::table::Route;
use crate::access::{Caller, Role};
use crate::admission::RecordedRun;
use crate::exchange::PathName;
use crate::problem::Problem;
use crate::state::ServerState;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/receipts/{run}",
            &[Role::Read],
            "Writes the signed receipt of a run whose output went out. `tollgate receipt verify` verifies it.",
            get(write_receipt),
        )
        .answers::<SignedReceipt>(),
    ]
}

async fn write_receipt(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(name): PathName<String>,
) -> Result<Response, Problem> {
    let run = state.find_visible_run(&caller, name).await?.run;
    let key = state.settings.signing.clone().ok_or_else(no_signing_key)?;
    let host = state.host();
    let receipt = state.read_blocking(move || host.receipt(run)).await?;
    let receipt = receipt.map_err(|error| match error {
        ReceiptError::Run(error) => Problem::of_run_lookup(&error),
        ReceiptError::Ledger(error) => Problem::of_ledger(&error),
        error => Problem::of(&error),
    })?;
    let key: &SecretKey = &key;
    let signed = receipt.sign(key).map_err(|error| Problem::internal(join_causes(&error)))?;
    let body = signed.to_json().map_err(|error| Problem::internal(error.to_string()))?;
    let mut response = ([(CONTENT_TYPE, "application/json")], body).into_response();
    response.extensions_mut().insert(RecordedRun(run));
    Ok(response)
}
