//! Problems from the errors of the host.

use std::time::Duration;

use tollgate::intake::{AnswerError, CheckManyError, IntakeError};
use tollgate::{CheckError, ErrorKind, GateOpenError, HostError};
use tollgate_api::join_causes;
use tollgate_ledger::LedgerError;

use super::{Problem, ProblemCode};
use crate::access::TokenError;

/// Time after which a gate that is not ready, or a ledger that cannot be written, is worth another request.
const RETRY_LATER: Duration = Duration::from_secs(5);

impl Problem {
    /// Creates the problem of an error of the host. A failure of the server shows no cause to the caller.
    pub(crate) fn of(error: &impl HostError) -> Self {
        Self::of_kind(error.kind(), || join_causes(error))
    }

    fn of_kind(kind: ErrorKind, text: impl FnOnce() -> String) -> Self {
        let code = match kind {
            ErrorKind::NotFound => ProblemCode::NotFound,
            ErrorKind::InvalidInput => ProblemCode::InvalidBody,
            ErrorKind::Conflict => ProblemCode::Conflict,
            ErrorKind::Refused => ProblemCode::RefusedByRules,
            ErrorKind::NotReady => ProblemCode::NotReady,
            ErrorKind::BrokenRecord => ProblemCode::BrokenRecord,
            _ => return Self::internal(text()),
        };
        let text = text();
        match code {
            // These are about files and records of the operator, whose paths are none of the caller's business.
            ProblemCode::NotReady => Self::new(
                code,
                "the project or this machine has to be put in order first; the log of the server says how",
            )
            .with_retry_after(RETRY_LATER)
            .with_private_cause(text),
            ProblemCode::BrokenRecord => Self::new(
                code,
                "a record in the ledger is damaged; `tollgate log verify` says more",
            )
            .with_private_cause(text),
            _ => Self::new(code, text),
        }
    }

    /// Creates the problem of an output that was not checked.
    pub(crate) fn of_check(error: &CheckError) -> Self {
        match error {
            CheckError::ContextMissing { .. } => {
                Self::new(ProblemCode::ContextMissing, error.to_string()).with_hint(
                    "add it to the `context` of the output, or name the `prompt` that it was written with",
                )
            }
            CheckError::DifferentOutput { .. } => Self::new(
                ProblemCode::IdempotencyKeyReused,
                "this idempotency key is recorded with another output",
            )
            .with_hint("use a new `Idempotency-Key` for each output"),
            CheckError::Closed => {
                Self::new(ProblemCode::ShuttingDown, "the gate was closed; nothing was recorded")
                    .with_retry_after(RETRY_LATER)
            }
            CheckError::Gate(error) => Self::of_gate(error),
            // A ledger that lost its end, or is not in its place, records nothing.
            CheckError::Ledger(error) if error.kind() == ErrorKind::BrokenRecord => {
                Self::ledger_unavailable(error)
            }
            CheckError::Ledger(error) => Self::of_ledger(error),
            CheckError::TooManyConflicts { .. } => {
                Self::new(ProblemCode::Overloaded, error.to_string()).with_retry_after(RETRY_LATER)
            }
            _ => Self::of(error),
        }
    }

    /// Creates the problem of a batch that stopped.
    pub(crate) fn of_check_many(error: &CheckManyError) -> Self {
        match error {
            CheckManyError::Check(error) => Self::of_check(error),
            _ => Self::of(error),
        }
    }

    /// Creates the problem of an output of a batch.
    pub(crate) fn of_answer(error: &AnswerError) -> Self {
        match error {
            AnswerError::Intake(error) => Self::of_intake(error),
            AnswerError::Check(error) => Self::of_check(error),
            _ => Self::internal(join_causes(error)),
        }
    }

    /// Creates the problem of an output that cannot be read.
    pub(crate) fn of_intake(error: &IntakeError) -> Self {
        match error.kind() {
            ErrorKind::InvalidInput => Self::new(ProblemCode::InvalidOutput, join_causes(error)),
            kind => Self::of_kind(kind, || join_causes(error)),
        }
    }

    /// Creates the problem of a gate that cannot be opened.
    pub(crate) fn of_gate(error: &GateOpenError) -> Self {
        match error {
            GateOpenError::NoActiveRelease { .. } => {
                Self::new(ProblemCode::GateNotReady, error.to_string()).with_hint(
                    "an operator publishes one with `tollgate release` or `POST /v1/releases`",
                )
            }
            GateOpenError::Ledger(error) => Self::of_ledger(error),
            _ => Self::new(ProblemCode::GateNotReady, "the gate cannot be loaded")
                .with_hint("`GET /v1/gates` and the log of the server have the reason")
                .with_retry_after(RETRY_LATER)
                .with_private_cause(join_causes(error)),
        }
    }

    /// Creates the problem of a ledger that did not record or read.
    pub(crate) fn of_ledger(error: &LedgerError) -> Self {
        match error.kind() {
            ErrorKind::Internal | ErrorKind::NotReady => Self::ledger_unavailable(error),
            _ => Self::of(error),
        }
    }

    fn ledger_unavailable(error: &LedgerError) -> Self {
        let detail = "the ledger cannot be read or written, so nothing was decided or recorded";
        Self::new(ProblemCode::LedgerUnavailable, detail)
            .with_retry_after(RETRY_LATER)
            .with_private_cause(join_causes(error))
    }

    /// Creates the problem of a token that gives no access.
    pub(crate) fn of_token(error: &TokenError) -> Self {
        let code = match error {
            TokenError::Expired { .. } => ProblemCode::TokenExpired,
            TokenError::Revoked { .. } => ProblemCode::TokenRevoked,
            TokenError::Unverifiable(_) => {
                return Self::new(
                    ProblemCode::AccessUnavailable,
                    "tokens cannot be verified now, so nobody is let in",
                )
                .with_retry_after(RETRY_LATER)
                .with_private_cause(join_causes(error));
            }
            _ => ProblemCode::Unauthenticated,
        };
        Self::new(code, error.to_string())
            .with_hint("send `Authorization: Bearer TOKEN` with a token from `tollgate token new`")
    }
}
