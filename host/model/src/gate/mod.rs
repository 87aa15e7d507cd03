//! The governance record of one task: the file `gates/NAME.toml`.
//!
//! Nearly every part may be missing. A record that lacks something loads, so that it can say what
//! it lacks; until then it allows nothing. What is there is right by itself (a date is a date);
//! whether the parts fit each other is checked when a file is read.

mod access;
mod autonomy;
mod budget;
mod contracts;
mod guardrails;
mod names;
mod oversight;
mod requirement;
mod review;
mod score;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use access::{Access, Approval, DataClass, SignOff, SignOffOf, Verb};
pub use autonomy::{Autonomy, OversightEffect, Promotion, Reversibility, Risk, Scheme, Tags};
pub use budget::{Budget, Period, Price};
pub use contracts::{Binding, FailOpen, Mode, OnFail, Stop};
pub use guardrails::{BrandVoice, Guardrails, Threshold};
pub use names::{GateName, GateNameError};
pub use oversight::{Audit, Contents, Oversight, Pattern, RollbackPlan};
pub use requirement::{ContractRequirement, PromptRequirement, Requirement, RequirementError};
pub use review::{CheckItem, Holder, Review, When};
pub use score::{Dimension, HighScore, MiddleScore, Points, PointsError, Posture, Score, Scored};

use crate::{Date, Digest, Person, Words, canonical_json};

/// The governance record of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(transform = requires_nothing)]
pub struct Gate {
    /// What the gate is called: as its file is, without `.toml`. It need not be written.
    pub name: GateName,
    /// What the AI does here, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Words>,
    /// What the business wants of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objective: Option<Words>,
    /// Who wrote this record. Nobody approves what they wrote themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Person>,
    /// The prompt, and which prompt versions would do: `welcome-email@^2.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PromptRequirement>,
    /// Where the costs are booked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<Words>,
    /// The day on which this record has to have been looked at again; three months are usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
    /// Why contracts that ask a model may allow something alone. Without a reason they may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_on_probabilistic_alone: Option<Words>,
    /// The one person who owns what is decided here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Holder>,
    /// How risky the task is, and whether it can be undone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: Tags,
    /// The delegation score, with a reason for each value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub score: Score,
    /// How much the AI may do by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autonomy: Option<Autonomy>,
    /// Where a human stands, and how something is taken back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub oversight: Oversight,
    /// How people review what is held.
    #[serde(default, skip_serializing_if = "is_default")]
    pub review: Review,
    /// The walls: inside them anything, outside nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    pub guardrails: Guardrails,
    /// What the task may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// What is kept of every run, and for how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// The contracts that judge every output.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<Binding>,
    /// What good looks like: figures, and what they have to keep to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub performance: Vec<Threshold>,
    /// What the AI can see, infer, store, change and trigger, a table for each system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<Access>,
    /// The kinds of data it gets, and how they may be handled; `[]` is none at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<DataClass>>,
    /// The models that were approved for this very use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Approval>,
    /// What an executive took upon themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_offs: Vec<SignOff>,
}

impl Gate {
    /// A record that says nothing but its name.
    pub fn named(name: GateName) -> Self {
        Self {
            name,
            task: None,
            objective: None,
            author: None,
            prompt: None,
            cost_centre: None,
            review_by: None,
            allow_on_probabilistic_alone: None,
            owner: None,
            tags: Tags::default(),
            score: Score::default(),
            autonomy: None,
            oversight: Oversight::default(),
            review: Review::default(),
            guardrails: Guardrails::default(),
            budget: None,
            audit: None,
            contracts: Vec::new(),
            performance: Vec::new(),
            access: Vec::new(),
            data: None,
            approvals: Vec::new(),
            sign_offs: Vec::new(),
        }
    }

    /// What identifies the record: what it says, whatever its comments and its layout.
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        Ok(Digest::of(canonical_json(&serde_json::to_value(self)?)))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A file that says no name is called as it is.
fn requires_nothing(schema: &mut schemars::Schema) {
    schema.remove("required");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_says_nothing_reads_back() {
        let gate = Gate::named("a".parse().unwrap());
        assert_eq!(serde_json::to_string(&gate).unwrap(), r#"{"name":"a"}"#);
        assert_eq!(serde_json::from_str::<Gate>(r#"{"name":"a"}"#).unwrap(), gate);
        let other = Gate::named("b".parse().unwrap());
        assert_ne!(gate.digest().unwrap(), other.digest().unwrap());
    }

    #[test]
    fn unknown_keys_are_refused() {
        for text in [r#"{"name":"a","colour":1}"#, r#"{"name":"a","tags":{"colour":1}}"#] {
            assert!(serde_json::from_str::<Gate>(text).is_err(), "{text}");
        }
    }
}
