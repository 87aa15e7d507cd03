//! Revocations: a decision was taken back after it was made.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::recorded_person;
use crate::{Digest, NonBlankString, Person, rfc3339};

/// The event that took a decision back. An output whose decision was taken back does not go out, whatever was decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Revocation {
    pub act: RevocationAct,
    #[serde(deserialize_with = "recorded_person::one")]
    pub by: Person,
    #[serde(rename = "at", with = "rfc3339")]
    #[schemars(with = "String")]
    pub at_ms: u64,
}

/// The act that took a decision back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum RevocationAct {
    /// The output was retracted after it went out.
    Retraction { reason: NonBlankString },
    /// A reviewer or an auditor rejected the output.
    Rejection { reason: NonBlankString },
    /// A person reported an incident that the run caused.
    Incident { description: NonBlankString },
    /// A reviewer replaced the output.
    Edit {
        /// Digest of the subject that replaced it.
        edited: Digest,
    },
}

impl fmt::Display for Revocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = &self.by;
        match &self.act {
            RevocationAct::Retraction { reason } => {
                write!(f, "{by} retracted the output: {reason}")
            }
            RevocationAct::Rejection { reason } => write!(f, "{by} rejected the output: {reason}"),
            RevocationAct::Incident { description } => {
                write!(f, "{by} reported an incident that the run caused: {description}")
            }
            RevocationAct::Edit { .. } => write!(f, "{by} edited the output, which replaced it"),
        }
    }
}
