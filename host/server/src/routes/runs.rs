//! Runs: lists of them, everything that the ledger has about one, replaying it, and recording that its output was taken back.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::response::Response;
use axum::routing::{get, post};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::runtime::Handle;
use tollgate::Actor;
use tollgate::incidents::RetractionError;
use tollgate::records::{RunFilter, RunRecordError};
use tollgate::replay::{ReplayError, ReplayedCheck, RunReplayError};
use tollgate_api::{
    ReplayedRunLine, RetractionDocument, RunPageDocument, RunRecordDocument, join_causes,
};
use tollgate_model::{Digest, GateName, NonBlankString, Ruling};

use super::reading::{EmptyBody, WorkPlaces, about_run, page_limit, visible_gates};
use super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, JsonBody, Parameters, PathName};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Roles that see the runs of their gates.
const RUN_ROLES: &[Role] = &[Role::Submit, Role::Review, Role::Read];

/// Runs that are replayed at once. A replay judges as a check does, and checks come first.
const REPLAYS_MAX: usize = 2;

/// Time in which a run has to be replayed. Contracts may have to be compiled again, which takes some seconds each.
const REPLAY_TIME_MAX: Duration = Duration::from_secs(60);

/// Time after which a run that took too long is worth another request.
const REPLAY_RETRY: Duration = Duration::from_secs(30);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RunParameters {
    gate: Option<GateName>,
    output_id: Option<String>,
    decision: Option<RunDecision>,
    limit: Option<u32>,
    before: Option<u64>,
}

/// Latest decision of a run.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum RunDecision {
    Allow,
    Hold,
    Block,
}

/// Retraction of an output.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RetractionBody {
    /// Reason, which is recorded.
    reason: NonBlankString,
}

pub(super) fn routes() -> Vec<Route> {
    let list = Route::new(
        Method::GET,
        "/v1/runs",
        RUN_ROLES,
        "Lists runs, the newest first, a page at a time. Each is the event in which it was judged first, with its latest \
         decision.",
        get(list_runs),
    )
    .query::<GateName>("gate", "Only runs of this gate.")
    .query::<String>("output-id", "Only runs whose output was handed in with this `id`.")
    .query::<RunDecision>("decision", "Only runs whose latest decision is this.")
    .query::<u32>("limit", "Maximum number of runs: 1 to 200, and 50 if it is absent.")
    .query::<u64>("before", "Number that the page continues before: `next` of the page before.")
    .answers::<RunPageDocument>();
    let show = Route::new(
        Method::GET,
        "/v1/runs/{run}",
        RUN_ROLES,
        "Shows a run: who asked for what, what was generated, who reviewed it, what was decided and why, and what followed.",
        get(show_run),
    )
    .answers::<RunRecordDocument>();
    let replay = Route::new(
        Method::POST,
        "/v1/runs/{run}/replay",
        &[Role::Read],
        "Judges the stored output again with the recorded contracts, and says whether their reports are the same. Nothing is \
         recorded.",
        post(replay_run).layer(Extension(WorkPlaces::new(REPLAYS_MAX))),
    )
    .takes::<EmptyBody>()
    .answers::<ReplayedRunLine>();
    let retract = Route::new(
        Method::POST,
        "/v1/runs/{run}/retract",
        &[Role::Operate],
        "Records that an output was taken back. It costs the gate a level. Taking it back is for people to do.",
        post(retract_run),
    )
    .takes::<RetractionBody>()
    .answers::<RetractionDocument>();
    vec![list, show, replay, retract]
}

async fn list_runs(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Parameters(parameters): Parameters<RunParameters>,
) -> Result<Document<RunPageDocument>, Problem> {
    let RunParameters { gate, output_id, decision, limit, before } = parameters;
    let limit = page_limit(limit)?;
    let scope = match gate {
        Some(gate) => state.require_known_gate(&caller, gate).await?,
        None => visible_gates(&caller),
    };
    let filter = RunFilter { scope, output_id, ruling: decision.map(Into::into) };
    let host = state.host();
    let read = move || {
        let page = host.recorded_runs(&filter, before, limit)?;
        Ok(RunPageDocument::from(&page))
    };
    let page = state.read_blocking(read).await?;
    page.map(Document).map_err(|error| Problem::of_ledger(&error))
}

