//! Errors of reviews that break a rule of the gate.

use tollgate_model::{NonBlankString, Person, ReasonKind, Ruling, format_utc};

/// Objection to a review.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewRuleError {
    #[error("the run is not held: its decision is `{0}`")]
    NotHeld(Ruling),
    #[error("{0} is an author, and authors cannot approve their own work: ask another reviewer")]
    Author(Person),
    #[error("{0} may not review at this gate: the name is listed in `may-not`")]
    Excluded(Person),
    #[error("{0} has already approved this run: the second reviewer must be another person")]
    AlreadyApproved(Person),
    #[error("{0} is not a reviewer of this gate: `[review]` lists them by name and by role")]
    NotAReviewer(Person),
    /// Run was escalated, and only the escalation path may review it.
    #[error("the run was escalated, and {0} is not listed in `escalate-to`")]
    NotEscalatedTo(Person),
    #[error("{by} has claimed this run until {}", format_utc(*.until_ms))]
    Claimed { by: Person, until_ms: u64 },
    #[error("question `{0}` has no answer: {1}")]
    Unanswered(NonBlankString, NonBlankString),
    #[error("question `{item}` requires the answer `{required}`, but the answer is `{given}`")]
    WrongAnswer { item: NonBlankString, required: NonBlankString, given: NonBlankString },
    #[error("question `{0}` requires evidence: say what you looked at")]
    EvidenceMissing(NonBlankString),
    /// Run is held for a reason that no approval can lift.
    #[error("an approval cannot lift this reason: {0}")]
    CannotBeApproved(Box<ReasonKind>),
}
