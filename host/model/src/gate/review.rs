//! Rules for human reviews: reviewers, deadlines, escalation, checklist.

use std::{collections::BTreeSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::units::recorded_person;
use crate::{NonBlankString, Person, Severity, TimeSpan};

/// A person, with their role in the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RoleHolder {
    /// Name of the person.
    pub name: Person,
    /// Role of the person.
    pub role: NonBlankString,
}

impl RoleHolder {
    /// Reads the holder of a role, if there is one, from a record, which may have a name that would be refused today.
    pub(crate) fn deserialize_recorded<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Self>, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct RecordedHolder {
            #[serde(deserialize_with = "recorded_person::one")]
            name: Person,
            role: NonBlankString,
        }
        let holder = Option::<RecordedHolder>::deserialize(deserializer)?;
        Ok(holder.map(|RecordedHolder { name, role }| Self { name, role }))
    }
}

/// Rules for reviews of held outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReviewPolicy {
    /// People who may review.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewers: Vec<RoleHolder>,
    /// Roles whose holders may review.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<NonBlankString>,
    /// Number of people who have to approve; 1 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5))]
    pub count: Option<u8>,
    /// People who may not review, whatever their role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_not: Vec<Person>,
    /// Time in which a review has to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sla: Option<TimeSpan>,
    /// Time for which a claimed review stays reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<TimeSpan>,
    /// People to ask, one after the other, when a review is late or a reviewer cannot decide.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate_to: Vec<RoleHolder>,
    /// Outputs that are escalated at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalate_when: Option<ReviewTrigger>,
    /// Outputs that a second person has to approve as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_reviewer_when: Option<ReviewTrigger>,
    /// Questions that a reviewer has to answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<ChecklistItem>,
}

/// Condition on a run; any part that applies is enough. Write `{}` to state that it never applies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReviewTrigger {
    /// Applies to every output.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub always: bool,
    /// Applies to outputs with a finding of this severity or worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub severity: Option<Severity>,
    /// Applies to outputs with a finding of one of these rules.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub rules: BTreeSet<String>,
}

/// Question that a reviewer has to answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChecklistItem {
    /// Short name of the item.
    pub item: NonBlankString,
    /// Question to the reviewer.
    pub question: NonBlankString,
    /// Answer that an approval requires; any answer by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<NonBlankString>,
    /// Whether the reviewer has to name the evidence that they looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub evidence: bool,
}

impl fmt::Display for RoleHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.role)
    }
}
