//! Insight: the risks of gates, and statistics of them.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use serde::Deserialize;
use tokio::runtime::Handle;
use tollgate::insight::{PeriodStart, StatisticsError};
use tollgate_api::{RiskDocument, StatisticsDocument};
use tollgate_model::{GateName, Since, TimeSpan};

use super::reading::{WorkPlaces, visible_gates};
use super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, Parameters};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Reports of each kind that are made at once. Each reads thousands of events of each gate.
const REPORTS_MAX: usize = 2;

/// Period of statistics if the caller names none.
const WEEK: TimeSpan = TimeSpan::from_days(7);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatisticsParameters {
    gate: Option<GateName>,
    since: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    let risk = Route::new(
        Method::GET,
        "/v1/risk",
        &[Role::Read],
        "Shows the risks of the gates that the caller may see: access, data, what their records lack, and what to fix first.",
        get(show_risk).layer(Extension(WorkPlaces::new(REPORTS_MAX))),
    )
    .answers::<RiskDocument>();
    let statistics = Route::new(
        Method::GET,
        "/v1/stats",
        &[Role::Read],
        "Shows statistics of the gates that the caller may see, compared with the previous period of the same length.",
        get(show_statistics).layer(Extension(WorkPlaces::new(REPORTS_MAX))),
    )
    .query::<GateName>("gate", "Only this gate.")
    .query::<String>(
        "since",
        "Start of the period: a span such as `30d`, a day such as `2026-03-31`, or a time in UTC. A week if it is absent.",
    )
    .answers::<StatisticsDocument>();
    vec![risk, statistics]
}

async fn show_risk(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Extension(places): Extension<WorkPlaces>,
) -> Result<Document<RiskDocument>, Problem> {
    let (host, place, runtime) = (state.host(), places.take()?, Handle::current());
    // It blocks while it reads; demotions that are due are written by the ledger's own thread.
    let read = move || {
        let _place = place;
        runtime.block_on(host.risk_report())
    };
    let report = state.read_blocking(read).await?;
    let mut map = report.map_err(|error| Problem::of_status(&error))?.map;
    map.retain_gates(|gate| caller.may_see(gate));
    Ok(Document(map.into()))
}

async fn show_statistics(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Extension(places): Extension<WorkPlaces>,
    Parameters(StatisticsParameters { gate, since }): Parameters<StatisticsParameters>,
) -> Result<Document<StatisticsDocument>, Problem> {
    let start = parse_start(since.as_deref())?;
    if let Some(gate) = &gate {
        state.require_known_gate(&caller, gate.clone()).await?;
    }
    let (host, scope, place) = (state.host(), visible_gates(&caller), places.take()?);
    let read = move || {
        let _place = place;
        match &gate {
            Some(gate) => host.gate_statistics(Some(gate), start),
            None => host.scoped_statistics(&scope, start),
        }
    };
    let statistics = state.read_blocking(read).await?;
    let statistics = statistics.map_err(|error| match error {
        StatisticsError::Gate { source, .. } => Problem::of_governing_record(&source),
        StatisticsError::Ledger(error) => Problem::of_ledger(&error),
        error => Problem::of(&error),
    })?;
    Ok(Document(StatisticsDocument::from(statistics.as_slice())))
}

fn parse_start(since: Option<&str>) -> Result<PeriodStart, Problem> {
    let Some(text) = since else { return Ok(PeriodStart::Last(WEEK)) };
    let since = text.parse::<Since>();
    since
        .map(Into::into)
        .map_err(|error| Problem::new(ProblemCode::InvalidParameter, format!("`since`: {error}")))
}
