//! Reviews in the ledger.

use serde::{Deserialize, Serialize};

use crate::{Digest, Person, Words};

/// Somebody took a review, and keeps it for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Claim {
    /// Of which run.
    pub run: Digest,
    /// Who.
    pub by: Person,
    /// Until when.
    pub until_ms: u64,
}

/// What somebody did with a run that was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReviewEvent {
    /// Of which run.
    pub run: Digest,
    /// What identifies the output that they saw.
    pub subject: Digest,
    /// Who.
    pub by: Person,
    /// As what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Words>,
    /// What they did.
    pub act: Act,
    /// What they answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// How long they had it before them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<u64>,
}

/// What a reviewer can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "act")]
pub enum Act {
    /// It goes out as it is.
    Approve,
    /// It goes out otherwise, once that has been judged.
    Edit {
        /// What identifies the edited output.
        edited: Digest,
    },
    /// It does not go out.
    Reject {
        /// Why.
        reason: Words,
    },
    /// Somebody else decides.
    Escalate {
        /// Why.
        reason: Words,
    },
}

/// An answer to a question of the checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// Which question.
    pub item: Words,
    /// The answer.
    pub answer: Words,
    /// What they looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Words>,
}

impl Act {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Edit { .. } => "edit",
            Self::Reject { .. } => "reject",
            Self::Escalate { .. } => "escalate",
        }
    }
}
