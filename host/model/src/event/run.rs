//! A run in the ledger: what was asked for, what came, what was said of it, what was decided.

use serde::{Deserialize, Serialize};

use crate::{
    Decision, Determinism, Digest, Failure, Holder, HostAnswer, Money, Person, Prompt, Report,
    Subject, Words,
};

/// One output judged by one release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunEvent {
    /// What names the run.
    pub run: Digest,
    /// What judged it.
    pub release: Digest,
    /// What identifies the output, with what was known of it.
    pub subject: Digest,
    /// What identifies its bare text or JSON; none for an action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Digest>,
    /// The output, as far as the gate keeps it.
    pub content: Kept,
    /// Who asked for it, or wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Person>,
    /// The prompt that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Prompt>,
    /// The model that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The run whose output a reviewer edited to this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_from: Option<Digest>,
    /// The line of a batch that it came as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<BatchLine>,
    /// What the contracts said.
    pub checks: Vec<Checked>,
    /// What was decided.
    pub decision: Decision,
    /// Who owned the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Holder>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// How long judging took.
    pub time_us: u64,
}

/// A line of a batch: judged and recorded once, however often the batch is started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BatchLine {
    /// Which batch.
    pub batch: Words,
    /// What the line is called in it.
    pub key: String,
}

/// What is kept of an output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kept {
    /// All of it.
    Full(Box<Subject>),
    /// All but what a contract found to be personal.
    Masked(Box<Subject>),
    /// Nothing but its digest.
    Digest,
    /// Nothing any more: it was erased.
    Erased,
}

/// What one contract said, each time that it was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Checked {
    /// What this use of it is called in the gate.
    pub contract: String,
    /// Whether it would say the same again.
    pub determinism: Determinism,
    /// Its answers.
    pub verdicts: Vec<Verdict>,
}

/// One answer, and what the host answered meanwhile, so that it can be repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Verdict {
    /// What it said, or why it said nothing.
    pub said: Result<Report, Failure>,
    /// What the host answered meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<HostAnswer>,
    /// How much it computed.
    pub fuel_used: u64,
}

/// What changed in a system because of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SystemChange {
    /// Because of which.
    pub run: Digest,
    /// In which system.
    pub system: Words,
    /// What.
    pub change: Words,
}

/// Contents were erased. That they were there, and what identifies them, stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Erasure {
    /// Which.
    pub contents: Vec<Digest>,
    /// Who says so: a person, or the retention of the gate.
    pub by: Words,
    /// Why.
    pub reason: Words,
}
