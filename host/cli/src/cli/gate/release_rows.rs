//! Rows that show which release of a gate is active, what is locked, and how they differ.

use serde_json::{Value, json};
use tollgate::gate::ReleaseStatus;
use tollgate::lookup::short_digest;

/// Returns the rows for people.
pub(super) fn release_rows(status: &ReleaseStatus, gate: &str) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.push(match &status.active {
        Some(active) => ("release", format!("{} is active", short_digest(active))),
        None => ("release", format!("none is active: run `tollgate release {gate} --by NAME`")),
    });
    match (&status.locked, &status.active) {
        (Err(error), _) => rows.push(("locked", format!("cannot be loaded: {error:#}"))),
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

pub(super) fn release_json(status: &ReleaseStatus) -> Value {
    let differences: Vec<_> = status.differences.iter().map(ToString::to_string).collect();
    json!({
        "active": status.active,
        "locked": status.locked.as_ref().ok(),
        "locked-error": status.locked.as_ref().err().map(|error| format!("{error:#}")),
        "differences": differences,
    })
}
