//! Why a review is refused, and what to do.

use tollgate_model::{Cause, Person, Ruling, Words};

/// Why a review is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing to review.
    #[error("the run is not held: it was decided `{0}`")]
    NotHeld(Ruling),
    /// They wrote it themselves.
    #[error("{0} wrote it, and authors do not approve their own work: somebody else has to")]
    Author(Person),
    /// The gate says that they may not.
    #[error("{0} may not review at this gate (`may-not`)")]
    MayNot(Person),
    /// They have approved already.
    #[error("{0} has approved it already: the second reviewer is another person")]
    SamePerson(Person),
    /// They are no reviewer of the gate.
    #[error("{0} is no reviewer of this gate: `[review]` names them, by name or by role")]
    NotAReviewer(Person),
    /// It went up at once.
    #[error("it was escalated at once, and {0} is nobody that it goes to (`escalate-to`)")]
    NotEscalatedTo(Person),
    /// Somebody else has taken it.
    #[error("{by} has taken it, until {until_ms} (milliseconds since 1970)")]
    Claimed {
        /// Who.
        by: Person,
        /// Until when.
        until_ms: u64,
    },
    /// A question is open.
    #[error("`{0}` is not answered: {1}")]
    NotAnswered(Words, Words),
    /// An answer does not do.
    #[error("`{item}` takes the answer `{wanted}` to approve, and the answer is `{given}`")]
    OtherAnswer {
        /// Which question.
        item: Words,
        /// The answer that it takes.
        wanted: Words,
        /// The answer that was given.
        given: Words,
    },
    /// There is no evidence.
    #[error("`{0}` takes evidence: say what you looked at")]
    NoEvidence(Words),
    /// Something holds it that no review takes away.
    #[error("no approval does for this: {0}")]
    CannotBeApproved(Box<Cause>),
}
