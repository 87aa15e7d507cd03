//! Failures: a contract gave no outcome. A failure never counts as a pass and is always shown.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Cause for which a contract gave no outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum Failure {
    /// The contract used up its fuel. This happens at the same point on every machine.
    OutOfFuel {
        /// Units of fuel that it was given.
        fuel: u64,
    },
    /// The contract ran longer than its deadline.
    Deadline { deadline_ms: u64 },
    /// The contract asked for more memory, or a larger table, than its limit.
    Memory {
        /// Message with the requested size and the limit.
        reason: String,
    },
    /// The contract trapped: a panic, an invalid instruction, a stack overflow.
    Trap {
        /// Message of the contract's panic if it left one, or else the kind of trap.
        message: String,
        /// Functions on the stack, the innermost first.
        functions: Vec<String>,
    },
    /// The contract itself declined to judge the subject.
    Refused { refusal: Refusal },
    /// The contract does not cover the prompt version of the subject.
    PromptNotCovered {
        /// Message with the covered prompt versions and that of the subject.
        reason: String,
    },
    /// The report exceeds its size limit.
    ResultTooLarge { result_bytes_max: u64 },
    /// The subject exceeds its size limit.
    SubjectTooLarge { bytes: u64, subject_bytes_max: u64 },
    /// The report contradicts itself, its subject or its manifest.
    InvalidResult { reason: String },
    /// In a replay, the contract asked the host something else than in the recorded run.
    ReplayDiverged {
        /// Message with the question and the recorded answer.
        reason: String,
    },
    /// The host failed.
    Host { reason: String },
}

/// Reason that a contract gives for declining to judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum Refusal {
    /// The configuration is invalid.
    BadConfig {
        /// JSON Pointer (RFC 6901) into the configuration; empty for the whole of it.
        pointer: String,
        reason: String,
    },
    /// The contract does not judge subjects of this kind.
    NotApplicable { reason: String },
    /// The contract cannot judge for another reason.
    Broken { reason: String },
}

impl Failure {
    /// Returns the name of the kind, as in JSON, logs and messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OutOfFuel { .. } => "out-of-fuel",
            Self::Deadline { .. } => "deadline",
            Self::Memory { .. } => "memory",
            Self::Trap { .. } => "trap",
            Self::Refused { .. } => "refused",
            Self::PromptNotCovered { .. } => "prompt-not-covered",
            Self::ResultTooLarge { .. } => "result-too-large",
            Self::SubjectTooLarge { .. } => "subject-too-large",
            Self::InvalidResult { .. } => "invalid-result",
            Self::ReplayDiverged { .. } => "replay-diverged",
            Self::Host { .. } => "host",
        }
    }

    /// Returns whether a contract that fails like this on an ordinary output is to blame. It is not where it does not
    /// judge such outputs, and where the machine had no time for it.
    pub fn is_of_contract(&self) -> bool {
        match self {
            Self::OutOfFuel { .. }
            | Self::Memory { .. }
            | Self::Trap { .. }
            | Self::ResultTooLarge { .. }
            | Self::InvalidResult { .. }
            | Self::Refused { refusal: Refusal::BadConfig { .. } } => true,
            Self::Refused { refusal: Refusal::NotApplicable { .. } | Refusal::Broken { .. } }
            | Self::PromptNotCovered { .. }
            | Self::SubjectTooLarge { .. }
            | Self::Deadline { .. }
            | Self::ReplayDiverged { .. }
            | Self::Host { .. } => false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfFuel { fuel } => write!(f, "used up its {fuel} units of fuel"),
            Self::Deadline { deadline_ms } => write!(f, "took longer than {deadline_ms} ms"),
            Self::Trap { message, functions } => {
                f.write_str(message)?;
                functions.iter().try_for_each(|function| write!(f, "\n  in {function}"))
            }
            Self::Refused { refusal } => refusal.fmt(f),
            Self::ResultTooLarge { result_bytes_max } => {
                write!(f, "the report exceeds {result_bytes_max} bytes")
            }
            Self::SubjectTooLarge { bytes, subject_bytes_max } => {
                write!(
                    f,
                    "the subject has {bytes} bytes, more than the limit of {subject_bytes_max}"
                )
            }
            Self::Memory { reason }
            | Self::PromptNotCovered { reason }
            | Self::InvalidResult { reason }
            | Self::ReplayDiverged { reason }
            | Self::Host { reason } => f.write_str(reason),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadConfig { pointer, reason } if pointer.is_empty() => {
                write!(f, "invalid configuration: {reason}")
            }
            Self::BadConfig { pointer, reason } => {
                write!(f, "invalid configuration at `{pointer}`: {reason}")
            }
            Self::NotApplicable { reason } | Self::Broken { reason } => f.write_str(reason),
        }
    }
}
