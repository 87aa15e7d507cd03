//! Releases of gates: which there were, publishing what is locked, and going back.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Deserialize;
use tollgate::Actor;
use tollgate_api::{ReleaseChangeDocument, ReleasesDocument};
use tollgate_model::{GateName, NonBlankString};

use super::reading::page_limit;
use super::table::Route;
use crate::access::{Caller, Role};
use crate::admission::gate_not_found;
use crate::exchange::{Document, JsonBody, Parameters, PathName};
use crate::problem::Problem;
use crate::state::ServerState;

/// Release to publish.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PublicationBody {
    gate: GateName,
    /// Reason, recorded with the release.
    #[serde(default)]
    reason: Option<NonBlankString>,
}

/// Return to the release before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RollbackBody {
    reason: NonBlankString,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ReleasesParameters {
    limit: Option<u32>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::GET,
            "/v1/gates/{gate}/releases",
            &[Role::Read],
            "Lists the releases of a gate: the active one, followed by the others, the most recently changed first.",
            get(list_releases),
        )
        .query::<u32>("limit", "Maximum number of releases: 1 to 200, and 50 if it is absent.")
        .answers::<ReleasesDocument>(),
        Route::new(
            Method::POST,
            "/v1/releases",
            &[Role::Operate],
            "Publishes what the files of the project make of a gate, after proving it by the recorded cases of the gate.",
            post(publish),
        )
        .takes::<PublicationBody>()
        .answers::<ReleaseChangeDocument>(),
        Route::new(
            Method::POST,
            "/v1/gates/{gate}/rollback",
            &[Role::Operate],
            "Makes the release active again that was active before. It costs the gate a level.",
            post(roll_back),
        )
        .takes::<RollbackBody>()
        .answers::<ReleaseChangeDocument>(),
    ]
}

async fn list_releases(
    State(state): State<ServerState>,
    PathName(gate): PathName<GateName>,
    Parameters(parameters): Parameters<ReleasesParameters>,
) -> Result<Document<ReleasesDocument>, Problem> {
    let limit = page_limit(parameters.limit)?;
    state.live.find(&gate).ok_or_else(gate_not_found)?;
    let (host, name) = (state.host(), gate.clone());
    // One more than wanted tells whether there are more.
    let releases = state.read_blocking(move || host.releases(&name, limit + 1)).await?;
    let releases = releases.map_err(|error| Problem::of_ledger(&error))?;
    Ok(Document(ReleasesDocument::new(gate, &releases, limit)))
}

async fn publish(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    JsonBody(body): JsonBody<PublicationBody>,
) -> Result<Document<ReleaseChangeDocument>, Problem> {
    let PublicationBody { gate, reason } = body;
    if !caller.may_see(&gate) {
        return Err(gate_not_found());
    }
    let actor = Actor::new(caller.person().clone());
    let change = state.live.publish(&gate, &actor, reason).await;
    let change = change.map_err(|error| Problem::of_publishing(&error))?;
    Ok(Document(ReleaseChangeDocument::new(gate, change, None)))
}

async fn roll_back(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(gate): PathName<GateName>,
    JsonBody(body): JsonBody<RollbackBody>,
) -> Result<Document<ReleaseChangeDocument>, Problem> {
    let actor = Actor::new(caller.person().clone());
    let change = state.live.roll_back(&gate, &actor, body.reason).await;
    let change = change.map_err(|error| Problem::of_publishing(&error))?;
    let demotion = state.record_due_demotion(&gate).await;
    Ok(Document(ReleaseChangeDocument::new(gate, change, demotion)))
}
