//! The contracts of a gate: which, with what, and what their answers do.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ContractRequirement;
use crate::{Capability, Date, Person, Severity, Words};

/// A contract that judges every output of the gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Binding {
    /// The contract, and which contract versions would do.
    pub contract: ContractRequirement,
    /// What this use of it is called here, where one contract is used twice.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub called: Option<Words>,
    /// Its configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<BTreeMap<String, Value>>,
    /// The file with its configuration, beside the gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_file: Option<Words>,
    /// What it may ask of the host.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "BTreeSet<String>")]
    pub grants: BTreeSet<Capability>,
    /// The tables that it may look into: what it calls them, and their files.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, Words>,
    /// Whether its answer counts.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub mode: Mode,
    /// How often a contract that asks a model is asked.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    #[schemars(range(min = 1, max = 15))]
    pub repeat: u8,
    /// How many of these answers have to agree; without it, more than half.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 15))]
    pub majority: Option<u8>,
    /// What a `fail` does, by the severity of its findings.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub on_fail: OnFail,
    /// What it does when the contract gives no answer. Never a pass.
    #[serde(default = "block", skip_serializing_if = "is_block")]
    pub on_failure: Stop,
    /// Who answers for going on without the advice of a contract that gives none, and until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_open: Option<FailOpen>,
}

/// Whether the answer of a contract counts.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It counts.
    #[default]
    Enforce,
    /// It is shown to reviewers, and stops nothing.
    Advise,
    /// It is recorded, to be compared later.
    Shadow,
}

/// How something is stopped. There is no third way.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// A human looks.
    Hold,
    /// It does not go out.
    Block,
}

/// What a `fail` does, by the severity of its findings; the strictest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct OnFail {
    /// What must never go out.
    pub critical: Stop,
    /// What must change.
    pub error: Stop,
    /// What is worth changing.
    pub warning: Stop,
    /// What is worth knowing.
    pub info: Stop,
}

/// An exception, with somebody who answers for it and an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FailOpen {
    /// Who answers for it.
    pub owner: Person,
    /// The last day.
    pub until: Date,
    /// Why.
    pub reason: Words,
}

impl Binding {
    /// What it is called in this gate: by its contract, where it has no name of its own.
    pub fn id(&self) -> String {
        match &self.called {
            Some(called) => called.to_string(),
            None => self.contract.name.to_string(),
        }
    }

    /// How many answers have to agree.
    pub fn agreeing(&self) -> u8 {
        self.majority.unwrap_or(self.repeat / 2 + 1)
    }
}

impl OnFail {
    /// What a finding of this severity does.
    pub fn stop(&self, severity: Severity) -> Stop {
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
        let (block, hold) = (Stop::Block, Stop::Hold);
        Self { critical: block, error: block, warning: hold, info: hold }
    }
}

fn once() -> u8 {
    1
}

// Serde hands over what it has, a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_once(repeat: &u8) -> bool {
    *repeat == once()
}

fn block() -> Stop {
    Stop::Block
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_block(stop: &Stop) -> bool {
    *stop == block()
}
