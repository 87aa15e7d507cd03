//! The ledger: its events, verifying it, and signing its end.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::http::Method;
use axum::routing::{get, post};
use serde::Deserialize;
use tollgate::Host;
use tollgate_api::{CheckpointLine, EventPageDocument, VerificationDocument};
use tollgate_ledger::LedgerError;
use tollgate_project::{KeyPurpose, ProjectError};

use super::reading::{
    EmptyBody, WorkPlaces, no_signing_key, page_limit, require_all_gates, visible_gates,
};
use super::table::Route;
use crate::access::{Caller, Role};
use crate::exchange::{Document, JsonBody, Parameters};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Verifications at once. Each reads the whole ledger, and two would find the same.
const VERIFICATIONS_MAX: usize = 1;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventParameters {
    #[serde(default)]
    after: u64,
    limit: Option<u32>,
}

/// The reason why the ledger was not verified.
#[derive(Debug, thiserror::Error)]
enum VerificationError {
    #[error(transparent)]
    Keys(#[from] ProjectError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

pub(super) fn routes() -> Vec<Route> {
    let list = Route::new(
        Method::GET,
        "/v1/ledger",
        &[Role::Read],
        "Lists the events of the ledger, the oldest first, a page at a time.",
        get(list_events),
    )
    .query::<u64>("after", "Number that the page continues after: `next` of the page before.")
    .query::<u32>("limit", "Maximum number of events: 1 to 200, and 50 if it is absent.")
    .answers::<EventPageDocument>();
    let verify = Route::new(
        Method::POST,
        "/v1/ledger/verify",
        &[Role::Read],
        "Verifies every event, content, checkpoint and derived table of the ledger. It takes as long as reading all of it, and \
         needs a token for all gates.",
        post(verify_ledger).layer(Extension(WorkPlaces::new(VERIFICATIONS_MAX))),
    )
    .takes::<EmptyBody>()
    .answers::<VerificationDocument>();
    let checkpoint = Route::new(
        Method::POST,
        "/v1/ledger/checkpoint",
        &[Role::Operate],
        "Signs the end of the ledger, and stores the checkpoint in it. A copy that is kept elsewhere shows whether events were \
         removed or rewritten. It needs a token for all gates.",
        post(sign_checkpoint),
    )
    .takes::<EmptyBody>()
    .answers::<CheckpointLine>();
    vec![list, verify, checkpoint]
}

async fn list_events(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Parameters(EventParameters { after, limit }): Parameters<EventParameters>,
) -> Result<Document<EventPageDocument>, Problem> {
    let limit = page_limit(limit)?;
    let (host, scope) = (state.host(), visible_gates(&caller));
    let read = move || {
        let page = host.recorded_events(&scope, after, limit)?;
        Ok(EventPageDocument::from(&page))
    };
    let page = state.read_blocking(read).await?;
    page.map(Document).map_err(|error| Problem::of_ledger(&error))
}

async fn verify_ledger(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Extension(places): Extension<WorkPlaces>,
    JsonBody(EmptyBody {}): JsonBody<EmptyBody>,
) -> Result<Document<VerificationDocument>, Problem> {
    require_all_gates(&caller)?;
    let (host, place) = (state.host(), places.take()?);
    let verify = move || {
        let _place = place;
        verify_with_trusted_keys(&host)
    };
    let verified = state.read_blocking(verify).await?;
    verified.map(Document).map_err(|error| match error {
        VerificationError::Keys(error) => Problem::of(&error),
        VerificationError::Ledger(error) => Problem::of_ledger(&error),
    })
}

fn verify_with_trusted_keys(host: &Host) -> Result<VerificationDocument, VerificationError> {
    let trusted = host.project().keys_trusted_for(&KeyPurpose::Checkpoints)?;
    let keys: Vec<_> = trusted.iter().map(|signer| signer.key.clone()).collect();
    let mut names = BTreeMap::new();
    for signer in trusted {
        names.entry(signer.key.id()).or_insert(signer.name);
    }
    Ok(VerificationDocument::new(&host.verify_signed_ledger(&keys)?, &names))
}

async fn sign_checkpoint(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    JsonBody(EmptyBody {}): JsonBody<EmptyBody>,
) -> Result<Document<CheckpointLine>, Problem> {
    require_all_gates(&caller)?;
    let key = state.settings.signing.clone().ok_or_else(no_signing_key)?;
    let host = state.host();
    let signed = state.read_blocking(move || host.sign_checkpoint(&key)).await?;
    match signed.map_err(|error| Problem::of_ledger(&error))? {
        Some(checkpoint) => Ok(Document(CheckpointLine::from(&checkpoint))),
        None => Err(Problem::new(
            ProblemCode::Conflict,
            "the ledger has no events yet, so there is nothing to sign",
        )),
    }
}
