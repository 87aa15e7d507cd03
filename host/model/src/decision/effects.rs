//! Effect, approval and code of each kind of reason.

use super::{ReasonEffect, ReasonKind};

/// Outputs that reviewers may approve although a reason holds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LiftScope {
    /// No output: the reason stays until its cause is removed.
    Never,
    /// Only the exact output that the reviewers saw.
    AsSeen,
    /// Also an output that a reviewer edited, because the reason only asks for a human's look.
    Edited,
}

impl ReasonKind {
    /// Returns the strictest effect of this kind. A gate can make it milder, never stricter.
    pub fn default_effect(&self) -> ReasonEffect {
        match self {
            Self::BudgetWarning { .. }
            | Self::Demotion { .. }
            | Self::RecordOverdue { .. }
            | Self::Approved { .. }
            | Self::Sampled { .. }
            | Self::UndoWindow { .. } => ReasonEffect::Note,
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
            | Self::ApprovalUnfit { .. } => ReasonEffect::Hold,
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
            | Self::PromptOther { .. } => ReasonEffect::Block,
        }
    }

    /// Returns the outputs that reviewers may approve although this reason holds them.
    ///
    /// It matters only for reasons that hold: a blocked output stays blocked. A reason about data,
    /// model, prompt or cost cannot be approved away; the gate record or the context has to change.
    pub fn lift_scope(&self) -> LiftScope {
        match self {
            // A further approval removes `ApprovalUnfit` by itself.
            Self::Oversight { .. } | Self::ApprovalUnfit { .. } => LiftScope::Edited,
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
            | Self::ConfidenceUnknown => LiftScope::AsSeen,
            _ => LiftScope::Never,
        }
    }

    /// Returns the id of the contract that the reason is about, if any.
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

    /// Returns the stable code of this kind, as in JSON, logs and `docs/decide.md`.
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
