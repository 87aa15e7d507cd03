//! How people review what is held, so that it is no theatre.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Person, Severity, TimeSpan, Words};

/// A person in a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Holder {
    /// Who.
    pub name: Person,
    /// As what.
    pub role: Words,
}

/// How people review what is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Review {
    /// Who may review, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewers: Vec<Holder>,
    /// Who may review, by role.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<Words>,
    /// How many people have to approve; one, where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5))]
    pub count: Option<u8>,
    /// Who may not review, whatever their role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_not: Vec<Person>,
    /// How soon a review has to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<TimeSpan>,
    /// How long somebody who took a review keeps it without finishing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<TimeSpan>,
    /// Who is asked when the time is over or a reviewer cannot decide, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate_to: Vec<Holder>,
    /// What goes to them at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalate_when: Option<When>,
    /// What a second person has to approve too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_reviewer_when: Option<When>,
    /// What a reviewer has to check.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<CheckItem>,
}

/// When something applies. `{}` is never, and has been thought about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct When {
    /// Always.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
    /// When there is a finding of this severity or worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub severity: Option<Severity>,
    /// When one of these rules found something.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
}

/// Something that a reviewer has to check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckItem {
    /// What it is called, in a word.
    pub item: Words,
    /// What is asked.
    pub question: Words,
    /// The answer that it takes to approve; any, where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Words>,
    /// Whether the reviewer has to say what they looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub evidence: bool,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.role)
    }
}
