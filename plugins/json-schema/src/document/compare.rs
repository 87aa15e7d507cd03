//! Equality as JSON Schema defines it: numbers by value, objects in any order. Also
//! converts values to those of serde_json where only these will do.

use jsonschema::json::{Node as _, cmp, unique};

use super::{ArrayItems, Node, Value};

/// Up to this number of items, comparing all pairs is faster than hashing.
const PAIRWISE_ITEMS_MAX: usize = 15;

pub(super) fn equals_value(left: Node, right: &serde_json::Value) -> bool {
    use serde_json::Value as Right;
    match (left.value(), right) {
        (Value::Null, Right::Null) => true,
        (Value::Boolean(left), Right::Bool(right)) => left == right,
        (Value::Number(left), Right::Number(right)) => cmp::equal_numbers(left, right),
        (Value::String(left), Right::String(right)) => left == right,
        (Value::Array(extent), Right::Array(items)) => {
            extent.count == items.len()
                && left.items().zip(items).all(|(left, right)| equals_value(left, right))
        }
        (Value::Object(extent), Right::Object(members)) => {
            let same = |(name, left): (&str, Node)| {
                members.get(name).is_some_and(|right| equals_value(left, right))
            };
            extent.count == members.len() && left.members().all(same)
        }
        _ => false,
    }
}

/// Checks `uniqueItems`. Lists of strings are by far the most common, and need no copy.
pub(super) fn are_unique(items: ArrayItems) -> bool {
    let few = items.clone().take(PAIRWISE_ITEMS_MAX + 1);
    let words: Option<Vec<_>> = few.map(|item| item.as_string()).collect();
    match words {
        Some(words) if words.len() == items.left => {
            let earlier = |(at, word)| words.iter().take(at).any(|other| other == word);
            !words.iter().enumerate().any(earlier)
        }
        _ => unique::is_unique(&items.map(to_value).collect::<Vec<_>>()),
    }
}

pub(super) fn to_value(node: Node) -> serde_json::Value {
    match node.value() {
        Value::Null => serde_json::Value::Null,
        Value::Boolean(boolean) => (*boolean).into(),
        Value::Number(number) => number.clone().into(),
        Value::String(string) => string.as_ref().into(),
        Value::Array(_) => node.items().map(to_value).collect(),
        Value::Object(_) => node.members().map(|(name, value)| (name, to_value(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use serde_json::json;

    #[test]
    fn compares_numbers_by_value_and_objects_in_any_order() {
        let equals = |text: &str, value| equals_value(parse(text).unwrap().root(), &value);
        assert!(equals("[1.0, {\"b\": 2, \"a\": null}]", json!([1, {"a": null, "b": 2.0}])));
        assert!(!equals("{\"a\": 1}", json!({"a": 1, "b": 1})));
        assert!(!equals("{\"a\": 1, \"c\": 1}", json!({"a": 1, "b": 1})));
        assert!(!equals("true", json!(1)));
        assert!(!equals("[1]", json!([1, 1])));
        assert!(!equals("[[1], 2]", json!([[1], 3])));
    }

    #[test]
    fn detects_equal_items() {
        let differ = |text: &str| are_unique(parse(text).unwrap().root().items());
        let many = |last: &str| {
            let words: Vec<_> = (0..40).map(|word| format!("\"w{word}\"")).collect();
            format!("[{}, \"{last}\"]", words.join(","))
        };
        assert!(differ("[]") && differ("[\"a\", \"b\"]") && differ("[1, true, \"1\", [1]]"));
        assert!(!differ("[\"a\", \"b\", \"a\"]") && !differ("[1, 1.0]") && !differ("[{}, {}]"));
        assert!(differ(&many("w40")) && !differ(&many("w0")));
    }

    #[test]
    fn converts_to_the_same_value() {
        let text = r#"{"b": [1, [2.5, []], -3, "x\n", {"c": null}, true], "a": {}, "": "z"}"#;
        let copy: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(to_value(parse(text).unwrap().root()), copy);
    }
}
