//! One spelling for every JSON value, so that equal values have equal digests.

use serde_json::{Map, Value};

/// Object members in the order of their names, no white space.
pub fn canonical_json(value: &Value) -> String {
    in_order(value).to_string()
}

/// The same value, its members in the order of their names. It sorts by itself: `serde_json`
/// keeps insertion order as soon as any crate of a build asks it to.
pub fn in_order(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members = members.into_iter().map(|(name, value)| (name.clone(), in_order(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(in_order).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_in_order_at_every_depth() {
        let value = serde_json::from_str(r#"{"b": [{"d": 1.0, "c": 2}], "a": "ä"}"#).unwrap();
        assert_eq!(canonical_json(&value), r#"{"a":"ä","b":[{"c":2,"d":1.0}]}"#);
    }
}
