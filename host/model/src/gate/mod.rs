//! The gate record of one task: the file `gates/NAME.toml`.
//!
//! Nearly every part is optional, so that an incomplete record loads and its missing parts
//! ([`GatePart`](crate::GatePart)) can be listed; until they are there it allows nothing. Types here
//! validate each value by itself; `govern` checks that the parts fit each other.

mod access;
mod autonomy;
mod budget;
mod change_control;
mod contracts;
mod gate_name;
mod guardrails;
mod oversight;
mod purpose;
mod requirement;
mod review;
mod score;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use access::{AccessKind, DataClass, ModelApproval, SignOff, SignOffScope, SystemAccess};
pub use autonomy::{
    Autonomy, LevelScheme, OversightEffect, PromotionCriteria, Reversibility, Risk, TaskTags,
};
pub use budget::{Budget, BudgetPeriod, ModelPrice};
pub use change_control::ChangeControl;
pub use contracts::{AbsentPart, ContractBinding, EnforcementMode, FailOpen, OnFail, StopEffect};
pub use gate_name::{GateName, GateNameError};
pub use guardrails::{BrandVoice, Guardrails, KpiThreshold};
pub use oversight::{AuditPolicy, ContentRetention, Oversight, OversightPattern, RollbackPlan};
pub use purpose::GatePurpose;
pub use requirement::{ContractRequirement, PromptRequirement, Requirement, RequirementError};
pub use review::{ChecklistItem, ReviewPolicy, ReviewTrigger, RoleHolder};
pub use score::{
    DelegationPosture, DelegationScore, HighScorePolicy, MiddleScorePolicy, ScoreDimension,
    ScoreEntry, ScoreThresholds, ScoreValue, ScoreValueError,
};

use crate::{CanonicalJsonError, Date, Digest, NonBlankString, Person, canonical_json};

/// Record of one task that an AI does: its owner, contracts, autonomy, oversight and budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(transform = make_all_optional)]
pub struct Gate {
    /// Name of the gate: that of its file, without `.toml`. The key may be omitted.
    pub name: GateName,
    /// Purpose of the gate. A gate of the purpose `quality` only judges, and has only the keys that judging needs:
    /// `name`, `purpose`, `task`, `objective`, `author`, `owner`, `prompt`, `allow-on-probabilistic-alone`, `unfence` and
    /// `contracts`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub purpose: GatePurpose,
    /// Task of the AI, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<NonBlankString>,
    /// Business objective of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objective: Option<NonBlankString>,
    /// Author of this record. They may not approve its outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Person>,
    /// Prompt and accepted prompt versions: `welcome-email@^2.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PromptRequirement>,
    /// Cost centre that is charged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<NonBlankString>,
    /// Date by which this record has to be reviewed; usually after three months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
    /// Reason why contracts that ask a model are sufficient to allow an output. Without it, at least
    /// one other contract has to pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_on_probabilistic_alone: Option<NonBlankString>,
    /// Owner of the decisions made at this gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<RoleHolder>,
    /// Risk and reversibility of the task.
    #[serde(default, skip_serializing_if = "is_default")]
    pub tags: TaskTags,
    /// Delegation score, with a reason for each value.
    #[serde(default, skip_serializing_if = "is_default")]
    pub score: DelegationScore,
    /// Autonomy of the AI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autonomy: Option<Autonomy>,
    /// Human oversight of the outputs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub oversight: Oversight,
    /// Rules for reviews of held outputs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub review: ReviewPolicy,
    /// Control of changes of the gate; without it anybody can publish a release that was not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_control: Option<ChangeControl>,
    /// Limits on every output.
    #[serde(default, skip_serializing_if = "is_default")]
    pub guardrails: Guardrails,
    /// Budget of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// Retention of records and contents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<AuditPolicy>,
    /// Whether a code fence around a whole JSON document is taken off before it is judged. What is judged, and may go
    /// out, is then the document inside.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unfence: bool,
    /// Contracts that judge every output.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<ContractBinding>,
    /// Performance thresholds: KPIs and their limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub performance: Vec<KpiThreshold>,
    /// Access of the AI, one table for each system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub access: Vec<SystemAccess>,
    /// Classes of data that the AI gets. Write `[]` to state that it gets none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<DataClass>>,
    /// Models that are approved for this use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<ModelApproval>,
    /// Sign-offs by executives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sign_offs: Vec<SignOff>,
}

