//! What a governance record can lack, and what may not happen until it is there.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that a record lacks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// What the AI does here.
    Task,
    /// What the business wants of it.
    Objective,
    /// Who owns the decisions.
    Owner,
    /// Who wrote the record.
    Author,
    /// Six values with reasons.
    Score,
    /// What a score in the middle means here.
    InTheMiddle,
    /// What a high score means here.
    WhenHigh,
    /// Scheme and level.
    Autonomy,
    /// Where a human stands.
    Pattern,
    /// Risk and reversibility.
    Tags,
    /// Which prompt.
    Prompt,
    /// Which contracts; at least one that is enforced.
    Contracts,
    /// Who reviews.
    Reviewers,
    /// How soon.
    ReviewSla,
    /// What a reviewer checks.
    Checklist,
    /// What needs a second reviewer.
    SecondReviewer,
    /// What escalates.
    Escalation,
    /// To whom.
    EscalationPath,
    /// How something is taken back.
    Rollback,
    /// What is kept of every run.
    Audit,
    /// Where costs are booked.
    CostCentre,
    /// What it may cost.
    Budget,
    /// What the AI can do in which systems.
    Access,
    /// Which kinds of data it gets.
    Data,
    /// Who approved the model for this use.
    ModelApproval,
    /// When the record is looked at again.
    ReviewBy,
    /// How large the sample is.
    SampleShare,
    /// How long something can be taken back.
    UndoWindow,
    /// What it takes to go up a level.
    Promotion,
    /// Where outputs may go.
    Channels,
    /// What they may not be about.
    BlockedTopics,
    /// How the brand speaks.
    BrandVoice,
    /// What good looks like.
    Performance,
}

/// What may not happen as long as something is missing.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// Nothing is allowed, not even what a human approves.
    NothingAllowed,
    /// A human approves every output.
    EveryOutputHeld,
}

impl Missing {
    /// All of it, in the order of the file.
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

    /// What may not happen until it is there. What a human needs who steps back is not needed
    /// while they approve every output.
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

    /// Where it belongs in the file.
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

    /// What it is for.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Task => "what the AI does here",
            Self::Objective => "what the business wants of it",
            Self::Owner => "who owns what is decided here, by name and role",
            Self::Author => "who wrote the record, because nobody approves their own work",
            Self::Score => "all six values of the delegation score, with a reason each",
            Self::InTheMiddle => "whether a score in the middle means sign-off or audit",
            Self::WhenHigh => "whether a high score blocks or takes an executive's sign-off",
            Self::Autonomy => "how much the AI may do by itself",
            Self::Pattern => "where a human stands",
            Self::Tags => "how risky the task is, and whether it can be undone",
            Self::Prompt => "which prompt the outputs come from",
            Self::Contracts => "what judges the outputs: at least one contract that is enforced",
            Self::Reviewers => "who reviews what is held",
            Self::ReviewSla => "how soon a review has to be done",
            Self::Checklist => "what a reviewer has to check",
            Self::SecondReviewer => "what a second person has to approve (`{}` is nothing)",
            Self::Escalation => "what is escalated at once (`{}` is nothing)",
            Self::EscalationPath => {
                "who is asked when a review is late or a reviewer cannot decide"
            }
            Self::Rollback => "how something that went out is taken back, and by whom",
            Self::Audit => "what is kept of every run, and how long",
            Self::CostCentre => "where the costs are booked",
            Self::Budget => "how much the task may cost in a day, week, month or campaign",
            Self::Access => "what the AI can see, infer, store, change and trigger, in each system",
            Self::Data => "which kinds of data it gets, with all six answers about each",
            Self::ModelApproval => "which model was approved for this use, and by whom",
            Self::ReviewBy => "when this record is looked at again",
            Self::SampleShare => "how large the share is that somebody looks at",
            Self::UndoWindow => "how long something that went out can be taken back",
            Self::Promotion => "what it takes to go up a level",
            Self::Channels => "where outputs may go",
            Self::BlockedTopics => "what outputs may not be about (`[]` is nothing)",
            Self::BrandVoice => "the document that says how the brand speaks, with its digest",
            Self::Performance => "what good looks like: a figure and what it has to keep to",
        }
    }
}

impl fmt::Display for Missing {
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
