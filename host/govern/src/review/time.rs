//! Claims, due times and escalation of reviews.

use tollgate_model::{ClaimEvent, Digest, Gate, Person, RoleHolder};

use super::{HeldRun, ReviewRuleError, is_escalated_at_once};

/// Duration of a claim if the gate sets none: long enough for one careful review.
const CLAIM_MS_DEFAULT: u64 = 30 * 60 * 1000;

/// Returns an error if somebody else has a valid claim on the run.
pub(super) fn check_claim(held: &HeldRun, person: &Person, now_ms: u64) -> Option<ReviewRuleError> {
    let claim =
        held.claim.as_ref().filter(|claim| now_ms < claim.until_ms && claim.by != *person)?;
    Some(ReviewRuleError::Claimed { by: claim.by.clone(), until_ms: claim.until_ms })
}

/// Claims a review for one person until the claim expires.
pub fn claim_review(
    gate: &Gate,
    run: Digest,
    held: &HeldRun,
    by: &Person,
    now_ms: u64,
) -> Result<ClaimEvent, ReviewRuleError> {
    if let Some(error) = check_claim(held, by, now_ms) {
        return Err(error);
    }
    let claim_ms = gate.review.claim.map_or(CLAIM_MS_DEFAULT, |span| span.as_ms());
    Ok(ClaimEvent { run, by: by.clone(), until_ms: now_ms.saturating_add(claim_ms) })
}

/// Returns the time by which a held run has to be reviewed, or `None` if the gate has no SLA.
pub fn review_due_ms(gate: &Gate, held_at_ms: u64) -> Option<u64> {
    Some(held_at_ms.saturating_add(gate.review.sla?.as_ms()))
}

/// Returns how many steps a run was escalated: one for each SLA that passed, one for each
/// escalation by a reviewer, and one if the gate escalates it at once.
pub fn escalation_steps(gate: &Gate, held: &HeldRun, now_ms: u64) -> u32 {
    let waited_ms = now_ms.saturating_sub(held.held_at_ms);
    // `max` guards against a division by zero.
    let overdue_steps = gate.review.sla.map_or(0, |sla| waited_ms / sla.as_ms().max(1));
    let at_once = u32::from(is_escalated_at_once(gate, &held.decision.reasons));
    let overdue_steps = u32::try_from(overdue_steps).unwrap_or(u32::MAX);
    held.escalations.saturating_add(at_once).saturating_add(overdue_steps)
}

/// Returns the holder that an escalated run is with now; `None` if it is not escalated.
pub fn escalation_holder<'g>(
    gate: &'g Gate,
    held: &HeldRun,
    now_ms: u64,
) -> Option<&'g RoleHolder> {
    holder_at_step(gate, escalation_steps(gate, held, now_ms).checked_sub(1)?)
}

/// Returns the holder at a step of the escalation path. The last holder keeps the run.
pub(super) fn holder_at_step(gate: &Gate, step: u32) -> Option<&RoleHolder> {
    let path = &gate.review.escalate_to;
    path.get(usize::try_from(step).unwrap_or(usize::MAX)).or(path.last())
}
