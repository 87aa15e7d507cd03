//! Required parts of a gate record, and the consequence while one is missing.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A part that a complete gate record has. [`GatePart::meaning`] describes each.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum GatePart {
    Task,
    Objective,
    Owner,
    Author,
    Score,
    InTheMiddle,
    WhenHigh,
    Autonomy,
    Pattern,
    Tags,
    Prompt,
    Contracts,
    Reviewers,
    ReviewSla,
    Checklist,
    SecondReviewer,
    Escalation,
    EscalationPath,
    Rollback,
    Audit,
    CostCentre,
    Budget,
    Access,
    Data,
    ModelApproval,
    ReviewBy,
    SampleShare,
    UndoWindow,
    Promotion,
    Channels,
    BlockedTopics,
    BrandVoice,
    Performance,
}

/// Consequence for outputs as long as a part is missing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// No output is allowed, not even one that a human approves.
    NothingAllowed,
    /// A human approves every output.
    EveryOutputHeld,
}

impl GatePart {
    /// All parts, in the order of a gate file.
    pub const ALL: [Self; 33] = [
        Self::Task,
        Self::Objective,
        Self::Owner,
        Self::Author,
        Self::Score,
        Self::InTheMiddle,
        Self::WhenHigh,
        Self::Autonomy,
        Self::Pattern,
        Self::Tags,
        Self::Prompt,
        Self::Contracts,
        Self::Reviewers,
        Self::ReviewSla,
        Self::Checklist,
        Self::SecondReviewer,
        Self::Escalation,
        Self::EscalationPath,
        Self::Rollback,
        Self::Audit,
        Self::CostCentre,
        Self::Budget,
        Self::Access,
        Self::Data,
        Self::ModelApproval,
        Self::ReviewBy,
        Self::SampleShare,
        Self::UndoWindow,
        Self::Promotion,
        Self::Channels,
        Self::BlockedTopics,
        Self::BrandVoice,
        Self::Performance,
    ];

    /// Returns the consequence while this part is missing. Parts that matter only for outputs without
    /// prior approval are not required as long as a human approves every output.
    pub fn consequence(self) -> Consequence {
        match self {
            Self::SampleShare
            | Self::UndoWindow
            | Self::Promotion
            | Self::Channels
            | Self::BlockedTopics
            | Self::BrandVoice
            | Self::Performance => Consequence::EveryOutputHeld,
            _ => Consequence::NothingAllowed,
        }
    }

    /// Returns its table and key in a gate file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Objective => "objective",
            Self::Owner => "[owner] name, role",
            Self::Author => "author",
            Self::Score => "[score]",
            Self::InTheMiddle => "[score] in-the-middle",
            Self::WhenHigh => "[score] when-high",
            Self::Autonomy => "[autonomy] scheme, level",
            Self::Pattern => "[oversight] pattern",
            Self::Tags => "[tags] risk, reversibility",
            Self::Prompt => "prompt",
            Self::Contracts => "[[contracts]]",
            Self::Reviewers => "[review] reviewers or roles",
            Self::ReviewSla => "[review] sla",
            Self::Checklist => "[[review.checklist]]",
            Self::SecondReviewer => "[review] second-reviewer-when",
            Self::Escalation => "[review] escalate-when",
            Self::EscalationPath => "[[review.escalate-to]]",
            Self::Rollback => "[oversight.rollback] handler, owner",
            Self::Audit => "[audit] contents, retention",
            Self::CostCentre => "cost-centre",
            Self::Budget => "[budget] with a cap",
            Self::Access => "[[access]]",
            Self::Data => "[[data]]",
            Self::ModelApproval => "[[approvals]]",
            Self::ReviewBy => "review-by",
            Self::SampleShare => "[oversight] sample-share",
            Self::UndoWindow => "[oversight] undo-window",
            Self::Promotion => "[autonomy.promotion]",
            Self::Channels => "[guardrails] channels",
            Self::BlockedTopics => "[guardrails] blocked-topics",
            Self::BrandVoice => "[guardrails.brand-voice]",
            Self::Performance => "[[performance]]",
        }
    }

    /// Returns a noun phrase that describes the part.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Task => "the task of the AI",
            Self::Objective => "the business objective",
            Self::Owner => "the decision owner, by name and role",
            Self::Author => "the author of the record, because nobody approves their own work",
            Self::Score => "all six values of the delegation score, each with a reason",
            Self::InTheMiddle => "whether a score in the middle means sign-off or audit",
            Self::WhenHigh => "whether a high score blocks or requires an executive's sign-off",
            Self::Autonomy => "the autonomy level, with its scheme",
            Self::Pattern => "the oversight pattern",
            Self::Tags => "the risk of the task, and whether it can be undone",
            Self::Prompt => "the prompt that the outputs come from",
            Self::Contracts => "the contracts that judge outputs, at least one of them enforced",
            Self::Reviewers => "the people or roles that review held outputs",
            Self::ReviewSla => "the time in which a review has to be done",
            Self::Checklist => "the questions that a reviewer answers",
            Self::SecondReviewer => "the outputs that need a second reviewer (`{}` for none)",
            Self::Escalation => "the outputs that are escalated at once (`{}` for none)",
            Self::EscalationPath => {
                "the people to ask when a review is late or a reviewer cannot decide"
            }
            Self::Rollback => "how an output is retracted, and by whom",
            Self::Audit => "what is kept of every run, and for how long",
            Self::CostCentre => "the cost centre that is charged",
            Self::Budget => "the budget per day, week, month or campaign",
            Self::Access => "what the AI can see, infer, store, change and trigger in each system",
            Self::Data => "the classes of data that the AI gets, with all six answers for each",
            Self::ModelApproval => "the model that is approved for this use, and the approver",
            Self::ReviewBy => "the date by which the record has to be reviewed",
            Self::SampleShare => "the share of outputs that is sampled for audit",
            Self::UndoWindow => "the time in which an output can be retracted",
            Self::Promotion => "the criteria for a promotion to the next level",
            Self::Channels => "the channels that outputs may go to",
            Self::BlockedTopics => "the topics that outputs may not be about (`[]` for none)",
            Self::BrandVoice => "the brand voice document, with its digest",
            Self::Performance => "the performance thresholds: KPIs and their limits",
        }
    }
}

impl fmt::Display for GatePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.key(), self.meaning())
    }
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingAllowed => "nothing is allowed",
            Self::EveryOutputHeld => "every output is held",
        })
    }
}
