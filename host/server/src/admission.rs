//! Admission: every request gets an id, and is admitted to its route only if its caller may ask for that. Every answer to
//! a caller with a token is recorded before it goes out.

use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::Method;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tollgate_api::join_causes;
use tollgate_model::{Digest, GateName};

use crate::access::{AccessEntry, Caller, Requester, Role};
use crate::exchange::{REQUEST_ID, RequestId};
use crate::problem::{Problem, ProblemCode};
use crate::routes::table::Route;
use crate::state::ServerState;

/// What admission has to know of a route.
#[derive(Clone)]
pub(crate) struct RouteEntry {
    state: ServerState,
    method: Method,
    pattern: &'static str,
    roles: &'static [Role],
}

/// Outcome of a request that its record names, set by the handler.
#[derive(Clone, Debug)]
pub(crate) struct RecordedRun(pub(crate) Digest);

impl RouteEntry {
    pub(crate) fn new(state: ServerState, route: &Route) -> Self {
        let Route { method, path, roles, .. } = route;
        Self { state, method: method.clone(), pattern: path, roles }
    }
}

/// Gives a request its id, and writes a problem with it.
pub(crate) async fn identify(
    State(state): State<ServerState>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = state.request_ids.id_of(request.headers());
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        log_problem(&problem, &id);
        response = problem.to_response(&id);
    }
    if let Some(value) = id.to_header() {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn log_problem(problem: &Problem, id: &RequestId) {
    let (code, request) = (problem.code.as_str(), id.as_str());
    match &problem.private_cause {
        Some(cause) => tracing::error!(request, code, cause, "a request failed"),
        None => tracing::debug!(request, code, detail = %problem.detail, "a request was refused"),
    }
}

/// Admits a request to its route, and records its answer before it goes out.
pub(crate) async fn admit(
    State(entry): State<RouteEntry>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if entry.roles.is_empty() {
        return Ok(next.run(request).await);
    }
    let (mut parts, body) = request.into_parts();
    let gate = gate_in_path(&mut parts).await;
    let name = gate.as_deref().and_then(|gate| gate.parse::<GateName>().ok());
    let id = parts.extensions.get::<RequestId>().cloned();
    let id = id.ok_or_else(|| Problem::internal("a request has no id"))?;
    let caller = match entry.state.caller_of(&parts.headers) {
        Ok(caller) => caller,
        Err(error) => {
            let problem = Problem::of_token(&error);
            entry.record(
                &id,
                Requester::Refused(&error),
                None,
                &problem.clone().into_response(),
            )?;
            return Err(problem);
        }
    };
    let admitted = entry.admit(&parts, &caller, gate.is_some(), name.as_ref());
    let response = match admitted {
        Ok(()) => {
            parts.extensions.insert(caller.clone());
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    };
    entry.record(&id, Requester::Caller(&caller), name.as_ref(), &response)?;
    Ok(response)
}

impl RouteEntry {
    /// Fails if the caller may not ask for this route.
    fn admit(
        &self,
        parts: &Parts,
        caller: &Caller,
        is_about_gate: bool,
        gate: Option<&GateName>,
    ) -> Result<(), Problem> {
        if caller.token_id().is_none() {
            refuse_web_pages(parts)?;
        }
        // A name that no gate can have is the name of none.
        if is_about_gate && !gate.is_some_and(|gate| caller.may_see(gate)) {
            return Err(gate_not_found());
        }
        let allowed = caller.require_any(self.roles);
        allowed.map_err(|error| Problem::new(ProblemCode::Forbidden, error.to_string()))?;
        self.state.take_request(caller)
    }

    /// Records a request. One that cannot be recorded is not answered, even if it was done: its caller has to ask again.
    fn record(
        &self,
        id: &RequestId,
        requester: Requester<'_>,
        gate: Option<&GateName>,
        response: &Response,
    ) -> Result<(), Problem> {
        let entry = AccessEntry {
            at_ms: self.state.now_ms(),
            request_id: id.as_str(),
            requester,
            method: self.method.as_str(),
            route: self.pattern,
            gate,
            status: response.status().as_u16(),
            run: response.extensions().get::<RecordedRun>().map(|RecordedRun(run)| run),
            problem: response.extensions().get::<Problem>().map(|problem| problem.code.as_str()),
        };
        self.state.access.append(&entry).map_err(|error| {
            Problem::new(
                ProblemCode::AccessUnavailable,
                "the use of tokens cannot be recorded now, so nothing is answered",
            )
            .with_private_cause(join_causes(&error))
        })
    }
}

/// The answer about a gate that does not exist, and about one that the caller may not see.
pub(crate) fn gate_not_found() -> Problem {
    Problem::new(
        ProblemCode::GateNotFound,
        "there is no gate of this name that this caller may see",
    )
}

async fn gate_in_path(parts: &mut Parts) -> Option<String> {
    let names = RawPathParams::from_request_parts(parts, &()).await.ok()?;
    names.iter().find(|(name, _)| *name == "gate").map(|(_, value)| value.to_owned())
}

/// Refuses requests that a web page may have made. Browsers reach this machine too, and without tokens nothing else tells
/// their requests from those of the operator.
fn refuse_web_pages(parts: &Parts) -> Result<(), Problem> {
    let header = parts.headers.get(HOST).map(|value| value.to_str().unwrap_or_default());
    // HTTP/2 has the name in the address.
    let host = header.or(parts.uri.authority().map(|authority| authority.as_str()));
    if host.is_some_and(is_loopback_host) && !parts.headers.contains_key(ORIGIN) {
        return Ok(());
    }
    Err(Problem::new(
        ProblemCode::CrossOrigin,
        "this server has no tokens yet, so it answers programs on this machine only, and no web page",
    )
    .with_hint("make a token with `tollgate token new`"))
}

/// Returns whether the `Host` header names this machine. A name that only resolves to it could be anybody's.
fn is_loopback_host(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = |address: std::net::IpAddr| address.is_loopback();
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_names_of_this_machine_from_others() {
        for host in
            ["localhost", "LOCALHOST:7788", "127.0.0.1:7788", "127.8.9.1", "[::1]:7788", "[::1]"]
        {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in
            ["tollgate.evil.example", "localhost.evil.example:7788", "10.0.0.1", "[::2]:1", ""]
        {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
