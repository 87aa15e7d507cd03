//! What the routes that read records have in common: the gates that a caller may see, pages, and places for work that takes
//! long.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tollgate::records::GateScope;
use tollgate_model::{Digest, GateName};

use crate::access::Caller;
use crate::admission::{RecordedRun, gate_not_found};
use crate::exchange::Document;
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Records in a page, unless the caller asks for another number.
const PAGE_DEFAULT: u32 = 50;

/// Maximum number of records in a page. A larger one would only take longer: the next page is one request away.
const PAGE_MAX: u32 = 200;

/// Time after which work that found no place is worth another request. Most of it takes seconds.
const PLACE_RETRY: Duration = Duration::from_secs(2);

/// Body of a request that says everything in its address. It has no members yet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EmptyBody {}

/// Places for work that takes long and uses what checks need as well. Work that finds none is refused at once.
#[derive(Clone)]
pub(super) struct WorkPlaces(Arc<Semaphore>);

impl WorkPlaces {
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count)))
    }

    /// Takes a place. It is free again when the permit is dropped, so the permit goes where the work is done: that goes on
    /// if the caller hangs up.
    pub(super) fn take(&self) -> Result<OwnedSemaphorePermit, Problem> {
        self.0.clone().try_acquire_owned().map_err(|_| {
            let detail = "the server is doing as much of this as it may at once";
            Problem::new(ProblemCode::Overloaded, detail).with_retry_after(PLACE_RETRY)
        })
    }
}

/// Returns the gates of which a caller may see records.
pub(super) fn visible_gates(caller: &Caller) -> GateScope {
    match caller.gates() {
        gates if gates.is_empty() => GateScope::All,
        gates => GateScope::Only(gates.clone()),
    }
}

/// Fails if the caller may not see all gates: what is asked for is about the ledger as a whole.
pub(super) fn require_all_gates(caller: &Caller) -> Result<(), Problem> {
    match visible_gates(caller) {
        GateScope::All => Ok(()),
        GateScope::Only(_) => Err(Problem::new(
            ProblemCode::Forbidden,
            "this is about the ledger as a whole, so it needs a token for all gates",
        )),
    }
}

/// Returns the number of records in a page, or the problem of a number that no page has.
pub(super) fn page_limit(limit: Option<u32>) -> Result<u32, Problem> {
    let limit = limit.unwrap_or(PAGE_DEFAULT);
    match (1..=PAGE_MAX).contains(&limit) {
        true => Ok(limit),
        false => {
            let detail = format!("`limit` has to be 1 to {PAGE_MAX}");
            Err(Problem::new(ProblemCode::InvalidParameter, detail))
        }
    }
}

/// Creates the answer to a request that needs a signature from a server that has no key.
pub(super) fn no_signing_key() -> Problem {
    Problem::new(ProblemCode::NoSigningKey, "this server was started without a key to sign with")
        .with_hint("its operator can give it one: `tollgate serve --signing-key NAME`")
}

/// Returns an answer whose record names a run.
pub(super) fn about_run<T: Serialize>(run: Digest, document: Document<T>) -> Response {
    let mut response = document.into_response();
    response.extensions_mut().insert(RecordedRun(run));
    response
}

impl ServerState {
    /// Returns the part of the gates of a caller that is one gate. Fails if the caller may not see it, or if it neither is
    /// a gate of the project nor has events.
    pub(super) async fn require_known_gate(
        &self,
        caller: &Caller,
        gate: GateName,
    ) -> Result<GateScope, Problem> {
        let scope = visible_gates(caller);
        if !scope.includes(&gate) {
            return Err(gate_not_found());
        }
        let scope = scope.narrowed_to(&gate);
        if self.live.find(&gate).is_some() {
            return Ok(scope);
        }
        // A gate that was removed from the project is known by its events.
        let host = self.host();
        let has_events = self.read_blocking(move || host.has_events(&gate)).await?;
        match has_events.map_err(|error| Problem::of_ledger(&error))? {
            true => Ok(scope),
            false => Err(gate_not_found()),
        }
    }
}
