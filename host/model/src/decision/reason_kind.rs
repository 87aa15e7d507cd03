//! All kinds of reasons. Each has a stable code, an effect (`effects.rs`) and a sentence for people
//! (`display.rs`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DemotionCause, GatePart, HoldReason, Revocation};
use crate::units::recorded_person;
use crate::{
    BudgetPeriod, Date, EnforcementMode, LevelScheme, Money, NonBlankString, OutcomeCounts,
    PartProblem, Person, Severity, Share, rfc3339,
};

/// Kind of a reason, with its details.
///
/// `contract` is the id of the contract in the gate, and `mode` says whether its answer counts. The
/// comments of the variants become the column "when" of `docs/decide.md`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "code")]
pub enum ReasonKind {
    /// The output should be JSON and is not.
    NotJson {
        /// Line, counted from 1.
        line: u64,
        /// Column in characters, counted from 1; 0 at the end of an empty line.
        column: u64,
        /// Message of the parser.
        problem: String,
        /// Set if the whole output stands in a code fence.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fenced: bool,
        /// Set if the output has a code fence that cannot be taken off: text is around it, it has no end, or its first line
        /// has more than a short word.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        open_fence: bool,
    },
    /// The code fence around the output was taken off before it was judged.
    Unfenced,
    /// A contract had nothing to judge at its place in the document.
    PartNotJudged {
        contract: String,
        /// Place in the document, as a JSON Pointer.
        at: String,
        problem: PartProblem,
        mode: EnforcementMode,
    },
    /// A contract reported a finding.
    Finding {
        contract: String,
        /// Place of the finding in the document; only if the contract judges a part of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
        rule: String,
        #[schemars(with = "String")]
        severity: Severity,
        message: String,
        mode: EnforcementMode,
    },
    /// A contract answered `fail` without naming a finding.
    Fail {
        contract: String,
        /// Part of the document that the contract judged; empty for the whole output.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
        mode: EnforcementMode,
    },
    /// A contract answered `unsure`.
    Unsure {
        contract: String,
        /// Part of the document that the contract judged; empty for the whole output.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
        mode: EnforcementMode,
    },
    /// A contract that is asked several times did not give the same answer often enough.
    NoMajority {
        contract: String,
        /// Part of the document that the contract judged; empty for the whole output.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
        /// Answers that were given.
        answers: OutcomeCounts,
        /// Number of equal answers that the gate requires.
        majority: u32,
        mode: EnforcementMode,
    },
    /// A contract gave no answer.
    Failure {
        contract: String,
        /// Part of the document that the contract judged; empty for the whole output.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
        /// Kind of the failure, such as `out-of-fuel`.
        kind: String,
        message: String,
        mode: EnforcementMode,
        /// Set if the gate has an exception that lets outputs pass without this contract.
        fail_open: bool,
        /// Set if the contract fails on an ordinary output, too. Only then does the gate lose a level.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fails_ordinary: bool,
    },
    /// A contract was not asked, or not often enough.
    AnswersMissing {
        contract: String,
        /// Part of the document that the contract judged; empty for the whole output.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<String>,
        /// Number of answers given.
        answers: u32,
        /// Number of answers that the gate requires.
        expected: u32,
        mode: EnforcementMode,
    },
    /// A contract answered that the gate does not use.
    ContractUnknown { contract: String },
    /// No enforced contract passed the output.
    NothingPassed,
    /// Only contracts that ask a model passed the output.
    OnlyProbabilistic,
    /// The gate record lacks a required part.
    RecordIncomplete { missing: GatePart },
    /// The delegation score is too high to delegate the task.
    ScoreTooHigh {
        sum: u8,
        /// Set if the gate accepts an executive's sign-off instead.
        sign_off_would_do: bool,
    },
    /// A human approves every output of the gate.
    Oversight { reasons: Vec<HoldReason> },
    /// The autonomy level allows no outputs.
    LevelRefuses { scheme: LevelScheme, level: u8 },
    /// The recorded level does not exist in the gate's scheme.
    LevelInvalid { scheme: LevelScheme, level: u8 },
    /// The gate loses a level.
    Demotion { cause: DemotionCause },
    /// The gate is in shadow mode.
    Shadow,
    /// The channel of the output is not allowed.
    ChannelNotAllowed { channel: String },
    /// The channel of the output is not given.
    ChannelUnknown,
    /// The output is about a blocked topic.
    TopicBlocked { topic: String },
    /// The topics of the output are not given.
    TopicsUnknown,
    /// The brand voice document is missing or differs from the agreed one.
    BrandVoiceChanged,
    /// The output was made with another brand voice document.
    BrandVoiceMismatch,
    /// The output exceeds the budget of a period.
    BudgetExceeded {
        period: BudgetPeriod,
        cap: Money,
        /// Amount spent in the period, this run included.
        spent: Money,
        /// Currency of both amounts; empty in decisions of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        currency: Option<NonBlankString>,
    },
    /// The budget of a period is nearly spent.
    BudgetWarning {
        period: BudgetPeriod,
        cap: Money,
        /// Amount spent in the period, this run included.
        spent: Money,
        /// Currency of both amounts; empty in decisions of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        currency: Option<NonBlankString>,
    },
    /// The cost of the run is unknown.
    CostUnknown {
        /// Model without a price or token counts; empty if the model is not given either.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
    },
    /// The budget is per campaign, and the campaign of the output is not given.
    CampaignUnknown,
    /// The confidence of the model is below the gate's minimum.
    ConfidenceLow { confidence: Share, required: Share },
    /// The confidence of the model is not given.
    ConfidenceUnknown,
    /// The model is not approved for this use.
    ModelNotApproved { model: String },
    /// The approval of the model has ended.
    ModelApprovalExpired {
        model: String,
        /// Last day of the approval.
        until: Date,
    },
    /// The model is not given.
    ModelUnknown,
    /// The classes of data that the output holds are not given.
    DataUnknown,
    /// The output holds a class of data that the gate record does not list.
    DataUnlisted { class: String },
    /// The output holds a class of data that models may not get.
    DataForbidden { class: String },
    /// The output holds a class of data for which consent is not checked.
    ConsentNotRespected { class: String },
    /// A class of data was handled outside its regions.
    RegionNotAllowed { class: String, region: String },
    /// A class of data is bound to regions, and the region is not given.
    RegionUnknown { class: String },
    /// The output is a text without a visible character.
    OutputBlank,
    /// An agent wants to call a tool that it may not call.
    ToolNotAllowed { tool: String },
    /// The output comes from another prompt than the gate requires.
    PromptMismatch {
        /// Prompt and version that the output comes from.
        prompt: String,
        /// Requirement of the gate.
        required: String,
    },
    /// The prompt of the output is not given.
    PromptUnknown,
    /// A key of the context cannot be read.
    ContextUnreadable { key: String, problem: String },
    /// An approval does not meet the gate's requirements.
    ApprovalsMissing {
        /// Number of eligible reviewers who approved.
        approved: u32,
        required: u32,
    },
    /// The gate record is overdue for review.
    RecordOverdue { review_by: Date },
    /// The decision was taken back after it was made.
    Revoked { revocation: Revocation },
    /// Humans approved the output.
    Approved {
        #[serde(deserialize_with = "recorded_person::all")]
        by: Vec<Person>,
    },
    /// The output was sampled for a human to look at afterwards.
    Sampled {
        /// Share of outputs that is sampled.
        share: Share,
    },
    /// The output can be retracted for a while.
    UndoWindow {
        #[serde(rename = "until", with = "rfc3339")]
        #[schemars(with = "String")]
        until_ms: u64,
    },
}
