//! Whether the server runs, and whether it is ready.

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use super::table::Route;
use crate::exchange::Document;
use crate::openapi::openapi_document;
use crate::state::ServerState;

/// Whether the server does its work. Names of gates are not in it, because anybody may ask.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct HealthDocument {
    status: HealthStatus,
    /// Gates that check outputs.
    gates_ready: usize,
    /// Gates that do not: they are being loaded, or something is wrong.
    gates_not_ready: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum HealthStatus {
    Ok,
    /// No gate checks outputs, or the server is shutting down.
    NotReady,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/healthz", &[], "Says that the server runs.", get(show_health))
            .answers::<HealthDocument>(),
        Route::new(
            Method::GET,
            "/readyz",
            &[],
            "Says whether outputs can be checked: 503 until a gate is ready.",
            get(show_readiness),
        )
        .answers::<HealthDocument>()
        .or_status(StatusCode::SERVICE_UNAVAILABLE),
        Route::new(
            Method::GET,
            "/openapi.json",
            &[],
            "Describes all addresses of this server (OpenAPI 3.1).",
            get(show_openapi),
        )
        .answers::<serde_json::Value>(),
    ]
}

async fn show_openapi() -> Document<serde_json::Value> {
    Document(openapi_document())
}

async fn show_health(State(state): State<ServerState>) -> Document<HealthDocument> {
    let (gates_ready, gates_not_ready) = state.live.counts();
    Document(HealthDocument { status: HealthStatus::Ok, gates_ready, gates_not_ready })
}

async fn show_readiness(State(state): State<ServerState>) -> Response {
    let (gates_ready, gates_not_ready) = state.live.counts();
    let is_ready = gates_ready > 0 && !state.is_shutting_down();
    let (code, status) = match is_ready {
        true => (StatusCode::OK, HealthStatus::Ok),
        false => (StatusCode::SERVICE_UNAVAILABLE, HealthStatus::NotReady),
    };
    (code, Document(HealthDocument { status, gates_ready, gates_not_ready })).into_response()
}
