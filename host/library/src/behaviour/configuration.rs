//! Whether every configuration that fitted still fits.

use serde_json::Value;

use super::Difference;
use crate::Bump;
use crate::schema::{Change, Kind, compare};

/// In which ways a contract takes other configurations.
pub(super) fn configuration(old: &Value, new: &Value) -> impl Iterator<Item = Difference> {
    compare(old, new).into_iter().filter_map(difference)
}

fn difference(Change { path, kind }: Change) -> Option<Difference> {
    let place = match path.as_slice() {
        [] => "the configuration".into(),
        path => format!("`/{}`", path.join("/")),
    };
    let (bump, what) = match kind {
        // The manifest is part of the bytes, and those are others anyway.
        Kind::Described => return None,
        Kind::Default => (Bump::Minor, "is something else where it is left out".into()),
        Kind::Gone => (Bump::Major, "is gone".into()),
        Kind::New { required: true } => (Bump::Major, "is new and required".into()),
        Kind::New { required: false } => (Bump::Minor, "is new".into()),
        Kind::Required => (Bump::Major, "is required now".into()),
        Kind::Optional => (Bump::Minor, "may be left out now".into()),
        Kind::Other { old, new, admits_more: true } => {
            (Bump::Minor, format!("was {old} and is {new}, which is more"))
        }
        Kind::Other { old, new, admits_more: false } => {
            (Bump::Major, format!("was {old} and is {new}: what fitted may not fit"))
        }
    };
    Some(Difference::new(bump, format!("{place} {what}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(old: Value, new: Value, bump: Bump, words: &str) {
        let config = |max: Value| json!({"type": "object", "properties": {"max": max}});
        let found: Vec<_> = configuration(&config(old), &config(new)).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].bump == bump && found[0].what.contains(words), "{found:?}");
    }

    #[test]
    fn what_is_taken_and_no_longer_taken() {
        let (ten, nine) = (json!({"maximum": 10}), json!({"maximum": 9}));
        check(ten.clone(), nine.clone(), Bump::Major, "`/max` was");
        check(nine, ten, Bump::Minor, "which is more");
        check(json!({"default": 1}), json!({"default": 2}), Bump::Minor, "left out");
        let told = |words: &str| json!({"description": words});
        assert_eq!(configuration(&told("one"), &told("other")).count(), 0);
    }
}
