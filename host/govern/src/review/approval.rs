//! The effect of an approval on a decision.

use tollgate_model::{LiftScope, Person, ReasonKind};

use crate::{DecisionInput, OutputApproval, Reasons};

/// Lifts the holds that an approval covers, if enough eligible people approved this exact output.
pub(crate) fn lift_approved_holds(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let Some(approval) = &input.state.approval else { return };
    // The gate may have become stricter since the approvals were given, and an edited text has reasons of its own.
    let required =
        approval.required_approvals.max(super::required_approvals(input.gate, reasons.as_slice()));
    let by = counting_approvers(input, approval);
    if by.len() < usize::from(required) {
        let count = u32::try_from(by.len()).unwrap_or(u32::MAX);
        return reasons
            .add(ReasonKind::ApprovalsMissing { approved: count, required: required.into() });
    }
    let edited = approval.edited;
    reasons.lift_holds(|kind| match kind.lift_scope() {
        LiftScope::Never => false,
        LiftScope::AsSeen => !edited,
        LiftScope::Edited => true,
    });
    reasons.add(ReasonKind::Approved { by });
}

/// Returns the distinct people whose approval counts: not the authors, and not those in `may-not`.
fn counting_approvers(input: &DecisionInput<'_>, approval: &OutputApproval) -> Vec<Person> {
    if approval.subject != input.facts.subject {
        return Vec::new();
    }
    let gate = input.gate;
    let is_eligible = |person: &&Person| {
        gate.author.as_ref() != Some(*person)
            && input.facts.author.as_ref() != Some(*person)
            && !gate.review.may_not.contains(person)
    };
    let mut by: Vec<Person> = approval.by.iter().filter(is_eligible).cloned().collect();
    by.sort();
    by.dedup();
    by
}
