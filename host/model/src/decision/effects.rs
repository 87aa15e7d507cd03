//! Effect, approval and code of each kind of reason.

use super::{ReasonEffect, ReasonKind};
use crate::EnforcementMode;

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
            Self::Unfenced
            | Self::BudgetWarning { .. }
            | Self::Demotion { .. }
            | Self::RecordOverdue { .. }
            | Self::Approved { .. }
            | Self::Sampled { .. }
            | Self::UndoWindow { .. } => ReasonEffect::Note,
            Self::Unsure { .. }
            | Self::NoMajority { .. }
            | Self::ContractUnknown { .. }
            | Self::NothingPassed
            | Self::OnlyProbabilistic
            | Self::RecordIncomplete { .. }
            | Self::Oversight { .. }
            | Self::LevelInvalid { .. }
            | Self::ChannelUnknown
            | Self::TopicsUnknown
            | Self::BrandVoiceChanged
            | Self::CostUnknown { .. }
            | Self::CampaignUnknown
            | Self::ConfidenceLow { .. }
            | Self::ConfidenceUnknown
            | Self::ModelApprovalExpired { .. }
            | Self::ModelUnknown
            | Self::DataUnknown
            | Self::DataUnlisted { .. }
            | Self::ConsentNotRespected { .. }
            | Self::RegionUnknown { .. }
            | Self::PromptUnknown
            | Self::ContextUnreadable { .. }
            | Self::ApprovalsMissing { .. } => ReasonEffect::Hold,
            Self::NotJson { .. }
            | Self::PartNotJudged { .. }
            | Self::Finding { .. }
            | Self::Fail { .. }
            | Self::Failure { .. }
            | Self::AnswersMissing { .. }
            | Self::ScoreTooHigh { .. }
            | Self::LevelRefuses { .. }
            | Self::Shadow
            | Self::ChannelNotAllowed { .. }
            | Self::TopicBlocked { .. }
            | Self::BrandVoiceMismatch
            | Self::BudgetExceeded { .. }
            | Self::ModelNotApproved { .. }
            | Self::DataForbidden { .. }
            | Self::RegionNotAllowed { .. }
            | Self::OutputBlank
            | Self::ToolNotAllowed { .. }
            | Self::PromptMismatch { .. }
            | Self::Revoked { .. } => ReasonEffect::Block,
        }
    }

    /// Returns the outputs that reviewers may approve although this reason holds them.
    ///
    /// It matters only for reasons that hold: a blocked output stays blocked. A reason about data,
    /// model, prompt or cost cannot be approved away; the gate record or the context has to change.
    pub fn lift_scope(&self) -> LiftScope {
        match self {
            // A further approval removes `ApprovalUnfit` by itself.
            Self::Oversight { .. } | Self::ApprovalsMissing { .. } => LiftScope::Edited,
            Self::PartNotJudged { .. }
            | Self::Finding { .. }
            | Self::Fail { .. }
            | Self::Unsure { .. }
            | Self::NoMajority { .. }
            | Self::Failure { .. }
            | Self::AnswersMissing { .. }
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
            Self::PartNotJudged { contract, .. }
            | Self::Finding { contract, .. }
            | Self::Fail { contract, .. }
            | Self::Unsure { contract, .. }
            | Self::NoMajority { contract, .. }
            | Self::Failure { contract, .. }
            | Self::AnswersMissing { contract, .. }
            | Self::ContractUnknown { contract } => Some(contract),
            _ => None,
        }
    }

    /// Returns the place in the document that the reason is about, if any.
    pub fn pointer(&self) -> Option<&str> {
        match self {
            Self::PartNotJudged { at, .. } => Some(at),
            Self::Finding { at, .. }
            | Self::Fail { at, .. }
            | Self::Unsure { at, .. }
            | Self::NoMajority { at, .. }
            | Self::Failure { at, .. }
            | Self::AnswersMissing { at, .. } => at.as_deref(),
            _ => None,
        }
    }

    /// Returns the place as [`ReasonKind::pointer`] does, to be redacted: it may quote names of the output.
    pub fn pointer_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::PartNotJudged { at, .. } => Some(at),
            Self::Finding { at, .. }
            | Self::Fail { at, .. }
            | Self::Unsure { at, .. }
            | Self::NoMajority { at, .. }
            | Self::Failure { at, .. }
            | Self::AnswersMissing { at, .. } => at.as_mut(),
            _ => None,
        }
    }

    /// Returns the enforced contract whose failure costs the gate a level: one that fails on ordinary outputs, too.
    pub fn level_costing_contract(&self) -> Option<&str> {
        match self {
            Self::Failure {
                contract,
                mode: EnforcementMode::Enforce,
                fails_ordinary: true,
                ..
            } => Some(contract),
            _ => None,
        }
    }

    /// Returns the stable code of this kind, as in JSON, logs and `docs/decide.md`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => "not-json",
            Self::Unfenced => "unfenced",
            Self::PartNotJudged { .. } => "part-not-judged",
            Self::Finding { .. } => "finding",
            Self::Fail { .. } => "fail",
            Self::Unsure { .. } => "unsure",
            Self::NoMajority { .. } => "no-majority",
            Self::Failure { .. } => "failure",
            Self::AnswersMissing { .. } => "answers-missing",
            Self::ContractUnknown { .. } => "contract-unknown",
            Self::NothingPassed => "nothing-passed",
            Self::OnlyProbabilistic => "only-probabilistic",
            Self::RecordIncomplete { .. } => "record-incomplete",
            Self::ScoreTooHigh { .. } => "score-too-high",
            Self::Oversight { .. } => "oversight",
            Self::LevelRefuses { .. } => "level-refuses",
            Self::LevelInvalid { .. } => "level-invalid",
            Self::Demotion { .. } => "demotion",
            Self::Shadow => "shadow",
            Self::ChannelNotAllowed { .. } => "channel-not-allowed",
            Self::ChannelUnknown => "channel-unknown",
            Self::TopicBlocked { .. } => "topic-blocked",
            Self::TopicsUnknown => "topics-unknown",
            Self::BrandVoiceChanged => "brand-voice-changed",
            Self::BrandVoiceMismatch => "brand-voice-mismatch",
            Self::BudgetExceeded { .. } => "budget-exceeded",
            Self::BudgetWarning { .. } => "budget-warning",
            Self::CostUnknown { .. } => "cost-unknown",
            Self::CampaignUnknown => "campaign-unknown",
            Self::ConfidenceLow { .. } => "confidence-low",
            Self::ConfidenceUnknown => "confidence-unknown",
            Self::ModelNotApproved { .. } => "model-not-approved",
            Self::ModelApprovalExpired { .. } => "model-approval-expired",
            Self::ModelUnknown => "model-unknown",
            Self::DataUnknown => "data-unknown",
            Self::DataUnlisted { .. } => "data-unlisted",
            Self::DataForbidden { .. } => "data-forbidden",
            Self::ConsentNotRespected { .. } => "consent-not-respected",
            Self::RegionNotAllowed { .. } => "region-not-allowed",
            Self::RegionUnknown { .. } => "region-unknown",
            Self::OutputBlank => "output-blank",
            Self::ToolNotAllowed { .. } => "tool-not-allowed",
            Self::PromptMismatch { .. } => "prompt-mismatch",
            Self::PromptUnknown => "prompt-unknown",
            Self::ContextUnreadable { .. } => "context-unreadable",
            Self::ApprovalsMissing { .. } => "approvals-missing",
            Self::RecordOverdue { .. } => "record-overdue",
            Self::Revoked { .. } => "revoked",
            Self::Approved { .. } => "approved",
            Self::Sampled { .. } => "sampled",
            Self::UndoWindow { .. } => "undo-window",
        }
    }
}
