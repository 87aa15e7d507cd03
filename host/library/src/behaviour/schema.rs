//! Whether every configuration that fitted still fits.

use serde_json::{Map, Value};

use super::Difference;
use crate::Bump;

/// What is only told.
const TOLD: [&str; 5] = ["description", "title", "examples", "format", "$schema"];
/// Bounds below, which admit more when they fall.
const LEAST: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/// Bounds above, which admit more when they rise.
const MOST: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

/// Compares two schemas of what stands at a place.
pub(super) fn compare(at: &str, old: &Value, new: &Value, found: &mut Vec<Difference>) {
    let (old, new) = (bare(old), bare(new));
    if old == new {
        return;
    }
    let place = if at.is_empty() { "the configuration".into() } else { format!("`{at}`") };
    match (old.as_object(), new.as_object()) {
        (Some(old), Some(new)) if is_object(old) && is_object(new) => {
            members(at, old, new, found);
        }
        (Some(old), Some(new)) if differ_in_default(old, new) => {
            found.push(Difference::new(Bump::Minor, format!("the default of {place} is another")));
        }
        (Some(old), Some(new)) if admits_more(old, new) => {
            found.push(Difference::new(Bump::Minor, format!("{place} may be more than before")));
        }
        _ => found.push(Difference::new(
            Bump::Major,
            format!("{place} has another schema, and what fitted may not fit"),
        )),
    }
}

fn members(
    at: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    let none = Map::new();
    let properties = |schema: &'_ Map<String, Value>| {
        schema.get("properties").and_then(Value::as_object).cloned()
    };
    let (before, after) =
        (properties(old).unwrap_or(none.clone()), properties(new).unwrap_or(none));
    let required = |schema: &Map<String, Value>, name: &str| {
        let list = schema.get("required").and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|one| one == name))
    };
    for (name, schema) in &before {
        let place = format!("{at}/{name}");
        match after.get(name) {
            Some(now) => compare(&place, schema, now, found),
            None => found.push(Difference::new(Bump::Major, format!("`{place}` is gone"))),
        }
    }
    for name in after.keys() {
        let place = format!("{at}/{name}");
        let (was_there, must) = (before.contains_key(name), required(new, name));
        if must && !required(old, name) {
            found.push(Difference::new(Bump::Major, format!("`{place}` is newly required")));
        } else if !was_there {
            found.push(Difference::new(Bump::Minor, format!("`{place}` is new")));
        } else if !must && required(old, name) {
            found.push(Difference::new(Bump::Minor, format!("`{place}` may be left out")));
        }
    }
    let rest = |schema: &Map<String, Value>| {
        let mut schema = schema.clone();
        schema.retain(|key, _| key != "properties" && key != "required");
        schema
    };
    if rest(old) != rest(new) {
        let place = if at.is_empty() { "the configuration".into() } else { format!("`{at}`") };
        let what = format!("{place} has another schema, and what fitted may not fit");
        found.push(Difference::new(Bump::Major, what));
    }
}

fn is_object(schema: &Map<String, Value>) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object") && schema.contains_key("properties")
}

fn differ_in_default(old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
    without_default(old) == without_default(new)
}

fn without_default(schema: &Map<String, Value>) -> Map<String, Value> {
    let mut schema = schema.clone();
    schema.remove("default");
    schema
}

/// Only bounds that moved apart, and choices that were added.
fn admits_more(old: &Map<String, Value>, new: &Map<String, Value>) -> bool {
    let keys = old.keys().chain(new.keys()).filter(|key| *key != "default");
    keys.into_iter().all(|key| match (old.get(key), new.get(key)) {
        (before, now) if before == now => true,
        (Some(_), None) => LEAST.contains(&key.as_str()) || MOST.contains(&key.as_str()),
        (Some(before), Some(now)) if LEAST.contains(&key.as_str()) => falls(before, now),
        (Some(before), Some(now)) if MOST.contains(&key.as_str()) => falls(now, before),
        (Some(Value::Array(before)), Some(Value::Array(now))) if key == "enum" => {
            before.iter().all(|choice| now.contains(choice))
        }
        _ => false,
    })
}

