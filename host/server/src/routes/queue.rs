//! The queue: runs that wait for a person, one of them with all that its reviewer needs, claims, and [reviews](review).

mod review;

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Deserialize;
use tollgate::review::{ClaimedReview, QueuePageQuery, ReviewError, ShownRun};
use tollgate_api::{ClaimDocument, QueueDocument, QueueEntry, QueuedRunDocument, Timestamp};
use tollgate_ledger::QueueKind;
use tollgate_model::{Digest, FormatVersion, GateName};

use super::reading::{EmptyBody, about_run, page_limit, visible_gates};
use super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, JsonBody, Parameters, PathName};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct QueueParameters {
    gate: Option<GateName>,
    #[serde(default)]
    kind: QueueParameterKind,
    #[serde(default)]
    after: u64,
    limit: Option<u32>,
}

/// Kind of the runs that are wanted.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum QueueParameterKind {
    /// Outputs that are held until they are reviewed.
    #[default]
    Review,
    /// Outputs that went out and were sampled.
    Audit,
}

pub(super) fn routes() -> Vec<Route> {
    let list = Route::new(
        Method::GET,
        "/v1/queue",
        &[Role::Review],
        "Lists runs that wait for a person, the oldest first, a page at a time.",
        get(list_queue),
    )
    .query::<GateName>("gate", "Only runs of this gate.")
    .query::<QueueParameterKind>("kind", "`review`, if it is absent, or `audit`.")
    .query::<u64>("after", "Number that the page continues after: `next` of the page before.")
    .query::<u32>("limit", "Maximum number of runs: 1 to 200, and 50 if it is absent.")
    .answers::<QueueDocument>();
    let show = Route::new(
        Method::GET,
        "/v1/queue/{run}",
        &[Role::Review],
        "Shows a run that waits, or did, with everything that its reviewer needs.",
        get(show_run),
    )
    .answers::<QueuedRunDocument>();
    let claim = Route::new(
        Method::POST,
        "/v1/queue/{run}/claim",
        &[Role::Review],
        "Claims a run, so that nobody else reviews it for a while.",
        post(claim_run),
    )
    .takes::<EmptyBody>()
    .answers::<ClaimDocument>();
    vec![list, show, claim, review::route()]
}

async fn list_queue(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Parameters(parameters): Parameters<QueueParameters>,
) -> Result<Document<QueueDocument>, Problem> {
    let limit = page_limit(parameters.limit)?;
    let gates = match parameters.gate {
        Some(gate) => state.require_known_gate(&caller, gate).await?,
        None => visible_gates(&caller),
    };
    let kind = match parameters.kind {
        QueueParameterKind::Review => QueueKind::Review,
        QueueParameterKind::Audit => QueueKind::Audit,
    };
    let (host, after) = (state.host(), parameters.after);
    let query = QueuePageQuery { gates, kind, after, limit };
    let page = state.read_blocking(move || host.queue_page(&query)).await?;
    let page = page.map_err(|error| Problem::of_review_lookup(&error))?;
    let mut records = BTreeMap::new();
    for pending in &page.reviews {
        let name = &pending.queued.gate;
        if !records.contains_key(name) {
            records.insert(name.clone(), state.gate_status(name).await?.gate);
        }
    }
    let now_ms = state.now_ms();
    let entry = |pending| QueueEntry::new(pending, records.get(&pending.queued.gate), now_ms);
    let runs = page.reviews.iter().map(entry).collect();
    Ok(Document(QueueDocument { format: FormatVersion, runs, next: page.next }))
}

async fn show_run(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(name): PathName<String>,
) -> Result<Response, Problem> {
    let run = state.find_visible_run(&caller, name).await?.run;
    let shown = read_shown_run(&state, run).await?;
    let document = QueuedRunDocument::new(&shown, state.now_ms());
    Ok(about_run(run, Document(document)))
}

/// Reads a run with the active release of its gate. A demotion that is due counts from now on.
async fn read_shown_run(state: &ServerState, run: Digest) -> Result<ShownRun, Problem> {
    let host = state.host();
    let shown = state.read_blocking(move || host.show_review(&run.to_string())).await?;
    let shown = shown.map_err(|error| Problem::of_review(&error))?;
    state.gate_status(&shown.gate.name).await?;
    Ok(shown)
}

async fn claim_run(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(name): PathName<String>,
    JsonBody(EmptyBody {}): JsonBody<EmptyBody>,
) -> Result<Response, Problem> {
    let run = state.find_visible_run(&caller, name).await?;
    state.gate_status(&run.gate).await?;
    let reviewer = caller.to_reviewer();
    let claimed = state.host().claim_review(&run.run.to_string(), &reviewer).await;
    let claimed = claimed.map_err(|error| Problem::of_review(&error))?;
    let ClaimedReview { gate, outcome, .. } = claimed;
    let until_ms = outcome.map_err(|errors| refused(&errors))?;
    let document = ClaimDocument {
        format: FormatVersion,
        run: run.run,
        gate: gate.name,
        claimed_by: reviewer.person,
        claimed_until: Timestamp(until_ms),
    };
    Ok(about_run(run.run, Document(document)))
}

/// Creates the answer to a review or a claim that the rules refuse.
fn refused(errors: &[ReviewError]) -> Problem {
    let objections = errors.iter().map(ToString::to_string).collect();
    Problem::new(ProblemCode::RefusedByRules, "the rules refuse this; nothing is recorded")
        .with_objections(objections)
}
