//! The codes of problems, each with its status and title.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

/// Declares the codes in one table: code, status, title.
macro_rules! problem_codes {
    ($($name:ident, $code:literal, $status:ident, $title:literal;)*) => {
        /// Kind of a problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
        pub(crate) enum ProblemCode {
            $(#[serde(rename = $code)] $name,)*
        }

        impl ProblemCode {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            pub(crate) fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            pub(crate) fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

problem_codes! {
    InvalidBody, "invalid-body", BAD_REQUEST, "The body is not what this address takes";
    InvalidJson, "invalid-json", BAD_REQUEST, "The body is not valid JSON";
    InvalidParameter, "invalid-parameter", BAD_REQUEST, "A parameter of the address is not valid";
    InvalidHeader, "invalid-header", BAD_REQUEST, "A header is not valid";
    CrossOrigin, "cross-origin", FORBIDDEN, "A web page asked, and without tokens none may";
    Unauthenticated, "unauthenticated", UNAUTHORIZED, "The request has no valid token";
    TokenExpired, "token-expired", UNAUTHORIZED, "The token has expired";
    TokenRevoked, "token-revoked", UNAUTHORIZED, "The token was revoked";
    Forbidden, "forbidden", FORBIDDEN, "The token does not have the role for this";
    NotFound, "not-found", NOT_FOUND, "There is nothing of this name";
    GateNotFound, "gate-not-found", NOT_FOUND, "There is no such gate";
    RunNotFound, "run-not-found", NOT_FOUND, "There is no such run";
    MethodNotAllowed, "method-not-allowed", METHOD_NOT_ALLOWED, "The address does not have this method";
    NoSigningKey, "no-signing-key", CONFLICT, "The server has no key to sign with";
    Conflict, "conflict", CONFLICT, "Somebody else was first, or it was done before";
    BodyTooLarge, "body-too-large", PAYLOAD_TOO_LARGE, "The body is too large";
    UnsupportedMediaType, "unsupported-media-type", UNSUPPORTED_MEDIA_TYPE, "The body has another media type than this address takes";
    UnsupportedEncoding, "unsupported-encoding", UNSUPPORTED_MEDIA_TYPE, "The body is compressed";
    InvalidOutput, "invalid-output", UNPROCESSABLE_ENTITY, "The output cannot be read";
    ContextMissing, "context-missing", UNPROCESSABLE_ENTITY, "The output does not state what the gate has to know";
    IdempotencyKeyReused, "idempotency-key-reused", UNPROCESSABLE_ENTITY, "The idempotency key was used for another output";
    RefusedByRules, "refused-by-rules", UNPROCESSABLE_ENTITY, "The rules do not allow this";
    RateLimited, "rate-limited", TOO_MANY_REQUESTS, "The token has sent too many requests";
    GateBusy, "gate-busy", SERVICE_UNAVAILABLE, "The gate is checking as many outputs as it may at once";
    Overloaded, "overloaded", SERVICE_UNAVAILABLE, "The server is doing as much as it may at once";
    GateNotReady, "gate-not-ready", SERVICE_UNAVAILABLE, "The gate is not ready";
    NotReady, "not-ready", SERVICE_UNAVAILABLE, "The project has to be put in order first";
    ShuttingDown, "shutting-down", SERVICE_UNAVAILABLE, "The server is shutting down";
    AccessUnavailable, "access-unavailable", SERVICE_UNAVAILABLE, "Tokens cannot be verified or their use cannot be recorded";
    LedgerUnavailable, "ledger-unavailable", SERVICE_UNAVAILABLE, "Nothing can be recorded, so nothing is decided";
    TooSlow, "too-slow", REQUEST_TIMEOUT, "The body did not arrive in time";
    BrokenRecord, "broken-record", INTERNAL_SERVER_ERROR, "A record in the ledger is damaged";
    Internal, "internal", INTERNAL_SERVER_ERROR, "The server failed";
}
