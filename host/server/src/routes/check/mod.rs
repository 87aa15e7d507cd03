//! Checking outputs: one, a batch that is a JSON array, or a stream of lines.

mod batch;
mod lines;
mod single;
mod target;

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::post;
use tokio::sync::OwnedSemaphorePermit;
use tollgate::Actor;
use tollgate::intake::SubjectReader;
use tollgate_api::report::CheckResult;
use tollgate_api::{CheckDocument, OutputResultLine, OutputSubmission};
use tollgate_model::{GateName, NonBlankString};

use super::table::{Route, schema_of};
use crate::access::{Caller, Role};
use crate::admission::gate_not_found;
use crate::exchange::{
    PathName, RequestId, read_bytes, require_media_type, require_plain_encoding,
};
use crate::live::LiveGate;
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;
use target::CheckTarget;

const JSON: &str = "application/json";
/// Media type of one JSON document per line.
pub(super) const LINES: &str = "application/x-ndjson";

/// Name of the source of outputs that arrive in a request.
const SOURCE: &str = "request";

/// Maximum length of an idempotency key: a UUID or a digest fits several times.
const KEY_BYTES_MAX: usize = 255;

/// Places at a gate that a batch takes: it has many outputs on their way at once, and must leave room for others.
const BATCH_PLACES: u32 = 16;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(
            Method::POST,
            "/v1/gates/{gate}/check",
            &[Role::Submit],
            "Checks one output, a JSON array of outputs, or a stream of lines with one output each. Each answer is given \
             once its decision is recorded.",
            post(check),
        )
        .header::<String>(
            "Idempotency-Key",
            "Key of the request. While the same release is active, another request with the same key and output is \
             answered from the record, as its decision stands now, and judged once only.",
        )
        .takes::<OneOrMany>()
        .takes_as(LINES, schema_of::<OutputSubmission>)
        .answers::<OneOrManyAnswers>()
        .answers_as(LINES, Some(schema_of::<OutputResultLine>)),
    ]
}

/// One output, or several.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what is read elsewhere, for the OpenAPI document")]
enum OneOrMany {
    One(Box<OutputSubmission>),
    Many(Vec<OutputSubmission>),
}

/// The answer to one output, or to several.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what is written elsewhere, for the OpenAPI document")]
enum OneOrManyAnswers {
    One(Box<OutputResultLine>),
    Many(CheckDocument),
}

/// A request that was admitted to a gate.
struct GateRequest {
    state: ServerState,
    live: Arc<LiveGate>,
    gate: CheckTarget,
    caller: Caller,
    reader: SubjectReader,
    key: Option<NonBlankString>,
    /// Places at the gate, free again when the request is answered.
    places: OwnedSemaphorePermit,
}

async fn check(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Extension(id): Extension<RequestId>,
    PathName(name): PathName<GateName>,
    request: Request,
) -> Result<Response, Problem> {
    let checked = check_outputs(state.clone(), caller, id, &name, request).await;
    if let (Err(problem), Some(live)) = (&checked, state.live.find(&name)) {
        state.signals.record_result(&live, Err(problem.code));
    }
    checked
}

async fn check_outputs(
    state: ServerState,
    caller: Caller,
    id: RequestId,
    name: &GateName,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let media_type = require_media_type(&parts.headers, &[JSON, LINES])?;
    require_plain_encoding(&parts.headers)?;
    let key = idempotency_key(&parts.headers)?;
    let (live, gate) = state.ready_gate(name)?;
    let gate = CheckTarget::of(&gate).ok_or_else(gate_not_found)?;
    let reader = SubjectReader::default().with_pinned_prompt(gate.prompt());
    if media_type == LINES {
        let places = take_places(&live, BATCH_PLACES)?;
        let request = GateRequest { state, live, gate, caller, reader, key, places };
        return lines::check_lines(request, id, body).await;
    }
    let places = take_places(&live, 1)?;
    let request = GateRequest { state, live, gate, caller, reader, key, places };
    let bytes_max = request.state.settings.limits.batch_bytes_max;
    let bytes = read_bytes(&parts.headers, body, bytes_max).await?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let at = error.valid_up_to();
        Problem::new(ProblemCode::InvalidJson, format!("invalid UTF-8 at byte {at}"))
    })?;
    match text.trim_ascii_start().starts_with('[') {
        true => batch::check_batch(request, text).await,
        false => single::check_one(request, text).await,
    }
}

impl GateRequest {
    /// Records the result of an output in the signals of the server.
    fn record(&self, result: Result<&CheckResult, &Problem>) {
        let result = result.map_err(|problem| problem.code);
        self.state.signals.record_result(&self.live, result);
    }

    fn actor(&self) -> Actor {
        Actor::new(self.caller.person().clone())
    }

    /// Returns the name under which the outputs of this caller's idempotency keys are recorded. Keys of different tokens have
    /// nothing to do with each other.
    fn key_space(&self) -> String {
        match self.caller.token_id() {
            Some(token) => format!("idempotency keys of token {token}"),
            None => "idempotency keys of the operator".into(),
        }
    }

    fn require_output_size(&self, bytes: usize) -> Result<(), Problem> {
        let bytes_max = self.state.settings.limits.output_bytes_max;
        match bytes <= bytes_max {
            true => Ok(()),
            false => Err(Problem::new(
                ProblemCode::BodyTooLarge,
                format!("an output with its context has at most {bytes_max} bytes"),
            )),
        }
    }
}

/// Takes places at a gate, or refuses at once: waiting in line would only make every answer late.
fn take_places(live: &LiveGate, count: u32) -> Result<OwnedSemaphorePermit, Problem> {
    live.places.clone().try_acquire_many_owned(count).map_err(|_| {
        Problem::new(
            ProblemCode::GateBusy,
            "the gate is checking as many outputs as it may at once; nothing of this request was recorded",
        )
        .with_retry_after(std::time::Duration::from_secs(1))
    })
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<NonBlankString>, Problem> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(value) = given.next() else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| text.len() <= KEY_BYTES_MAX);
    let key = text.and_then(|text| text.parse().ok());
    match (key, given.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(Problem::new(
            ProblemCode::InvalidHeader,
            format!(
                "`Idempotency-Key` has to be there once, with 1 to {KEY_BYTES_MAX} visible ASCII characters"
            ),
        )),
    }
}
