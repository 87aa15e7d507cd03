//! Rows that show which release of a gate is active, which one would be published, and how they differ.

use tollgate::gate::ReleaseStatus;
use tollgate::lookup::short_digest;
use tollgate_api::join_causes;

use crate::hints;

/// Returns the rows for people. The row of the files shows the gate file with the packages that the lock pins.
pub(super) fn release_rows(status: &ReleaseStatus, gate: &str) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    rows.push(match &status.active {
        Some(active) => ("release", format!("{} is active", short_digest(active))),
        None => ("release", format!("none is active: run `tollgate release {gate} --by NAME`")),
    });
    match (&status.locked, &status.active) {
        (Err(error), _) => {
            let causes = join_causes(error);
            rows.push(("files", format!("cannot be loaded: {causes}")));
            rows.extend(hints::first_hint(error).map(|hint| ("", hint)));
        }
        (Ok(locked), Some(active)) if locked == active => {
            rows.push(("files", "as in the active release".into()));
        }
        (Ok(locked), _) => {
            rows.push(("files", format!("release {} is not active", short_digest(locked))))
        }
    }
    rows.extend(status.differences.iter().map(|difference| ("", difference.to_string())));
    rows
}
