//! Alerts that have not ended.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use tollgate_api::AlertsDocument;

use super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::Document;
use crate::state::ServerState;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/alerts",
            &[Role::Read, Role::Operate],
            "Lists the alerts that have not ended, the gravest first. They are looked for every few seconds.",
            get(list_alerts),
        )
        .answers::<AlertsDocument>(),
    ]
}

/// Lists the alerts of the gates that the caller may see. Alerts of the whole project are for callers who see all gates.
async fn list_alerts(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
) -> Document<AlertsDocument> {
    let mut alerts = state.signals.alerts.current().to_vec();
    alerts.retain(|alert| match &alert.gate {
        Some(gate) => caller.may_see(gate),
        None => caller.gates().is_empty(),
    });
    Document(AlertsDocument::new(&alerts))
}
