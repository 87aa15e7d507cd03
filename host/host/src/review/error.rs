//! The reasons against a review.

use tollgate_govern::review::ReviewRuleError;
use tollgate_model::{Digest, NonBlankString, ReasonKind};

/// A reason against a review.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    #[error(transparent)]
    Rule(ReviewRuleError),
    #[error("an incident names this output: `{0}`")]
    NamedByIncident(NonBlankString),
    #[error("the run is not waiting any more: event {0} closed it")]
    Closed(u64),
    #[error("the gate's checklist has no item `{0}`: it has {1}")]
    UnknownChecklistItem(NonBlankString, String),
    #[error("only the digest of this output is kept, so the reviewer has to provide the output")]
    OutputNotKept,
    #[error("this is a different output: its digest is {provided}, but the run's is {expected}")]
    SubjectMismatch { provided: Digest, expected: Digest },
    #[error(
        "the gate has changed since this output was judged, and it was kept without its personal data, so it cannot be \
         judged again"
    )]
    GateChanged,
    #[error("the reports on this output were erased, so a reviewer cannot know what to approve")]
    DetailsErased,
    #[error("the output would still be held: {0}")]
    StillHeld(ReasonKind),
    #[error("nothing was edited")]
    NothingEdited,
    #[error("the edited {0} is not valid JSON: {1}")]
    InvalidJson(&'static str, String),
    #[error("the output has already gone out, so an audit can only approve or reject it")]
    NotAnAuditAction,
}
