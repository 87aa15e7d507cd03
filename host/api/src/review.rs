//! Reviews and claims of runs.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::gate::DecidedRun;
use tollgate::review::{ConductedReview, ReviewOutcome};
use tollgate_govern::provenance;
use tollgate_model::{
    Digest, FormatVersion, GateName, LevelEvent, Money, Person, RoleHolder, Ruling,
};

use crate::{ExplainedReason, Timestamp};

/// Result of a review.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReviewDocument {
    pub format: FormatVersion<1>,
    /// Run that was reviewed.
    pub run: Digest,
    pub gate: GateName,
    pub outcome: ReviewOutcomeKind,
    /// Decision that the review led to; absent if it led to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<ReviewedDecision>,
    /// Number of other people who have to approve the output. Only if some have to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_approvals: Option<u8>,
    /// Person who has to decide now. Only of an escalated output, and if the gate names somebody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_to: Option<RoleHolder>,
    /// Demotion that followed; absent if none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demotion: Option<LevelEvent>,
}

/// Kind of the outcome of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewOutcomeKind {
    /// The output was decided again, or the edited output was decided.
    Decided,
    /// Another release is active than the one that judged the output, so it was judged again, and has reasons that the
    /// reviewer was not shown. The review is not recorded.
    Rejudged,
    /// The approval counts, and other people have to approve the output, too.
    MoreApprovalsNeeded,
    /// The output does not go out.
    Rejected,
    /// Somebody else has to decide.
    Escalated,
    /// It was right that the output went out.
    AuditConfirmed,
    /// The output should not have gone out. An incident is recorded.
    AuditRejected,
}

/// Decision that a review led to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ReviewedDecision {
    /// Run that was decided. An edited output is a run of its own.
    pub run: Digest,
    /// Release that decided.
    pub release: Digest,
    pub decision: Ruling,
    /// All reasons, the strictest first.
    pub reasons: Vec<ExplainedReason>,
    /// Cost of generating the output, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// End of the time in which the output can be retracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Timestamp>,
    /// Value of the header that marks an allowed output as AI-assisted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai_assisted: Option<String>,
}

/// Claim of a run, so that nobody else reviews it meanwhile.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClaimDocument {
    pub format: FormatVersion<1>,
    pub run: Digest,
    pub gate: GateName,
    pub claimed_by: Person,
    /// End of the claim.
    pub claimed_until: Timestamp,
}

impl ReviewDocument {
    /// Describes a review by the rules of a release. `None` if it was refused, or if the library has outcomes that this crate
    /// does not know.
    pub fn new(conducted: &ConductedReview, release: Digest) -> Option<Self> {
        let gate = &conducted.gate.name;
        let mut document = Self {
            format: FormatVersion,
            run: conducted.pending.queued.run,
            gate: gate.clone(),
            outcome: ReviewOutcomeKind::of(&conducted.outcome)?,
            decision: None,
            missing_approvals: None,
            escalated_to: None,
            demotion: None,
        };
        match &conducted.outcome {
            ReviewOutcome::Decided(decided) | ReviewOutcome::Rejudged(decided) => {
                document.decision = Some(ReviewedDecision::new(gate, release, decided));
                document.demotion = decided.demotion.clone();
            }
            ReviewOutcome::MoreApprovalsNeeded(count) => document.missing_approvals = Some(*count),
            ReviewOutcome::Escalated(holder) => document.escalated_to = holder.clone(),
            _ => {}
        }
        Some(document)
    }
}

impl ReviewOutcomeKind {
    fn of(outcome: &ReviewOutcome) -> Option<Self> {
        Some(match outcome {
            ReviewOutcome::Decided(_) => Self::Decided,
            ReviewOutcome::Rejudged(_) => Self::Rejudged,
            ReviewOutcome::MoreApprovalsNeeded(_) => Self::MoreApprovalsNeeded,
            ReviewOutcome::Rejected => Self::Rejected,
            ReviewOutcome::Escalated(_) => Self::Escalated,
            ReviewOutcome::AuditConfirmed => Self::AuditConfirmed,
            ReviewOutcome::AuditRejected => Self::AuditRejected,
            _ => return None,
        })
    }
}

impl ReviewedDecision {
    fn new(gate: &GateName, release: Digest, decided: &DecidedRun) -> Self {
        let DecidedRun { run, facts, decision, .. } = decided;
        let provenance = provenance::provenance_of(gate, release, facts, decision);
        Self {
            run: *run,
            release,
            decision: decision.ruling,
            reasons: decision.reasons.iter().map(Into::into).collect(),
            cost: decision.cost,
            undo_until: decision.undo_until_ms.map(Timestamp),
            ai_assisted: provenance.map(|one| one.to_string()),
        }
    }
}