/// Keys that a gate of the purpose `quality` may have. All others belong to the record of a delegation.
pub const QUALITY_KEYS: [&str; 10] = [
    "name",
    "purpose",
    "task",
    "objective",
    "author",
    "prompt",
    "allow-on-probabilistic-alone",
    "owner",
    "unfence",
    "contracts",
];

impl Gate {
    /// Returns an empty record, which allows nothing.
    pub fn named(name: GateName) -> Self {
        Self {
            name,
            purpose: GatePurpose::default(),
            task: None,
            objective: None,
            author: None,
            prompt: None,
            cost_centre: None,
            review_by: None,
            allow_on_probabilistic_alone: None,
            owner: None,
            tags: TaskTags::default(),
            score: DelegationScore::default(),
            autonomy: None,
            oversight: Oversight::default(),
            review: ReviewPolicy::default(),
            change_control: None,
            guardrails: Guardrails::default(),
            budget: None,
            audit: None,
            unfence: false,
            contracts: Vec::new(),
            performance: Vec::new(),
            access: Vec::new(),
            data: None,
            approvals: Vec::new(),
            sign_offs: Vec::new(),
        }
    }

    /// Returns the quality gate with the same contracts. The rest of the record of a delegation is dropped.
    #[must_use]
    pub fn into_quality(self) -> Self {
        let Self { name, task, objective, author, prompt, owner, unfence, contracts, .. } = self;
        Self {
            purpose: GatePurpose::Quality,
            task,
            objective,
            author,
            prompt,
            allow_on_probabilistic_alone: self.allow_on_probabilistic_alone,
            owner,
            unfence,
            contracts,
            ..Self::named(name)
        }
    }

    /// Returns whether the gate only judges, and gives nobody leave to send anything.
    pub fn is_quality(&self) -> bool {
        self.purpose == GatePurpose::Quality
    }

    /// Returns the digest of the record's content. Comments and layout of the file do not matter.
    pub fn digest(&self) -> Result<Digest, CanonicalJsonError> {
        Ok(Digest::of(canonical_json(self)?))
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Removes `name` from the required keys, because a gate without it is named after its file.
fn make_all_optional(schema: &mut schemars::Schema) {
    schema.remove("required");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_an_empty_record() {
        let gate = Gate::named("a".parse().unwrap());
        assert_eq!(serde_json::to_string(&gate).unwrap(), r#"{"name":"a"}"#);
        assert_eq!(serde_json::from_str::<Gate>(r#"{"name":"a"}"#).unwrap(), gate);
        let other = Gate::named("b".parse().unwrap());
        assert_ne!(gate.digest().unwrap(), other.digest().unwrap());
    }

    #[test]
    fn a_quality_gate_has_no_other_keys() {
        let text = r#"{"name":"a","purpose":"quality"}"#;
        let gate = Gate { task: Some("t".parse().unwrap()), ..Gate::named("a".parse().unwrap()) };
        let quality = Gate { cost_centre: Some("c".parse().unwrap()), ..gate }.into_quality();
        assert_eq!(
            serde_json::to_string(&quality).unwrap(),
            r#"{"name":"a","purpose":"quality","task":"t"}"#
        );
        assert_eq!(serde_json::from_str::<Gate>(text).unwrap().purpose, GatePurpose::Quality);
        assert_eq!(quality.clone().into_quality(), quality);
    }

    #[test]
    fn a_gate_that_names_its_purpose_is_the_same_gate() {
        let named: Gate = serde_json::from_str(r#"{"name":"a","purpose":"delegation"}"#).unwrap();
        assert_eq!(named.digest().unwrap(), Gate::named("a".parse().unwrap()).digest().unwrap());
    }

    #[test]
    fn rejects_unknown_keys() {
        for text in [
            r#"{"name":"a","colour":1}"#,
            r#"{"name":"a","tags":{"colour":1}}"#,
            r#"{"name":"a","purpose":"both"}"#,
        ] {
            assert!(serde_json::from_str::<Gate>(text).is_err(), "{text}");
        }
    }
}
