//! What each reason does, what can be approved in spite of it, and the word for it.

use super::{Cause, Effect};
use crate::OversightEffect;

/// What can be approved in spite of a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lift {
    /// Nothing.
    Never,
    /// The very output that the reviewers saw.
    AsSeen,
    /// Also an output that a reviewer edited: the reason is that a human looks first.
    Edited,
}

impl Cause {
    /// What it does where the gate does not say otherwise.
    pub fn effect(&self) -> Effect {
        match self {
            Self::BudgetWarning { .. }
            | Self::Demotion { .. }
            | Self::RecordOverdue { .. }
            | Self::Approved { .. }
            | Self::Sampled { .. }
            | Self::UndoWindow { .. } => Effect::Note,
            Self::Unsure { .. }
            | Self::Split { .. }
            | Self::CheckUnknown { .. }
            | Self::NothingPassed
            | Self::OnlyProbabilistic
            | Self::RecordIncomplete { .. }
            | Self::Oversight { .. }
            | Self::LevelUnknown { .. }
            | Self::ChannelUnknown
            | Self::TopicsUnknown
            | Self::BrandVoiceChanged
            | Self::CostUnknown { .. }
            | Self::CampaignUnknown
            | Self::ConfidenceLow { .. }
            | Self::ConfidenceUnknown
            | Self::ModelApprovalOver { .. }
            | Self::ModelUnknown
            | Self::DataUnlisted { .. }
            | Self::ConsentNotRespected { .. }
            | Self::RegionUnknown { .. }
            | Self::PromptUnknown
            | Self::ContextUnreadable { .. }
            | Self::ApprovalUnfit { .. } => Effect::Hold,
            Self::Finding { .. }
            | Self::Fail { .. }
            | Self::Failure { .. }
            | Self::CheckMissing { .. }
            | Self::ScoreHigh { .. }
            | Self::Refused { .. }
            | Self::Shadow
            | Self::ChannelOutside { .. }
            | Self::TopicBlocked { .. }
            | Self::BrandVoiceOther
            | Self::BudgetExceeded { .. }
            | Self::ModelNotApproved { .. }
            | Self::DataForbidden { .. }
            | Self::RegionOutside { .. }
            | Self::ToolOutside { .. }
            | Self::PromptOther { .. } => Effect::Block,
        }
    }

    /// What can be approved in spite of it, where it holds. What blocks stays blocked. What the
    /// record has to say (which data, which model, which prompt, what it costs) is put right
    /// there, and is not a reviewer's to overlook.
    pub fn lift(&self) -> Lift {
        match self {
            // One approval too few is made good by another.
            Self::Oversight { .. } | Self::ApprovalUnfit { .. } => Lift::Edited,
            Self::Finding { .. }
            | Self::Fail { .. }
            | Self::Unsure { .. }
            | Self::Split { .. }
            | Self::Failure { .. }
            | Self::CheckMissing { .. }
            | Self::NothingPassed
            | Self::OnlyProbabilistic
            | Self::ChannelUnknown
            | Self::TopicsUnknown
            | Self::ConfidenceLow { .. }
            | Self::ConfidenceUnknown => Lift::AsSeen,
            _ => Lift::Never,
        }
    }

    /// The contract that it is about, where it is about one.
    pub fn contract(&self) -> Option<&str> {
        match self {
            Self::Finding { contract, .. }
            | Self::Fail { contract, .. }
            | Self::Unsure { contract, .. }
            | Self::Split { contract, .. }
            | Self::Failure { contract, .. }
            | Self::CheckMissing { contract, .. }
            | Self::CheckUnknown { contract } => Some(contract),
            _ => None,
        }
    }

    /// The word for it in JSON, logs and rules; it never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Finding { .. } => "finding",
            Self::Fail { .. } => "fail",
            Self::Unsure { .. } => "unsure",
            Self::Split { .. } => "split",
            Self::Failure { .. } => "failure",
            Self::CheckMissing { .. } => "check-missing",
            Self::CheckUnknown { .. } => "check-unknown",
            Self::NothingPassed => "nothing-passed",
            Self::OnlyProbabilistic => "only-probabilistic",
            Self::RecordIncomplete { .. } => "record-incomplete",
            Self::ScoreHigh { .. } => "score-high",
            Self::Oversight { .. } => "oversight",
            Self::Refused { .. } => "refused",
            Self::LevelUnknown { .. } => "level-unknown",
            Self::Demotion { .. } => "demotion",
            Self::Shadow => "shadow",
            Self::ChannelOutside { .. } => "channel-outside",
            Self::ChannelUnknown => "channel-unknown",
            Self::TopicBlocked { .. } => "topic-blocked",
            Self::TopicsUnknown => "topics-unknown",
            Self::BrandVoiceChanged => "brand-voice-changed",
            Self::BrandVoiceOther => "brand-voice-other",
            Self::BudgetExceeded { .. } => "budget-exceeded",
            Self::BudgetWarning { .. } => "budget-warning",
            Self::CostUnknown { .. } => "cost-unknown",
            Self::CampaignUnknown => "campaign-unknown",
            Self::ConfidenceLow { .. } => "confidence-low",
            Self::ConfidenceUnknown => "confidence-unknown",
            Self::ModelNotApproved { .. } => "model-not-approved",
            Self::ModelApprovalOver { .. } => "model-approval-over",
            Self::ModelUnknown => "model-unknown",
            Self::DataUnlisted { .. } => "data-unlisted",
            Self::DataForbidden { .. } => "data-forbidden",
            Self::ConsentNotRespected { .. } => "consent-not-respected",
            Self::RegionOutside { .. } => "region-outside",
            Self::RegionUnknown { .. } => "region-unknown",
            Self::ToolOutside { .. } => "tool-outside",
            Self::PromptOther { .. } => "prompt-other",
            Self::PromptUnknown => "prompt-unknown",
            Self::ContextUnreadable { .. } => "context-unreadable",
            Self::ApprovalUnfit { .. } => "approval-unfit",
            Self::RecordOverdue { .. } => "record-overdue",
            Self::Approved { .. } => "approved",
            Self::Sampled { .. } => "sampled",
            Self::UndoWindow { .. } => "undo-window",
        }
    }
}

impl OversightEffect {
    /// What it does to every output, before anything else is looked at.
    pub fn holds(self) -> bool {
        self <= Self::EveryOutputHeld
    }
}