fn falls(before: &Value, now: &Value) -> bool {
    before.as_f64().zip(now.as_f64()).is_some_and(|(before, now)| now <= before)
}

/// Without what is only told, at every depth where a schema stands.
fn bare(schema: &Value) -> Value {
    let Value::Object(members) = schema else { return schema.clone() };
    let told = |name: &str, value: &Value| TOLD.contains(&name) && value.is_string();
    let kept = members.iter().filter(|(name, value)| !told(name, value));
    let inner = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("properties" | "$defs", Value::Object(schemas)) => Value::Object(
                schemas.iter().map(|(name, schema)| (name.clone(), bare(schema))).collect(),
            ),
            ("default" | "enum" | "const", value) => value.clone(),
            (_, value) => bare(value),
        };
        (name.clone(), value)
    };
    Value::Object(kept.map(inner).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn config(properties: Value, required: &[&str]) -> Value {
        json!({
            "type": "object", "additionalProperties": false,
            "properties": properties, "required": required,
        })
    }

    fn check(old: &Value, new: &Value, wanted: &[(Bump, &str)]) {
        let mut found = Vec::new();
        compare("", old, new, &mut found);
        let got: Vec<_> = found.iter().map(|one| (one.bump, one.what.as_str())).collect();
        assert_eq!(got.len(), wanted.len(), "{got:?}");
        for ((bump, what), (wanted, words)) in got.iter().zip(wanted) {
            assert!(bump == wanted && what.contains(words), "{got:?}");
        }
    }

    #[test]
    fn members_come_and_go() {
        let one = config(json!({"max": {"type": "integer", "description": "so many"}}), &["max"]);
        let told = config(json!({"max": {"type": "integer", "description": "as many"}}), &["max"]);
        check(&one, &told, &[]);
        let two = |required: &[&str]| {
            config(json!({"max": {"type": "integer"}, "min": {"type": "integer"}}), required)
        };
        check(&one, &two(&["max"]), &[(Bump::Minor, "`/min` is new")]);
        check(&one, &two(&["max", "min"]), &[(Bump::Major, "`/min` is newly required")]);
        check(
            &one,
            &config(json!({"max": {"type": "integer"}}), &[]),
            &[(Bump::Minor, "may be left out")],
        );
        check(&two(&["max"]), &one, &[(Bump::Major, "`/min` is gone")]);
    }

    #[test]
    fn bounds_move() {
        let bounded = |bound: Value| config(json!({"max": bound}), &[]);
        let old = bounded(json!({"type": "integer", "minimum": 1, "maximum": 10}));
        for (bound, bump) in [
            (json!({"type": "integer", "minimum": 0, "maximum": 10}), Bump::Minor),
            (json!({"type": "integer", "minimum": 1, "maximum": 11}), Bump::Minor),
            (json!({"type": "integer", "maximum": 10}), Bump::Minor),
            (json!({"type": "integer", "minimum": 2, "maximum": 10}), Bump::Major),
            (json!({"type": "integer", "minimum": 1, "maximum": 9}), Bump::Major),
            (json!({"type": "integer", "minimum": 0, "maximum": 9}), Bump::Major),
            (json!({"type": "number", "minimum": 1, "maximum": 10}), Bump::Major),
            (json!({"type": "integer", "minimum": 1, "maximum": 10, "default": 2}), Bump::Minor),
        ] {
            check(&old, &bounded(bound.clone()), &[(bump, "/max")]);
        }
        let choice = |choices: Value| bounded(json!({"enum": choices}));
        check(&choice(json!(["a"])), &choice(json!(["a", "b"])), &[(Bump::Minor, "more than")]);
        check(&choice(json!(["a", "b"])), &choice(json!(["a"])), &[(Bump::Major, "may not fit")]);
    }

    #[test]
    fn what_cannot_be_told_is_major() {
        let old = config(json!({}), &[]);
        let mut new = old.clone();
        new["additionalProperties"] = json!({"type": "string"});
        check(&old, &new, &[(Bump::Major, "another schema")]);
        check(&json!(true), &old, &[(Bump::Major, "another schema")]);
    }
}
