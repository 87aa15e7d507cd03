//! What speaks against a review, and what to do about it.

use tollgate_govern::review::Refusal;
use tollgate_model::{Cause, Digest, Words};

/// What speaks against a review.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Against {
    #[error(transparent)]
    Rule(Refusal),
    #[error("it does not wait any more: event {0} closed it")]
    Closed(u64),
    #[error("the checklist of the gate has no `{0}`: it has {1}")]
    NoSuchItem(Words, String),
    #[error(
        "of this output nothing but its digest is kept: give it with `--subject FILE`, as JSON with `text`, `json` \
         or `action`, and `prompt` and `context` as they were"
    )]
    NotKept,
    #[error("this is another output: its digest is {given}, and that of the run is {wanted}")]
    OtherSubject { given: Digest, wanted: Digest },
    #[error(
        "the gate has changed since this was judged, and of the output only what is not personal is kept, so it cannot \
         be judged again: give it with `--subject FILE`, or put it through `tollgate check` again and reject this one"
    )]
    Changed,
    #[error(
        "what the contracts said of it was erased, so nobody knows what they would approve: put it through `tollgate \
         check` again, and reject this one"
    )]
    DetailsGone,
    #[error("it would be held all the same: {0}")]
    StillHeld(Cause),
    #[error("nothing was edited: `--approve` lets it out as it is")]
    NotEdited,
    #[error("the edited {0} is no JSON: {1}")]
    NoJson(&'static str, String),
    #[error("the output has gone out: approve it, or say with `--reject` that it should not have")]
    AfterTheFact,
}
