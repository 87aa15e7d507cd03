//! Comparison of configuration schemas: every configuration that was valid should stay valid.

use serde_json::Value;

use super::ContractChange;
use crate::Bump;
use crate::schema::{SchemaChange, SchemaChangeKind, compare_schemas};

/// Returns the differences between the configurations that two versions accept.
pub(super) fn compare_configurations(
    old: &Value,
    new: &Value,
) -> impl Iterator<Item = ContractChange> {
    compare_schemas(old, new).into_iter().filter_map(to_contract_change)
}

fn to_contract_change(SchemaChange { path, kind }: SchemaChange) -> Option<ContractChange> {
    let place = match path.as_slice() {
        [] => "the configuration".into(),
        path => format!("`/{}`", path.join("/")),
    };
    let (bump, what) = match kind {
        // A new description alone needs no bump: the component's digest changes anyway.
        SchemaChangeKind::Described => return None,
        SchemaChangeKind::Default => (Bump::Minor, "has a new default".into()),
        SchemaChangeKind::Removed => (Bump::Major, "was removed".into()),
        SchemaChangeKind::Added { required: true } => (Bump::Major, "is new and required".into()),
        SchemaChangeKind::Added { required: false } => (Bump::Minor, "is new".into()),
        SchemaChangeKind::Required => (Bump::Major, "is required now".into()),
        SchemaChangeKind::Optional => (Bump::Minor, "is optional now".into()),
        SchemaChangeKind::Constraints { old, new, admits_more: true } => {
            (Bump::Minor, format!("changed from {old} to {new}, which accepts more"))
        }
        SchemaChangeKind::Constraints { old, new, admits_more: false } => (
            Bump::Major,
            format!("changed from {old} to {new}: valid configurations may be rejected"),
        ),
    };
    Some(ContractChange::new(bump, format!("{place} {what}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(old: Value, new: Value, bump: Bump, expected: &str) {
        let config = |max: Value| json!({"type": "object", "properties": {"max": max}});
        let changes: Vec<_> = compare_configurations(&config(old), &config(new)).collect();
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(
            changes[0].bump == bump && changes[0].description.contains(expected),
            "{changes:?}"
        );
    }

    #[test]
    fn rates_narrower_and_wider_configurations() {
        let (ten, nine) = (json!({"maximum": 10}), json!({"maximum": 9}));
        check(ten.clone(), nine.clone(), Bump::Major, "`/max` changed from");
        check(nine, ten, Bump::Minor, "which accepts more");
        check(json!({"default": 1}), json!({"default": 2}), Bump::Minor, "new default");
        let described = |expected: &str| json!({"description": expected});
        assert_eq!(compare_configurations(&described("one"), &described("other")).count(), 0);
    }
}
