//! Reports about gates: figures that are measured elsewhere, and incidents. Both can cost a gate a level.

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use tollgate::Actor;
use tollgate::figures::ReportedFigure;
use tollgate::incidents::IncidentReport;
use tollgate_api::{IncidentDocument, RecordedFiguresDocument};
use tollgate_model::{Figure, GateName, KpiEvent, NonBlankString, Since};

use super::super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, JsonBody, PathName};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Figures of a gate.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FiguresBody {
    /// The figures. Either all of them are recorded or none.
    figures: Vec<FigureBody>,
}

/// Figure that was measured elsewhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FigureBody {
    /// Name of the figure, as in the thresholds of the gate.
    kpi: NonBlankString,
    value: Figure,
    /// Time of measurement: a day such as `2026-03-31`, a time in UTC such as `2026-03-31T09:30:00Z`, or how long ago it
    /// was, such as `24h`. Now if it is absent.
    #[serde(default)]
    at: Option<String>,
    /// Person or program that measured it. The caller if it is absent.
    #[serde(default)]
    source: Option<NonBlankString>,
}

/// Incident that a person reports.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct IncidentBody {
    description: NonBlankString,
    /// Run that caused it: its digest, or the first digits of it.
    #[serde(default)]
    run: Option<String>,
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/gates/{gate}/figures",
            &[Role::Operate],
            "Records figures of a gate that were measured elsewhere. One that breaks a threshold costs the gate a level.",
            post(record_figures),
        )
        .takes::<FiguresBody>()
        .answers::<RecordedFiguresDocument>(),
        Route::new(
            Method::POST,
            "/v1/gates/{gate}/incidents",
            &[Role::Operate],
            "Records an incident at a gate. It costs the gate a level.",
            post(report_incident),
        )
        .takes::<IncidentBody>()
        .answers::<IncidentDocument>(),
    ]
}

async fn record_figures(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(gate): PathName<GateName>,
    JsonBody(body): JsonBody<FiguresBody>,
) -> Result<Document<RecordedFiguresDocument>, Problem> {
    if body.figures.is_empty() {
        return Err(Problem::new(ProblemCode::InvalidBody, "`figures` has no figures"));
    }
    let now_ms = state.now_ms();
    let numbered = (1..).zip(body.figures);
    let figures = numbered.map(|(number, body)| {
        body.to_figure(&gate, &caller, now_ms).map_err(|reason| {
            let detail = format!("figure {number} cannot be recorded: {reason}");
            Problem::new(ProblemCode::InvalidBody, detail)
        })
    });
    let figures = figures.collect::<Result<_, _>>()?;
    let recorded = state.host().record_figures(figures).await;
    let recorded = recorded.map_err(|error| Problem::of_figures(&error))?;
    let demotion = state.record_due_demotion(&gate).await;
    Ok(Document(RecordedFiguresDocument::new(gate, &recorded, demotion)))
}

impl FigureBody {
    fn to_figure(
        &self,
        gate: &GateName,
        caller: &Caller,
        now_ms: u64,
    ) -> Result<ReportedFigure, String> {
        let at_ms = match &self.at {
            Some(at) => at.parse::<Since>().map_err(|error| error.to_string())?.at_ms(now_ms),
            None => now_ms,
        };
        let source = match &self.source {
            Some(source) => source.clone(),
            None => caller.person().as_str().parse().map_err(|_| "its source is missing")?,
        };
        let figure = KpiEvent { kpi: self.kpi.clone(), value: self.value, source };
        Ok(ReportedFigure { gate: gate.clone(), at_ms, figure })
    }
}

async fn report_incident(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    PathName(gate): PathName<GateName>,
    JsonBody(body): JsonBody<IncidentBody>,
) -> Result<Document<IncidentDocument>, Problem> {
    let mut report = IncidentReport::new(body.description);
    if let Some(name) = body.run {
        report = report.caused_by(state.find_visible_run(&caller, name).await?.run);
    }
    let run = report.run;
    let actor = Actor::new(caller.person().clone());
    let recorded = state.host().report_incident(&gate, report, &actor).await;
    recorded.map_err(|error| Problem::of_incident(&error))?;
    let demotion = state.record_due_demotion(&gate).await;
    Ok(Document(IncidentDocument::new(gate, run, demotion)))
}
