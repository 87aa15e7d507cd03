//! Events as they are stored: with digests in the place of contents.
//!
//! Contents can be erased and events cannot. Whatever a retention period may apply to is therefore taken out of
//! the event before it is hashed: the output, the reports, the host's answers, and the reasons, which quote them.
//! The numbers and names that projections need of these stay in the event.

use serde::{Deserialize, Serialize};
use tollgate_model::{ContractCheck, EventKind, FormatVersion, Reason};

use crate::{AttachmentRef, FORMAT};

/// The part of an event that is stored as JSON and hashed. Contents appear in it by digest only.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EventBody {
    pub format: FormatVersion<FORMAT>,
    pub event: EventKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<AttachmentRef>,
    /// Set for runs only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason_summary: Option<ReasonSummary>,
}

/// The facts about a run's reasons that remain after its contents were erased.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReasonSummary {
    /// Enforced contracts that gave no answer, sorted and without repetition.
    pub failed_contracts: Vec<String>,
    /// Those of them that fail on ordinary outputs, too, sorted and without repetition. They cost the gate a level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub level_costing_contracts: Vec<String>,
    /// Whether reviewers approved the run.
    pub approved_by_people: bool,
}

/// The content in which a run's checks and reasons are stored.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RunDetails {
    pub checks: Vec<ContractCheck>,
    pub reasons: Vec<Reason>,
    /// Id that the caller gave the output. It can be the name of a person, so it is not in the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_id: Option<String>,
}

impl EventBody {
    /// Returns the enforced contracts that gave no answer. Only runs have any.
    pub fn failed_contracts(&self) -> &[String] {
        self.reason_summary.as_ref().map_or(&[], |summary| &summary.failed_contracts)
    }

    /// Returns the enforced contracts whose failure costs the gate a level. Only runs have any.
    pub fn level_costing_contracts(&self) -> &[String] {
        self.reason_summary.as_ref().map_or(&[], |summary| &summary.level_costing_contracts)
    }
}
