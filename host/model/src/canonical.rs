//! Canonical JSON: one spelling for every value, so that equal values have equal digests.

use serde_json::{Map, Value};

/// Writes a value with sorted object members and without white space.
pub fn canonical_json(value: &Value) -> String {
    sort_members(value).to_string()
}

/// Returns the value with the members of every object sorted by name.
///
/// `serde_json` sorts only as long as no crate of the build enables its `preserve_order` feature, so
/// this function does not rely on it.
pub fn sort_members(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members =
                members.into_iter().map(|(name, value)| (name.clone(), sort_members(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(sort_members).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_members_at_every_depth() {
        let value = serde_json::from_str(r#"{"b": [{"d": 1.0, "c": 2}], "a": "ä"}"#).unwrap();
        assert_eq!(canonical_json(&value), r#"{"a":"ä","b":[{"c":2,"d":1.0}]}"#);
    }
}
