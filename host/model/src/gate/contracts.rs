//! Contracts of a gate: configuration, grants, and the effect of their answers.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ContractRequirement;
use crate::{Capability, Date, NonBlankString, Person, PointerPattern, Severity};

/// A contract that judges every output of the gate, with its configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContractBinding {
    /// Contract and accepted contract versions, such as `tollgate/pii@^1.2`.
    pub contract: ContractRequirement,
    /// Name of this binding, needed if the gate uses the same contract twice.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub alias: Option<NonBlankString>,
    /// Part of the document that the contract judges, as a JSON Pointer (RFC 6901) in which `*` stands for every element
    /// or member: `/description`, `/items/*/text`. A string is judged as a text, anything else as JSON. Without it, the
    /// contract judges the whole output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<PointerPattern>,
    /// Meaning of an absent part: nothing is at `at`, or `null`.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub when_absent: AbsentPart,
    /// Configuration of the contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, Value>>,
    /// File with the configuration, relative to the project folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_file: Option<NonBlankString>,
    /// Capabilities that the contract may use.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "BTreeSet<String>")]
    pub grants: BTreeSet<Capability>,
    /// Tables that the contract may read: the contract's name for each, and its file,
    /// relative to the project folder.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, NonBlankString>,
    /// Whether the answer of the contract counts.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub mode: EnforcementMode,
    /// Number of times that a contract that asks a model is asked.
    #[serde(default = "default_repeat", skip_serializing_if = "is_default_repeat")]
    #[schemars(range(min = 1, max = 15))]
    pub repeat: u8,
    /// Number of equal answers that is required; without it, more than half.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 15))]
    pub majority: Option<u8>,
    /// Effect of a `fail`, by the severity of its findings.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub on_fail: OnFail,
    /// Effect of a failure, when the contract gives no answer. It never counts as a pass.
    #[serde(default = "default_on_failure", skip_serializing_if = "is_default_on_failure")]
    pub on_failure: StopEffect,
    /// Exception that lets outputs go on without the advice of a contract that fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_open: Option<FailOpen>,
}

/// Meaning of a part that an output does not have.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AbsentPart {
    /// The contract could not judge the output: `on-failure` says what happens.
    #[default]
    Fail,
    /// The part is optional, so the contract passes.
    Pass,
}

/// Weight of a contract's answer.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum EnforcementMode {
    /// The answer counts.
    #[default]
    Enforce,
    /// The answer is shown to reviewers and stops no output.
    Advise,
    /// The answer is recorded for later comparison and stops no output.
    Shadow,
}

/// Effect of a negative answer. Letting the output go out is not among the choices.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StopEffect {
    /// The output waits for a human.
    Hold,
    /// The output does not go out.
    Block,
}

/// Effect of a `fail`, by the severity of its findings. The strictest effect applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OnFail {
    /// Effect of a critical finding.
    pub critical: StopEffect,
    /// Effect of an error.
    pub error: StopEffect,
    /// Effect of a warning.
    pub warning: StopEffect,
    /// Effect of an info.
    pub info: StopEffect,
}

/// Exception from `on-failure`, with an owner and an end date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FailOpen {
    /// Person responsible for the exception.
    pub owner: Person,
    /// Last day of the exception.
    pub until: Date,
    /// Reason for the exception.
    pub reason: NonBlankString,
}

impl ContractBinding {
    /// Returns the id of this binding in its gate: the alias, or else the name of the contract.
    pub fn id(&self) -> String {
        match &self.alias {
            Some(called) => called.to_string(),
            None => self.contract.name.to_string(),
        }
    }

    /// Returns the number of equal answers that is required.
    pub fn required_majority(&self) -> u8 {
        self.majority.unwrap_or(self.repeat / 2 + 1)
    }
}

impl OnFail {
    pub fn stop_for(&self, severity: Severity) -> StopEffect {
        match severity {
            Severity::Critical => self.critical,
            Severity::Error => self.error,
            Severity::Warning => self.warning,
            Severity::Info => self.info,
        }
    }
}

impl Default for OnFail {
    fn default() -> Self {
        let (block, hold) = (StopEffect::Block, StopEffect::Hold);
        Self { critical: block, error: block, warning: hold, info: hold }
    }
}

fn default_repeat() -> u8 {
    1
}

// Serde passes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_default_repeat(repeat: &u8) -> bool {
    *repeat == default_repeat()
}

fn default_on_failure() -> StopEffect {
    StopEffect::Block
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_default_on_failure(stop: &StopEffect) -> bool {
    *stop == default_on_failure()
}
