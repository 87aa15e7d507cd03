//! Why no outcome was obtained. Never a pass, always visible.

use std::fmt;

use serde::{Deserialize, Serialize};

/// No outcome was obtained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum Failure {
    /// The contract computed longer than its fuel allows. The same on every machine.
    OutOfFuel {
        /// What it had.
        fuel: u64,
    },
    /// The contract computed longer than the clock allows.
    Deadline {
        /// How long it had.
        deadline_ms: u64,
    },
    /// The contract wanted more memory, or a larger table, than it may have.
    Memory {
        /// What it wanted and what it may have.
        reason: String,
    },
    /// The contract stopped in the middle: a panic, an invalid instruction, a full stack.
    Trap {
        /// The contract's own words where it left some, else what the sandbox saw.
        message: String,
        /// The functions it was in, innermost first.
        functions: Vec<String>,
    },
    /// The contract said itself that it can not judge this.
    Refused {
        /// Its reason.
        refusal: Refusal,
    },
    /// The contract was not written for the prompt version that the subject comes from.
    PromptNotCovered {
        /// Which it was written for, and which it is.
        reason: String,
    },
    /// The report was larger than it may be.
    ResultTooLarge {
        /// How large it may be.
        result_bytes_max: u64,
    },
    /// The subject was larger than it may be.
    SubjectTooLarge {
        /// How large it was.
        bytes: u64,
        /// How large it may be.
        subject_bytes_max: u64,
    },
    /// The report contradicts itself, its subject or its manifest.
    InvalidResult {
        /// How.
        reason: String,
    },
    /// Judged from a record, the contract asked something else than it asked then.
    ReplayDiverged {
        /// What it asked, and what the record holds.
        reason: String,
    },
    /// The host itself could not go on.
    Host {
        /// Why.
        reason: String,
    },
}

/// A contract's own reason for not judging.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum Refusal {
    /// The configuration does not fit.
    BadConfig {
        /// Where (RFC 6901).
        pointer: String,
        /// Why.
        reason: String,
    },
    /// The contract does not judge subjects of this kind.
    NotApplicable {
        /// What it judges.
        reason: String,
    },
    /// Anything else.
    Broken {
        /// What.
        reason: String,
    },
}

impl Failure {
    /// The word for it in JSON, logs and messages.
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
                write!(f, "reported more than {result_bytes_max} bytes")
            }
            Self::SubjectTooLarge { bytes, subject_bytes_max } => {
                write!(f, "the subject has {bytes} bytes, and may have {subject_bytes_max}")
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
                write!(f, "the configuration does not fit: {reason}")
            }
            Self::BadConfig { pointer, reason } => {
                write!(f, "the configuration does not fit at `{pointer}`: {reason}")
            }
            Self::NotApplicable { reason } | Self::Broken { reason } => f.write_str(reason),
        }
    }
}
