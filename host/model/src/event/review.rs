//! Events of human reviews.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::recorded_person;
use crate::{Digest, NonBlankString, Person, rfc3339};

/// A person claimed a review, so that nobody else works on it meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ClaimEvent {
    pub run: Digest,
    #[serde(deserialize_with = "recorded_person::one")]
    pub by: Person,
    /// Moment at which the claim ends by itself.
    #[serde(rename = "until", with = "rfc3339")]
    #[schemars(with = "String")]
    pub until_ms: u64,
}

/// A person reviewed the output of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReviewEvent {
    pub run: Digest,
    /// Digest of the subject that the reviewer saw.
    pub subject: Digest,
    #[serde(deserialize_with = "recorded_person::one")]
    pub by: Person,
    /// Role in which the person reviewed; empty if they stated none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<NonBlankString>,
    pub action: ReviewAction,
    /// Answers to the checklist of the gate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<ChecklistAnswer>,
    /// Time that the reviewer spent, as they state it; empty if they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<u64>,
}

/// Action of a reviewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum ReviewAction {
    /// The output goes out unchanged.
    Approve,
    /// An edited output goes out instead, once it has been judged.
    Edit {
        /// Digest of the edited subject.
        edited: Digest,
    },
    /// The output does not go out.
    Reject { reason: NonBlankString },
    /// The next people of the escalation path decide.
    Escalate { reason: NonBlankString },
}

/// Answer to one item of the gate's checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChecklistAnswer {
    /// Name of the item in the checklist.
    pub item: NonBlankString,
    pub answer: NonBlankString,
    /// Description of the material that the reviewer looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<NonBlankString>,
}

impl ReviewAction {
    /// Returns the name of the action, as in JSON, SQL and command lines.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Edit { .. } => "edit",
            Self::Reject { .. } => "reject",
            Self::Escalate { .. } => "escalate",
        }
    }
}
