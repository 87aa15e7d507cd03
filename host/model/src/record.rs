//! What the host contributed to a run: with it, the run can be judged again.

use serde::{Deserialize, Serialize};

/// One answer of the host, in the order in which the contract asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "capability")]
pub enum HostAnswer {
    /// `clock.now`
    Clock {
        /// Milliseconds since 1970 (UTC).
        now_ms: u64,
    },
    /// `lookup.get`
    LookupGet {
        /// The table that was asked for.
        table: String,
        /// The key that was asked for.
        key: String,
        /// What stood beside it.
        answer: Result<Option<String>, LookupError>,
    },
    /// `lookup.contains-any`
    LookupContainsAny {
        /// The table that was asked for.
        table: String,
        /// The keys that were asked for.
        keys: Vec<String>,
        /// Whether the table has each of them.
        answer: Result<Vec<bool>, LookupError>,
    },
    /// `prompt-text.read`
    PromptText {
        /// The text, where a prompt is pinned.
        text: Option<String>,
    },
}

impl HostAnswer {
    /// About how much of the record it takes.
    pub fn bytes(&self) -> usize {
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

/// Why a table did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookupError {
    /// The contract was not granted this table.
    NotGranted(String),
    /// The table was granted, but the host could not answer.
    Unavailable(String),
}

/// How urgent a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// For the author of the contract.
    Debug,
    /// Worth knowing.
    Info,
    /// Looks wrong.
    Warn,
    /// Is wrong.
    Error,
}

/// A line that a contract wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// How urgent it is.
    pub level: LogLevel,
    /// What it says; cut where it was too long.
    pub message: String,
}

/// The lines that a contract wrote, and how many more there would have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunLog {
    /// The lines that were kept.
    pub lines: Vec<LogLine>,
    /// How many were dropped because the log was full.
    pub dropped: u64,
}
