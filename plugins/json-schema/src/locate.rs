//! Finds the pointer of a value in the configuration, for error messages.

use serde_json::Value;
use tollgate_sdk::Pointer;

/// Returns the pointer to `target`, a part of `root`, which itself is at `at`.
pub(crate) fn locate_value(root: &Value, target: &Value, at: &Pointer) -> Pointer {
    let found = locate_member(root, at, &|_, value| std::ptr::eq(value, target));
    found.unwrap_or_else(|| at.clone())
}

/// Returns the pointer to the first value below `root` that `fits`. The first argument of
/// `fits` is the member's name, empty for items.
pub(crate) fn locate_member(
    root: &Value,
    at: &Pointer,
    fits: &dyn Fn(&str, &Value) -> bool,
) -> Option<Pointer> {
    let step = |name: &str, value, at: Pointer| {
        if fits(name, value) { Some(at) } else { locate_member(value, &at, fits) }
    };
    match root {
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| step("", item, at.clone().index(index)))
        }
        Value::Object(members) => {
            members.iter().find_map(|(name, value)| step(name, value, at.clone().key(name)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn locates_a_value_by_identity() {
        let root = json!({"a": [1, {"x": 1}], "b": {"x": 1}});
        let at = Pointer::root().key("schema");
        assert_eq!(locate_value(&root, &root["b"], &at).to_string(), "/schema/b");
        assert_eq!(locate_value(&root, &root["a"][1], &at).to_string(), "/schema/a/1");
        assert_eq!(locate_value(&root, &root, &at).to_string(), "/schema");
    }

    #[test]
    fn locates_a_member_by_name() {
        let root = json!({"a": ["x"], "b/c": [{"$ref": "x"}]});
        let found =
            locate_member(&root, &Pointer::root(), &|name, value| name == "$ref" && value == "x");
        assert_eq!(found.map(|pointer| pointer.to_string()), Some("/b~1c/0/$ref".into()));
    }
}
