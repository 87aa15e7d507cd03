//! Reviews and time: who has taken one, by when it is due, and who has it when it is late.

use tollgate_model::{Claim, Digest, Gate, Holder, Person};

use super::{HeldRun, Refusal, goes_up_at_once};

/// How long a review belongs to who took it, where the gate says nothing: a look and a coffee.
const CLAIM_MS_DEFAULT: u64 = 30 * 60 * 1000;

/// A review that somebody else has taken is theirs for a while.
pub(super) fn claimed(held: &HeldRun, person: &Person, now_ms: u64) -> Option<Refusal> {
    let claim =
        held.claim.as_ref().filter(|claim| now_ms < claim.until_ms && claim.by != *person)?;
    Some(Refusal::Claimed { by: claim.by.clone(), until_ms: claim.until_ms })
}

/// Takes a review for a while.
pub fn claim(
    gate: &Gate,
    run: Digest,
    held: &HeldRun,
    by: &Person,
    now_ms: u64,
) -> Result<Claim, Refusal> {
    if let Some(refusal) = claimed(held, by, now_ms) {
        return Err(refusal);
    }
    let claim_ms = gate.review.claim.map_or(CLAIM_MS_DEFAULT, |span| span.ms());
    Ok(Claim { run, by: by.clone(), until_ms: now_ms.saturating_add(claim_ms) })
}

/// By when a run that is held has to be reviewed.
pub fn due_ms(gate: &Gate, held_at_ms: u64) -> Option<u64> {
    Some(held_at_ms.saturating_add(gate.review.sla?.ms()))
}

/// How far up a run has gone: once for each time that the SLA has passed, and each time that
/// somebody handed it on.
pub fn steps_escalated(gate: &Gate, held: &HeldRun, now_ms: u64) -> u32 {
    let waited_ms = now_ms.saturating_sub(held.held_at_ms);
    let late = gate.review.sla.map_or(0, |sla| waited_ms / sla.ms().max(1));
    let at_once = u32::from(goes_up_at_once(gate, &held.decision.reasons));
    let late = u32::try_from(late).unwrap_or(u32::MAX);
    held.escalated.saturating_add(at_once).saturating_add(late)
}

/// Who has it now, where it has gone up.
pub fn escalated_to<'g>(gate: &'g Gate, held: &HeldRun, now_ms: u64) -> Option<&'g Holder> {
    step_of_path(gate, steps_escalated(gate, held, now_ms).checked_sub(1)?)
}

/// The last of the path has to decide, however late it is.
pub(super) fn step_of_path(gate: &Gate, step: u32) -> Option<&Holder> {
    let path = &gate.review.escalate_to;
    path.get(usize::try_from(step).unwrap_or(usize::MAX)).or(path.last())
}
