//! What an approval does to a decision.

use tollgate_model::{Cause, Lift, Person};

use crate::{Approved, Case, Reasons};

/// Takes the hold off what people approved: this very output, enough of them, none its author.
pub(crate) fn lift(case: &Case<'_>, reasons: &mut Reasons) {
    let Some(approved) = &case.state.approved else { return };
    let wanted = approved.people_wanted.max(case.gate.review.count.unwrap_or(1)).max(1);
    let by = who_counts(case, approved);
    if by.len() < usize::from(wanted) {
        let count = u32::try_from(by.len()).unwrap_or(u32::MAX);
        return reasons.add(Cause::ApprovalUnfit { approved: count, wanted: wanted.into() });
    }
    let edited = approved.edited;
    reasons.lift(|cause| match cause.lift() {
        Lift::Never => false,
        Lift::AsSeen => !edited,
        Lift::Edited => true,
    });
    reasons.add(Cause::Approved { by });
}

/// Different people, none of whom may not.
fn who_counts(case: &Case<'_>, approved: &Approved) -> Vec<Person> {
    if approved.subject != case.facts.subject {
        return Vec::new();
    }
    let gate = case.gate;
    let may = |person: &&Person| {
        gate.author.as_ref() != Some(*person)
            && case.facts.author.as_ref() != Some(*person)
            && !gate.review.may_not.contains(person)
    };
    let mut by: Vec<Person> = approved.by.iter().filter(may).cloned().collect();
    by.sort();
    by.dedup();
    by
}
