//! One line of the record of access.

use serde::Serialize;
use tollgate_model::{Digest, FormatVersion, GateName, Person, format_rfc3339};

use crate::access::caller::Caller;
use crate::access::token_text::TokenId;
use crate::access::token_verifier::TokenError;

/// Longest method that is recorded in full. HTTP's own are shorter, and a client can send any other, of any length.
const METHOD_CHARACTERS_MAX: usize = 16;

/// A request that was answered, or is about to be.
#[derive(Clone, Copy, Debug)]
pub struct AccessEntry<'a> {
    pub at_ms: u64,
    /// Id of the request, as the answer and the log have it.
    pub request_id: &'a str,
    pub requester: Requester<'a>,
    pub method: &'a str,
    /// Pattern of the route, such as `/v1/gates/{gate}/check`. It is not the path, in which a client can write anything.
    pub route: &'a str,
    pub gate: Option<&'a GateName>,
    /// Status code of the answer.
    pub status: u16,
    pub run: Option<&'a Digest>,
    /// Code of the problem, if the answer is one.
    pub problem: Option<&'a str>,
}

/// Who a request came from, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub enum Requester<'a> {
    Caller(&'a Caller),
    /// The token of the request gave no access.
    Refused(&'a TokenError),
    /// The route asks for no token.
    Anybody,
}

/// The form of a line.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AccessLine<'a> {
    format: FormatVersion<1>,
    time: String,
    request_id: &'a str,
    /// Token that was presented with its secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a TokenId>,
    /// Token that the request named, without the secret of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unverified_token: Option<&'a TokenId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a Person>,
    method: String,
    route: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    gate: Option<&'a GateName>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
}

impl AccessEntry<'_> {
    /// Renders the entry as JSON without a line break.
    pub(super) fn to_line(self) -> Result<Vec<u8>, serde_json::Error> {
        let (token, person) = match self.requester {
            Requester::Caller(caller) => (caller.token_id(), Some(caller.person())),
            Requester::Refused(error) => error.verified().unzip(),
            Requester::Anybody => (None, None),
        };
        let unverified_token = match self.requester {
            Requester::Refused(error) => error.claimed_id(),
            _ => None,
        };
        serde_json::to_vec(&AccessLine {
            format: FormatVersion,
            time: format_rfc3339(self.at_ms),
            request_id: self.request_id,
            token,
            unverified_token,
            person,
            method: shorten_method(self.method),
            route: self.route,
            gate: self.gate,
            status: self.status,
            run: self.run,
            problem: self.problem,
        })
    }
}

fn shorten_method(method: &str) -> String {
    match method.char_indices().nth(METHOD_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", method.get(..end).unwrap_or_default()),
        None => method.into(),
    }
}
