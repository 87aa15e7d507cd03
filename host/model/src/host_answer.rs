//! Recorded answers and log lines of a judgement. With the recorded answers, the judgement can be
//! replayed without the host's clock, tables and prompts.

mod lookup_json;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::rfc3339;

/// Answer of the host to one call of a contract. Lists of answers keep the order of the calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "capability")]
pub enum HostAnswer {
    /// Answer of `clock.now`, in milliseconds since 1970.
    Clock {
        #[serde(rename = "now", with = "rfc3339")]
        #[schemars(with = "String")]
        now_ms: u64,
    },
    /// Answer of `lookup.get`.
    LookupGet {
        table: String,
        key: String,
        /// Value of the key; `None` if the table does not have it.
        #[serde(with = "lookup_json::get")]
        #[schemars(with = "lookup_json::get::GetJson")]
        answer: Result<Option<String>, LookupError>,
    },
    /// Answer of `lookup.contains-any`.
    LookupContainsAny {
        table: String,
        keys: Vec<String>,
        /// For each key in turn, whether the table has it.
        #[serde(with = "lookup_json::contains_any")]
        #[schemars(with = "lookup_json::contains_any::ContainsJson")]
        answer: Result<Vec<bool>, LookupError>,
    },
    /// Answer of `prompt-text.read`.
    PromptText {
        /// Text of the pinned prompt; `None` if no prompt is pinned.
        text: Option<String>,
    },
}

impl HostAnswer {
    /// Returns the approximate size of the answer, for the limit on recorded answers.
    pub fn size_bytes(&self) -> usize {
        match self {
            Self::Clock { .. } => size_of::<u64>(),
            Self::LookupGet { table, key, answer } => {
                let value = answer.iter().flatten().map(String::len).sum::<usize>();
                table.len() + key.len() + value
            }
            Self::LookupContainsAny { table, keys, .. } => {
                table.len() + keys.iter().map(|key| key.len() + 1).sum::<usize>()
            }
            Self::PromptText { text } => text.as_deref().map_or(0, str::len),
        }
    }
}

/// Error of a table lookup, with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// The table is not granted to the contract.
    NotGranted(String),
    /// The table is granted, but the host cannot read it.
    Unavailable(String),
}

/// Urgency of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Of interest to the author of the contract only.
    Debug,
    Info,
    Warn,
    Error,
}

/// Log line that a contract wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    pub level: LogLevel,
    /// Text of the line, truncated to the limit.
    pub message: String,
}

/// Log of one judgement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunLog {
    pub lines: Vec<LogLine>,
    /// Number of lines that were dropped because the log was full.
    pub dropped: u64,
}
