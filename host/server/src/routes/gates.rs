//! Gates: how this server runs them, and everything about one.

mod levels;
mod reports;

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use tollgate::Host;
use tollgate::gate::ReleaseReadError;
use tollgate_api::{GateDocument, GateReleases, LiveGatesDocument, join_causes};
use tollgate_model::{FormatVersion, GateName};

use super::table::Route;
use crate::access::{Caller, Role};
use crate::admission::gate_not_found;
use crate::exchange::{Document, PathName};
use crate::live::{Candidate, GateState, LiveGate};
use crate::problem::Problem;
use crate::state::ServerState;

const ANY_ROLE: &[Role] = &[Role::Submit, Role::Review, Role::Operate, Role::Read];

pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::new(
            Method::GET,
            "/v1/gates",
            ANY_ROLE,
            "Lists the gates that the caller may see, with their states.",
            get(list_gates),
        )
        .answers::<LiveGatesDocument>(),
        Route::new(
            Method::GET,
            "/v1/gates/{gate}",
            ANY_ROLE,
            "Shows a gate with its level and the oversight that applies to its outputs today.",
            get(show_gate),
        )
        .answers::<GateDocument>(),
    ];
    routes.extend(levels::routes());
    routes.extend(reports::routes());
    routes
}

async fn list_gates(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
) -> Document<LiveGatesDocument> {
    let gates = state.live.all().into_iter().filter(|gate| caller.may_see(gate.name()));
    let gates = gates.map(|gate| gate.to_entry()).collect();
    // It names files, which are the business of those who see the whole project.
    let project_error = state.live.project_error().filter(|_| caller.gates().is_empty());
    let generation = state.live.generation();
    Document(LiveGatesDocument { format: FormatVersion, generation, project_error, gates })
}

async fn show_gate(
    State(state): State<ServerState>,
    PathName(name): PathName<GateName>,
) -> Result<Document<GateDocument>, Problem> {
    let gate = state.live.find(&name).ok_or_else(gate_not_found)?;
    let status = state.gate_status(&name).await?;
    let host = state.host();
    let releases = state.read_blocking(move || compare_releases(&host, &gate)).await?;
    let releases = releases.map_err(|error| Problem::of(&error))?;
    let document = GateDocument::new(&status, releases);
    let document = document.map_err(|error| Problem::internal(join_causes(&error)))?;
    Ok(Document(document))
}

/// Returns the active release of a gate beside what the files of the project make of it, as this server has prepared it.
/// Nothing is loaded for the answer. It blocks while it reads.
fn compare_releases(host: &Host, gate: &LiveGate) -> Result<GateReleases, ReleaseReadError> {
    let candidate = gate.candidate();
    if let Candidate::Ready(ready) = &*candidate {
        return Ok((&host.compare_with_active(&ready.loaded)?).into());
    }
    let state = gate.state();
    let (locked, locked_error) = match (&*candidate, &*state) {
        (Candidate::Preparing { .. }, _) => (None, Some("it is being prepared".to_owned())),
        (Candidate::Failed { release, reason, .. }, _) => (*release, Some(reason.clone())),
        _ if !host.project().has_gate(gate.name()) => {
            (None, Some("the project has no file of this gate".to_owned()))
        }
        (_, GateState::Pending { reason }) => (None, Some((*reason).to_owned())),
        (_, GateState::Failed { reason }) => (None, Some(reason.clone())),
        _ => (state.release(), None),
    };
    let active = host.active_release(gate.name())?;
    Ok(GateReleases { active, locked, locked_error, differences: Vec::new() })
}
