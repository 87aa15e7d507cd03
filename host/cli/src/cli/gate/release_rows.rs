//! Rows that show which release of a gate is active, what is locked, and how they differ.

use tollgate::gate::ReleaseStatus;
use tollgate::lookup::short_digest;

use crate::{console, hints};

/// Returns the rows for people.
pub(super) fn release_rows(status: &ReleaseStatus, gate: &str) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.push(match &status.active {
        Some(active) => ("release", format!("{} is active", short_digest(active))),
        None => ("release", format!("none is active: run `tollgate release {gate} --by NAME`")),
    });
    match (&status.locked, &status.active) {
        (Err(error), _) => {
            let causes = console::join_causes(error);
            rows.push(("locked", format!("cannot be loaded: {causes}")));
            rows.extend(hints::first_hint(error).map(|hint| ("", hint)));
        }
        (Ok(locked), Some(active)) if locked == active => {
            rows.push(("locked", "the active release".into()));
        }
        (Ok(locked), _) => {
            rows.push(("locked", format!("{} is not released", short_digest(locked))))
        }
    }
    rows.extend(status.differences.iter().map(|difference| ("", difference.to_string())));
    rows
}
