//! What an AI can reach, which data it gets, and who agreed to it.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Holder;
use crate::{Date, Words};

/// What the AI can do in one system. An empty list is an answer; a missing one is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Access {
    /// The system, such as `crm`.
    pub system: Words,
    /// What it can see there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub see: Option<Vec<Words>>,
    /// What it can conclude from that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infer: Option<Vec<Words>>,
    /// What it can store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<Vec<Words>>,
    /// What it can change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Vec<Words>>,
    /// What it can set off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Vec<Words>>,
    /// The tools that an agent may call for that. Every other action is blocked.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tools: BTreeSet<String>,
}

/// What can be done in a system.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// Read it.
    See,
    /// Conclude it.
    Infer,
    /// Keep it.
    Store,
    /// Make it another.
    Change,
    /// Set it off.
    Trigger,
}

/// A kind of data, and the six questions about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DataClass {
    /// What it is called, such as `contact`.
    pub class: Words,
    /// Whether a model may get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_uploaded: Option<bool>,
    /// Whether the vendor may keep it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_retained: Option<bool>,
    /// Whether models may be trained with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_be_used_for_training: Option<bool>,
    /// Whether nobody can be recognised in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anonymised: Option<bool>,
    /// Whether it has to stay in a region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region_restricted: Option<bool>,
    /// Whether the consent of the people is looked at before it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent_respected: Option<bool>,
    /// The regions that it has to stay in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub regions: BTreeSet<String>,
}

/// A model that was approved for this very use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Approval {
    /// Whose model it is.
    pub vendor: Words,
    /// The model, as subjects name it.
    pub model: Words,
    /// What it was approved for.
    pub use_case: Words,
    /// Who approved it.
    pub by: Holder,
    /// When.
    pub on: Date,
    /// The last day, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What an executive took upon themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignOff {
    /// What it is about.
    pub of: SignOffOf,
    /// Who.
    pub by: Holder,
    /// When.
    pub on: Date,
    /// The last day, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Why.
    pub reason: Words,
}

/// What a sign-off is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum SignOffOf {
    /// A score of 19 and more: outputs may go out, each of them approved.
    Score,
    /// A task of high risk, or one that cannot be undone: its level counts as for others.
    Risk,
}

impl Verb {
    /// All five.
    pub const ALL: [Self; 5] = [Self::See, Self::Infer, Self::Store, Self::Change, Self::Trigger];
}

impl Access {
    /// What stands beside a verb.
    pub fn get(&self, verb: Verb) -> Option<&[Words]> {
        match verb {
            Verb::See => self.see.as_deref(),
            Verb::Infer => self.infer.as_deref(),
            Verb::Store => self.store.as_deref(),
            Verb::Change => self.change.as_deref(),
            Verb::Trigger => self.trigger.as_deref(),
        }
    }
}

impl DataClass {
    /// The six answers, by their keys.
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

impl fmt::Display for Verb {
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