async fn show_run(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(name): PathName<String>,
) -> Result<Response, Problem> {
    let summary = state.find_visible_run(&caller, name).await?;
    let (host, run) = (state.host(), summary.run);
    let read = move || host.run_record(summary).map(|record| RunRecordDocument::from(&record));
    let record = state.read_blocking(read).await?;
    let document = record.map_err(|error| match error {
        RunRecordError::Ledger(error) => Problem::of_ledger(&error),
        error => Problem::of(&error),
    })?;
    Ok(about_run(run, Document(document)))
}

async fn replay_run(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Extension(places): Extension<WorkPlaces>,
    PathName(name): PathName<String>,
    JsonBody(EmptyBody {}): JsonBody<EmptyBody>,
) -> Result<Response, Problem> {
    let run = state.find_visible_run(&caller, name).await?.run;
    let place = places.take()?;
    let (host, runtime) = (state.host(), Handle::current());
    let replay = move || {
        let _place = place;
        // On a thread of its own, so it takes no turns from the checks on the threads of the runtime.
        runtime
            .block_on(async { tokio::time::timeout(REPLAY_TIME_MAX, host.replay_run(run)).await })
    };
    let replayed = state.read_blocking(replay).await?.map_err(|_| replay_too_long())?;
    let line = replayed_line(run, replayed)?;
    Ok(about_run(run, Document(line)))
}

/// Returns the answer about a replay. That something was not kept is a property of the run, and no failure.
fn replayed_line(
    run: Digest,
    replayed: Result<Vec<ReplayedCheck>, RunReplayError>,
) -> Result<ReplayedRunLine, Problem> {
    match replayed {
        Ok(checks) => Ok(ReplayedRunLine::replayed(run, &checks)),
        Err(RunReplayError::Replay(
            error @ (ReplayError::Output(_) | ReplayError::ReportsErased),
        )) => Ok(ReplayedRunLine::not_replayed(run, join_causes(&error))),
        Err(RunReplayError::Ledger(error)) => Err(Problem::of_ledger(&error)),
        Err(error) => Err(Problem::of(&error)),
    }
}

fn replay_too_long() -> Problem {
    let seconds = REPLAY_TIME_MAX.as_secs();
    let detail = format!("the run was not replayed within {seconds} seconds, so it was given up");
    Problem::new(ProblemCode::Overloaded, detail)
        .with_retry_after(REPLAY_RETRY)
        .with_hint("`tollgate log replay` has no limit of time")
}

async fn retract_run(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(name): PathName<String>,
    JsonBody(RetractionBody { reason }): JsonBody<RetractionBody>,
) -> Result<Response, Problem> {
    let run = state.find_visible_run(&caller, name).await?.run;
    let (host, runtime) = (state.host(), Handle::current());
    let actor = Actor::new(caller.person().clone());
    // It blocks while it reads; what it records is written by the ledger's own thread.
    let retract = move || runtime.block_on(host.retract(run, &actor, reason));
    let retraction = state.read_blocking(retract).await?;
    let retraction = retraction.map_err(|error| match error {
        RetractionError::UnknownRun { .. } => Problem::run_not_found(),
        RetractionError::Gate(error) => Problem::of_governing_record(&error),
        RetractionError::Ledger(error) => Problem::of_ledger(&error),
        error => Problem::of(&error),
    })?;
    let demotion = state.record_due_demotion(&retraction.gate.name).await;
    Ok(about_run(run, Document(RetractionDocument::new(&retraction, demotion))))
}

impl From<RunDecision> for Ruling {
    fn from(decision: RunDecision) -> Self {
        match decision {
            RunDecision::Allow => Self::Allow,
            RunDecision::Hold => Self::Hold,
            RunDecision::Block => Self::Block,
        }
    }
}
