//! Routes: a file for each resource. A handler reads a request, asks the library, and writes a wire type; every rule is in
//! the library.

mod alerts;
mod check;
mod contracts;
mod gates;
mod governance_problems;
mod governed;
mod health;
mod insight;
mod ledger;
mod metrics;
mod package_uses;
mod prompts;
mod queue;
mod reading;
mod receipts;
mod releases;
mod runs;
pub(crate) mod table;

use axum::Router;
use axum::http::HeaderValue;
use axum::middleware;
use axum::routing::MethodRouter;

use crate::admission::{self, RouteEntry};
use crate::problem::{Problem, ProblemCode};
use crate::signals::observe_request;
use crate::state::ServerState;
use table::Route;

/// Returns every route, in the order of the documents.
pub(crate) fn all_routes() -> Vec<Route> {
    let resources = [
        health::routes(),
        metrics::routes(),
        check::routes(),
        gates::routes(),
        releases::routes(),
        queue::routes(),
        runs::routes(),
        receipts::routes(),
        ledger::routes(),
        insight::routes(),
        alerts::routes(),
        prompts::routes(),
        contracts::routes(),
    ];
    resources.into_iter().flatten().collect()
}

/// Makes the router. It is the seam for tests: it needs no socket.
pub(crate) fn router(state: ServerState) -> Router {
    let mut routes = all_routes();
    let mut router = Router::new();
    for path in paths(&routes) {
        let allowed = allowed_methods(&routes, path);
        let mut methods = MethodRouter::new();
        for route in routes.extract_if(.., |route| route.path == path) {
            let entry = RouteEntry::new(state.clone(), &route);
            let admission = middleware::from_fn_with_state(entry, admission::admit);
            methods = methods.merge(route.handler.route_layer(admission));
        }
        router = router.route(path, methods.fallback(async move || refuse_method(&allowed)));
    }
    let router = router.fallback(refuse_address).with_state(state.clone());
    let router = router.layer(middleware::from_fn_with_state(state.clone(), admission::identify));
    router.layer(middleware::from_fn_with_state(state, observe_request))
}

fn paths(routes: &[Route]) -> Vec<&'static str> {
    let mut paths: Vec<_> = routes.iter().map(|route| route.path).collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

fn allowed_methods(routes: &[Route], path: &str) -> String {
    let methods = routes.iter().filter(|route| route.path == path);
    methods.map(|route| route.method.as_str()).collect::<Vec<_>>().join(", ")
}

fn refuse_method(allowed: &str) -> Problem {
    let detail = format!("this address takes {allowed}");
    let mut problem = Problem::new(ProblemCode::MethodNotAllowed, detail);
    problem.allowed_methods = HeaderValue::from_str(allowed).ok();
    problem
}

async fn refuse_address() -> Problem {
    Problem::new(ProblemCode::NotFound, "there is nothing at this address")
        .with_hint("`GET /openapi.json` lists all addresses")
}
