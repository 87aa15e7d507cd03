//! What is not there any more, told as that: erased by whom and why, not kept, or missing. Nothing
//! of it is ever shown as empty.

use tollgate_ledger::{Part, Recorded as Event, View};
use tollgate_model::What;

use super::words::line;
use crate::{moments, recorded};

/// What became of a part of an event that is not there; nothing, where it is.
pub(super) fn gone(
    view: &View,
    event: &Event,
    is_it: impl Fn(Part) -> bool,
) -> anyhow::Result<Option<String>> {
    let held = event.contents.iter().find(|held| is_it(held.part));
    let Some(held) = held.filter(|held| event.erased.contains(&held.digest)) else {
        return Ok(None);
    };
    let Some(seq) = view.erased_in(held.digest)? else {
        return Ok(Some(
            "missing, and no event says that it was erased: `tollgate log verify`".into(),
        ));
    };
    let erasing = recorded::event_at(view, seq)?;
    let told = erasing.as_ref().and_then(|erasing| match &erasing.event.what {
        What::Erasure(erasure) => Some(format!(
            "erased in event {seq} ({}), by {}: {}",
            moments::shown(erasing.event.at_ms),
            erasure.by,
            erasure.reason
        )),
        _ => None,
    });
    Ok(Some(line(&told.unwrap_or_else(|| format!("erased in event {seq}")))))
}

/// Whether a part is the output.
pub(super) fn is_output(part: Part) -> bool {
    matches!(part, Part::Subject | Part::MaskedSubject)
}

/// Whether a part is what contracts, the host and the rules said.
pub(super) fn is_details(part: Part) -> bool {
    part == Part::Details
}
