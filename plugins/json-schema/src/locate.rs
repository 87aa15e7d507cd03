//! Where something stands in the configuration, for messages that point at it.

use serde_json::Value;
use tollgate_sdk::Pointer;

/// The pointer to `target`, which is part of `root`, which stands at `at`.
pub(crate) fn value(root: &Value, target: &Value, at: &Pointer) -> Pointer {
    let found = member(root, at, &|_, value| std::ptr::eq(value, target));
    found.unwrap_or_else(|| at.clone())
}

/// The first value below `root` whose name, where it has one, and self fit.
pub(crate) fn member(
    root: &Value,
    at: &Pointer,
    fits: &dyn Fn(&str, &Value) -> bool,
) -> Option<Pointer> {
    let step = |name: &str, value, at: Pointer| {
        if fits(name, value) { Some(at) } else { member(value, &at, fits) }
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
    fn a_value_is_found_and_not_one_that_equals_it() {
        let root = json!({"a": [1, {"x": 1}], "b": {"x": 1}});
        let at = Pointer::root().key("schema");
        assert_eq!(value(&root, &root["b"], &at).to_string(), "/schema/b");
        assert_eq!(value(&root, &root["a"][1], &at).to_string(), "/schema/a/1");
        assert_eq!(value(&root, &root, &at).to_string(), "/schema");
    }

    #[test]
    fn a_member_is_found_by_its_name() {
        let root = json!({"a": ["x"], "b/c": [{"$ref": "x"}]});
        let found = member(&root, &Pointer::root(), &|name, value| name == "$ref" && value == "x");
        assert_eq!(found.map(|pointer| pointer.to_string()), Some("/b~1c/0/$ref".into()));
    }
}
