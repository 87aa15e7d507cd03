//! The state of the server: what every handler gets.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use tollgate::Host;
use tollgate_api::join_causes;
use tollgate_model::GateName;

use crate::access::{AccessRecord, Caller, TokenError, TokenVerifier, find_bearer_token};
use crate::admission::gate_not_found;
use crate::exchange::RequestIds;
use crate::limits::RateLimits;
use crate::live::{GateState, LiveGate, LiveGates};
use crate::problem::{Problem, ProblemCode};
use crate::settings::ServerSettings;
use crate::signals::Signals;

/// Time after which a gate that is being loaded is worth another request.
const LOADING_RETRY: Duration = Duration::from_secs(1);

/// The state of the server. Clones are the same state.
#[derive(Clone)]
pub(crate) struct ServerState(Arc<SharedState>);

pub(crate) struct SharedState {
    pub(crate) live: LiveGates,
    pub(crate) settings: ServerSettings,
    pub(crate) request_ids: RequestIds,
    pub(crate) verifier: TokenVerifier,
    pub(crate) access: AccessRecord,
    pub(crate) signals: Signals,
    rates: RateLimits,
    is_shutting_down: AtomicBool,
}

impl ServerState {
    pub(crate) fn new(
        live: LiveGates,
        settings: ServerSettings,
        request_ids: RequestIds,
        verifier: TokenVerifier,
        signals: Signals,
    ) -> Self {
        let access = AccessRecord::new(&settings.state_folder);
        let rates = RateLimits::new(settings.limits.requests_per_second_max);
        let is_shutting_down = AtomicBool::new(false);
        Self(Arc::new(SharedState {
            live,
            settings,
            request_ids,
            verifier,
            access,
            signals,
            rates,
            is_shutting_down,
        }))
    }

    /// Returns the host of the project as it was read last.
    pub(crate) fn host(&self) -> Host {
        self.live.host()
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.host().now_ms()
    }

    pub(crate) fn is_shutting_down(&self) -> bool {
        self.is_shutting_down.load(Ordering::Relaxed)
    }

    pub(crate) fn begin_shutdown(&self) {
        self.is_shutting_down.store(true, Ordering::Relaxed);
    }

    /// Returns who a request comes from.
    pub(crate) fn caller_of(&self, headers: &HeaderMap) -> Result<Caller, TokenError> {
        let token = find_bearer_token(headers)?;
        self.verifier.verify(token, self.now_ms())
    }

    /// Fails if a caller may not go on with long work: the token has ended, or the server is shutting down.
    pub(crate) fn require_valid(&self, caller: &Caller) -> Result<(), Problem> {
        if self.is_shutting_down() {
            let detail = "the server is shutting down; what was answered is recorded";
            return Err(
                Problem::new(ProblemCode::ShuttingDown, detail).with_retry_after(LOADING_RETRY)
            );
        }
        let valid = caller.still_valid(&self.verifier, self.now_ms());
        valid.map_err(|error| Problem::of_token(&error))
    }

    /// Counts a request of a caller, or refuses it if there were too many.
    pub(crate) fn take_request(&self, caller: &Caller) -> Result<(), Problem> {
        let Some(token) = caller.token_id() else { return Ok(()) };
        self.rates.take(token.as_str(), Instant::now()).map_err(|wait| {
            let rate = self.settings.limits.requests_per_second_max;
            let detail = format!("this token may send {rate} requests a second");
            Problem::new(ProblemCode::RateLimited, detail).with_retry_after(wait)
        })
    }

    /// Returns a gate that checks outputs, with what it runs, or the problem of one that does not.
    pub(crate) fn ready_gate(
        &self,
        name: &GateName,
    ) -> Result<(Arc<LiveGate>, Arc<GateState>), Problem> {
        if self.is_shutting_down() {
            let detail = "the server is shutting down; nothing of this request was recorded";
            return Err(
                Problem::new(ProblemCode::ShuttingDown, detail).with_retry_after(LOADING_RETRY)
            );
        }
        let gate = self.live.find(name).ok_or_else(gate_not_found)?;
        let state = gate.state();
        match &*state {
            GateState::Deciding(_) | GateState::Judging(_) => Ok((gate, state)),
            GateState::Pending { reason } => {
                let detail = format!("gate `{name}` checks nothing yet: {reason}");
                Err(Problem::new(ProblemCode::GateNotReady, detail).with_retry_after(LOADING_RETRY))
            }
            GateState::Failed { reason } => {
                let detail = format!("gate `{name}` cannot run its release");
                Err(Problem::new(ProblemCode::GateNotReady, detail)
                    .with_hint("`GET /v1/gates` says why, to callers who may read it")
                    .with_retry_after(LOADING_RETRY)
                    .with_private_cause(reason.clone()))
            }
        }
    }

    /// Reads from the ledger or from files on a thread that may block.
    pub(crate) async fn read_blocking<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|error| Problem::internal(join_causes(&error)))
    }
}

impl std::ops::Deref for ServerState {
    type Target = SharedState;

    fn deref(&self) -> &SharedState {
        &self.0
    }
}
