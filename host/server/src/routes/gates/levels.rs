//! Levels of gates: promotions that people accept, and demotions that they ask for.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use tollgate::Actor;
use tollgate_api::{LevelChangeDocument, PromotionDocument};
use tollgate_model::{GateName, NonBlankString};

use super::super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, JsonBody, PathName};
use crate::problem::Problem;
use crate::state::ServerState;

/// Acceptance of a promotion.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PromotionBody {
    /// Whether the caller accepts the promotion. Otherwise it is only shown.
    #[serde(default)]
    accept: bool,
}

/// Demotion that a person asks for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct DemotionBody {
    /// Level that the gate goes to: the one below its level now. So a request that is sent twice lowers it once.
    level: u8,
    reason: NonBlankString,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/gates/{gate}/promote",
            &[Role::Operate],
            "Shows the promotion that the track record of a gate allows, or makes it if the caller accepts it. The owner of \
             the gate can, and whoever a sign-off of its record names.",
            post(promote),
        )
        .takes::<PromotionBody>()
        .answers::<PromotionDocument>(),
        Route::new(
            Method::POST,
            "/v1/gates/{gate}/demote",
            &[Role::Operate],
            "Lowers a gate by one level.",
            post(demote),
        )
        .takes::<DemotionBody>()
        .answers::<LevelChangeDocument>(),
    ]
}

async fn promote(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(gate): PathName<GateName>,
    JsonBody(body): JsonBody<PromotionBody>,
) -> Result<Document<PromotionDocument>, Problem> {
    let status = state.gate_status(&gate).await?;
    let proposal = status.propose_promotion();
    let proposal =
        proposal.map_err(|objections| Problem::not_promoted(&gate, objections.iter()))?;
    let mut document = PromotionDocument::new(&status.gate, &proposal, status.at_ms);
    if body.accept {
        let actor = Actor::new(caller.person().clone());
        let promoted = state.host().promote(&gate, &proposal, &actor).await;
        promoted.map_err(|error| Problem::of_level_change(&error))?;
        document.accepted = true;
    }
    Ok(Document(document))
}

async fn demote(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(gate): PathName<GateName>,
    JsonBody(body): JsonBody<DemotionBody>,
) -> Result<Document<LevelChangeDocument>, Problem> {
    let actor = Actor::new(caller.person().clone());
    // A demotion that is due already is recorded first.
    let change = state.host().demote_to(&gate, body.level, &actor, body.reason).await;
    let change = change.map_err(|error| Problem::of_level_change(&error))?;
    Ok(Document(LevelChangeDocument::new(gate, change)))
}
