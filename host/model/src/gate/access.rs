//! Systems that an AI can reach, data that it gets, and the people who approved both.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RoleHolder;
use crate::{Date, NonBlankString};

/// Access of the AI to one system. An empty list means no access; a missing list is a missing answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SystemAccess {
    /// Name of the system, such as `crm`.
    pub system: NonBlankString,
    /// Information that the AI can see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub see: Option<Vec<NonBlankString>>,
    /// Information that the AI can infer from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infer: Option<Vec<NonBlankString>>,
    /// Information that the AI can store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Vec<NonBlankString>>,
    /// Information that the AI can change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Vec<NonBlankString>>,
    /// Actions that the AI can trigger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Vec<NonBlankString>>,
    /// Tools that an agent may call in the system. An action with any other tool is blocked.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tools: BTreeSet<String>,
}

/// Kind of access to a system.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AccessKind {
    See,
    Infer,
    Store,
    Change,
    Trigger,
}

/// A class of data, with the answers to six questions about its handling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DataClass {
    /// Name of the class, such as `contact`.
    pub class: NonBlankString,
    /// Whether the data may be sent to a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_uploaded: Option<bool>,
    /// Whether the vendor of the model may retain the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_retained: Option<bool>,
    /// Whether models may be trained with the data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_used_for_training: Option<bool>,
    /// Whether the data is anonymised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymised: Option<bool>,
    /// Whether the data has to stay in certain regions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region_restricted: Option<bool>,
    /// Whether people's consent is checked before the data is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_respected: Option<bool>,
    /// Regions that the data has to stay in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub regions: BTreeSet<String>,
}

/// Approval of a model for one use case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModelApproval {
    /// Vendor of the model.
    pub vendor: NonBlankString,
    /// Name of the model, as in the context of subjects.
    pub model: NonBlankString,
    /// Use case that the model was approved for.
    pub use_case: NonBlankString,
    /// Person who approved the model.
    pub by: RoleHolder,
    /// Date of the approval.
    pub on: Date,
    /// Last day of the approval; without it the approval does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Sign-off by an executive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignOff {
    /// Obstacle that the sign-off removes.
    #[serde(rename = "of")]
    pub scope: SignOffScope,
    /// Executive who signed off.
    pub by: RoleHolder,
    /// Date of the sign-off.
    pub on: Date,
    /// Last day of the sign-off; without it the sign-off does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Reason for the sign-off.
    pub reason: NonBlankString,
}

/// Obstacle that a sign-off removes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SignOffScope {
    /// A delegation score of 19 or more: outputs may go out, each of them approved by a human.
    Score,
    /// A task of high risk or one that cannot be undone: its level may then let outputs out without a
    /// prior review.
    Risk,
}

impl AccessKind {
    pub const ALL: [Self; 5] = [Self::See, Self::Infer, Self::Store, Self::Change, Self::Trigger];
}

impl SystemAccess {
    /// Returns the list of one kind of access, or `None` if the record has none.
    pub fn get(&self, verb: AccessKind) -> Option<&[NonBlankString]> {
        match verb {
            AccessKind::See => self.see.as_deref(),
            AccessKind::Infer => self.infer.as_deref(),
            AccessKind::Store => self.store.as_deref(),
            AccessKind::Change => self.change.as_deref(),
            AccessKind::Trigger => self.trigger.as_deref(),
        }
    }
}

impl DataClass {
    /// Returns the six answers with their keys in the gate file; `None` is a missing answer.
    pub fn flags(&self) -> [(&'static str, Option<bool>); 6] {
        [
            ("may-be-uploaded", self.may_be_uploaded),
            ("may-be-retained", self.may_be_retained),
            ("may-be-used-for-training", self.may_be_used_for_training),
            ("anonymised", self.anonymised),
            ("region-restricted", self.region_restricted),
            ("consent-respected", self.consent_respected),
        ]
    }
}

impl fmt::Display for AccessKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::See => "see",
            Self::Infer => "infer",
            Self::Store => "store",
            Self::Change => "change",
            Self::Trigger => "trigger",
        })
    }
}
