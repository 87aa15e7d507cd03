//! Problems: answers that say why a request was not done, as RFC 9457 describes them.
//!
//! A handler returns a [`Problem`]; the room `exchange` adds the id of the request and writes it. What a caller may
//! not see, such as the cause of a failure of the server, stays in the log.

mod code;
mod from_host;

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use tollgate_model::FormatVersion;

pub(crate) use code::ProblemCode;

use crate::exchange::RequestId;

/// Media type of problems.
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json";

/// The start of the address that names a kind of problem. Nothing is fetched from it.
const TYPE_PREFIX: &str = "https://tollgate.dev/problems/";

/// The reason why a request was not done.
#[derive(Clone, Debug)]
pub(crate) struct Problem(Box<ProblemDetails>);

/// What is known of a problem.
#[derive(Clone, Debug)]
pub(crate) struct ProblemDetails {
    pub(crate) code: ProblemCode,
    /// Explanation for the caller. Never the private cause of a failure of the server.
    pub(crate) detail: Cow<'static, str>,
    /// Advice about what to do next.
    pub(crate) hint: Option<Cow<'static, str>>,
    /// Each objection of the rules, if there are several.
    pub(crate) objections: Vec<String>,
    /// Time after which trying again can help.
    pub(crate) retry_after: Option<Duration>,
    /// Methods that the address has, if the request had another one.
    pub(crate) allowed_methods: Option<HeaderValue>,
    /// Cause for the log of the server.
    pub(crate) private_cause: Option<String>,
}

/// A problem as it is written.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ProblemDocument {
    /// Address that names the kind of problem. Nothing has to be fetched from it.
    #[serde(rename = "type")]
    kind: String,
    /// Name of the kind of problem.
    title: &'static str,
    /// Status of the answer.
    status: u16,
    /// Explanation of this problem.
    detail: String,
    /// Code of the kind of problem, for programs.
    code: ProblemCode,
    /// Id of the request, which the log of the server has too.
    request_id: String,
    /// Advice about what to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// Objections of the rules, each a sentence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objections: Vec<String>,
}

/// A problem as the last line of an answer in lines. Outputs behind the last result were not checked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ProblemLine {
    format: FormatVersion<1>,
    problem: ProblemDocument,
}

impl Problem {
    pub(crate) fn new(code: ProblemCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(ProblemDetails {
            code,
            detail: detail.into(),
            hint: None,
            objections: Vec::new(),
            retry_after: None,
            allowed_methods: None,
            private_cause: None,
        }))
    }

    /// Creates the answer to a failure of the server. The cause goes to the log only.
    pub(crate) fn internal(private_cause: impl Into<String>) -> Self {
        let detail = "the server failed; its log has the cause under the id of this request";
        let mut problem = Self::new(ProblemCode::Internal, detail);
        problem.private_cause = Some(private_cause.into());
        problem
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn with_objections(mut self, objections: Vec<String>) -> Self {
        self.objections = objections;
        self
    }

    #[must_use]
    pub(crate) fn with_retry_after(mut self, time: Duration) -> Self {
        self.retry_after = Some(time);
        self
    }

    /// Sets the cause that only the log of the server shows.
    #[must_use]
    pub(crate) fn with_private_cause(mut self, cause: impl Into<String>) -> Self {
        self.private_cause = Some(cause.into());
        self
    }

    /// Returns the problem as it is written.
    pub(crate) fn to_document(&self, request_id: &RequestId) -> ProblemDocument {
        ProblemDocument {
            kind: format!("{TYPE_PREFIX}{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: self.detail.to_string(),
            code: self.code,
            request_id: request_id.to_string(),
            hint: self.hint.as_ref().map(ToString::to_string),
            objections: self.objections.clone(),
        }
    }

    /// Returns the problem as the last line of an answer that has begun already.
    pub(crate) fn to_line(&self, request_id: &RequestId) -> ProblemLine {
        ProblemLine { format: FormatVersion, problem: self.to_document(request_id) }
    }

    /// Writes the answer.
    pub(crate) fn to_response(&self, request_id: &RequestId) -> Response {
        let (status, document) = (self.code.status(), self.to_document(request_id));
        // Strings, numbers and lists of strings can always be written.
        let mut body = serde_json::to_vec(&document).unwrap_or_default();
        body.push(b'\n');
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(time) = self.retry_after {
            // Whole seconds, rounded up, because zero would mean at once.
            let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if let Some(methods) = &self.allowed_methods {
            headers.insert(ALLOW, methods.clone());
        }
        response
    }
}

impl Deref for Problem {
    type Target = ProblemDetails;

    fn deref(&self) -> &ProblemDetails {
        &self.0
    }
}

impl DerefMut for Problem {
    fn deref_mut(&mut self) -> &mut ProblemDetails {
        &mut self.0
    }
}

/// Hands the problem to the room `exchange`, which knows the id of the request and writes it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.code.status();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests;
