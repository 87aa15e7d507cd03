//! Events of runs: the judgement of an output, its effects on other systems, the erasure of contents.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OutputId;
use crate::units::recorded_person;
use crate::{
    CheckedPart, Decision, Determinism, Digest, HostAnswer, Money, NonBlankString, Person,
    PromptRef, RoleHolder, Subject, Verdict,
};

/// One output judged by one release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RunEvent {
    /// Id of the run.
    pub run: Digest,
    pub release: Digest,
    /// Digest of the subject: output, prompt and context.
    pub subject: Digest,
    /// Id that the caller gave the output; empty if they gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_id: Option<OutputId>,
    /// Digest of the output text or JSON alone; empty for an action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Digest>,
    /// The subject, as far as the gate's audit policy retains it.
    pub content: RetainedContent,
    /// Person or program that handed the output in; empty if unknown.
    #[serde(
        default,
        deserialize_with = "recorded_person::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub submitted_by: Option<Person>,
    /// Person who requested or wrote the output. They may not review it.
    #[serde(
        default,
        deserialize_with = "recorded_person::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub author: Option<Person>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PromptRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Run whose output a reviewer edited into this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_from: Option<Digest>,
    /// Position in a batch; empty outside batches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_line: Option<BatchLine>,
    pub checks: Vec<ContractCheck>,
    pub decision: Decision,
    /// Decision owner of the gate at the time of the run.
    #[serde(
        default,
        deserialize_with = "RoleHolder::deserialize_recorded",
        skip_serializing_if = "Option::is_none"
    )]
    pub owner: Option<RoleHolder>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Time that judging took, in microseconds.
    pub time_us: u64,
    /// Text that had gone out before the decision; empty if none had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_text: Option<EarlyText>,
}

/// The part of an output that had gone out, while the output was being written, before its decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EarlyText {
    /// Number of bytes from the start of the text.
    pub bytes: u64,
    /// Set if the writing was given up before the end of the text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub abandoned: bool,
}

/// Position of an output in a batch. A line is judged and recorded once, however often the batch is
/// started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BatchLine {
    /// Name of the batch.
    pub batch: NonBlankString,
    /// Name of the line, unique in the batch.
    pub key: String,
}

/// The part of a subject that the ledger retains.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "subject")]
pub enum RetainedContent {
    Full(Box<Subject>),
    /// The subject without the parts that a contract found to be personal data.
    Masked(Box<Subject>),
    /// Only the digest, which is in the event anyway.
    Digest,
    /// Nothing any more: the content was erased.
    Erased,
}

/// Verdicts of one contract in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContractCheck {
    /// Id of the contract in the gate.
    pub contract: String,
    /// Determinism of the contract: only a deterministic one has to repeat its verdict on replay.
    pub determinism: Determinism,
    /// Part of the document that the contract judged; empty if it judged the whole output. A contract has a check for
    /// each part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<CheckedPart>,
    /// One verdict for each time that the contract was asked. Empty if there was nothing to judge.
    pub verdicts: Vec<RecordedVerdict>,
    /// Set if the contract failed, and fails on an ordinary output, too. The output is not to blame then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fails_ordinary: bool,
}

impl ContractCheck {
    /// Returns the pointer of the part that was judged, or `None` for the whole output.
    pub fn part_pointer(&self) -> Option<&str> {
        self.part.as_ref().map(|part| part.at.as_str())
    }

    /// Returns whether the contract gave no answer at least once.
    pub fn has_failure(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.result.failure().is_some())
    }
}

/// Verdict of a contract, with everything that is needed to repeat it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordedVerdict {
    pub result: Verdict,
    /// Recorded answers of the host, in the order in which the contract asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<HostAnswer>,
    pub fuel_used: u64,
}

/// A change in another system that a run led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChangeEvent {
    pub run: Digest,
    pub system: NonBlankString,
    /// Description of the change.
    pub change: NonBlankString,
}

/// Contents were erased. Their digests stay in the events, so the chain still verifies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ErasureEvent {
    /// Digests of the erased contents.
    pub contents: Vec<Digest>,
    /// A person, or the retention policy of the gate.
    pub by: NonBlankString,
    pub reason: NonBlankString,
}
