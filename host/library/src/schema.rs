//! What two JSON Schemas admit, compared: whatever fitted the old one should fit the new one.
//!
//! Whether one schema admits all that another does cannot be told in general. Members, items,
//! bounds and choices are taken apart; of anything else that differs, what fitted may not fit.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// What is only told.
const TOLD: [&str; 2] = ["description", "title"];
/// Bounds below, which admit more when they fall.
const LEAST: [&str; 5] = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/// Bounds above, which admit more when they rise.
const MOST: [&str; 5] = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

/// One way in which they differ, at a place in what they describe.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// The names that lead there; of the items of a list, `0`.
    pub(crate) path: Vec<String>,
    pub(crate) kind: Kind,
}

/// In which way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Only what is told of it is another.
    Described,
    /// Only what it is where it is left out is another.
    Default,
    /// It may no longer be there.
    Gone,
    /// It may be there.
    New { required: bool },
    /// It may no longer be left out.
    Required,
    /// It may be left out.
    Optional,
    /// It is something else.
    Other { old: Value, new: Value, admits_more: bool },
}

/// In which ways they differ, from the outside to the inside.
pub(crate) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let mut comparison = Comparison { path: Vec::new(), changes: Vec::new() };
    comparison.schemas(old, new);
    comparison.changes
}

/// A schema without what is only told.
pub(crate) fn bare(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(name, value)| !(TOLD.contains(&name.as_str()) && value.is_string()));
            Value::Object(kept.map(|(name, value)| (name.clone(), bare(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(bare).collect()),
        other => other.clone(),
    }
}

struct Comparison {
    path: Vec<String>,
    changes: Vec<Change>,
}

impl Comparison {
    fn change(&mut self, kind: Kind) {
        self.changes.push(Change { path: self.path.clone(), kind });
    }

    /// The same further inside.
    fn within(&mut self, name: &str, compare: impl FnOnce(&mut Self)) {
        self.path.push(name.into());
        compare(self);
        self.path.pop();
    }

    fn schemas(&mut self, old: &Value, new: &Value) {
        let (bare_old, bare_new) = (bare(old), bare(new));
        let both = |name| is_type(&bare_old, name) && is_type(&bare_new, name);
        if bare_old == bare_new {
            if old.get("description") != new.get("description") {
                self.change(Kind::Described);
            }
            self.members(old, new);
        } else if both("object") {
            self.members(old, new);
            self.rest(&bare_old, &bare_new, &["properties", "required"]);
        } else if both("array") {
            let items = |schema: &Value| schema.get("items").cloned().unwrap_or(json!({}));
            self.within("0", |inside| inside.schemas(&items(old), &items(new)));
            self.rest(&bare_old, &bare_new, &["items"]);
        } else {
            self.rest(&bare_old, &bare_new, &[]);
        }
    }

    /// What is not taken apart further.
    fn rest(&mut self, old: &Value, new: &Value, apart: &[&str]) {
        let (old, new) = (without(old, apart), without(new, apart));
        let undefaulted = |schema: &Value| without(schema, &["default"]);
        if old == new {
            return;
        }
        if undefaulted(&old) == undefaulted(&new) {
            return self.change(Kind::Default);
        }
        let admits_more = admits_all_of(&undefaulted(&new), &undefaulted(&old));
        self.change(Kind::Other { old, new, admits_more });
    }

    fn members(&mut self, old: &Value, new: &Value) {
        let (before, after) = (names(old), names(new));
        for name in before.difference(&after) {
            self.within(name, |inside| inside.change(Kind::Gone));
        }
        for name in after.difference(&before) {
            let required = requires(new, name);
            self.within(name, |inside| inside.change(Kind::New { required }));
        }
        for name in before.intersection(&after) {
            let member = |schema: &Value| schema.get("properties")?.get(name).cloned();
            self.within(name, |inside| {
                match (requires(old, name), requires(new, name)) {
                    (false, true) => inside.change(Kind::Required),
                    (true, false) => inside.change(Kind::Optional),
                    _ => {}
                }
                if let (Some(old), Some(new)) = (member(old), member(new)) {
                    inside.schemas(&old, &new);
                }
            });
        }
    }
}

fn names(schema: &Value) -> BTreeSet<String> {
    let members = schema.get("properties").and_then(Value::as_object);
    members.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn requires(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|one| one == name))
}

/// Whether everything that fits the one fits the other, as far as that is easy to see.
fn admits_all_of(wide: &Value, narrow: &Value) -> bool {
    if is_any(wide) {
        return true;
    }
    let compared = [&["type", "enum", "additionalProperties"][..], &LEAST, &MOST].concat();
    without(wide, &compared) == without(narrow, &compared)
        && types_within(wide, narrow)
        && choices_within(wide, narrow)
        && others_within(wide, narrow)
        && LEAST.iter().all(|name| bound_within(wide, narrow, name, |wide, narrow| wide <= narrow))
        && MOST.iter().all(|name| bound_within(wide, narrow, name, |wide, narrow| wide >= narrow))
}

fn is_any(schema: &Value) -> bool {
    *schema == Value::Bool(true) || *schema == json!({})
}

fn types_within(wide: &Value, narrow: &Value) -> bool {
    let (wide, narrow) = (types(wide), types(narrow));
    let fits =
        |name: &String| wide.contains(name) || (name == "integer" && wide.contains("number"));
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(fits))
}

fn choices_within(wide: &Value, narrow: &Value) -> bool {
    match (wide.get("enum").and_then(Value::as_array), narrow.get("enum")) {
        (None, _) => true,
        (Some(wide), Some(Value::Array(narrow))) => narrow.iter().all(|value| wide.contains(value)),
        _ => false,
    }
}

fn others_within(wide: &Value, narrow: &Value) -> bool {
    let others = |schema: &Value| schema.get("additionalProperties").cloned();
    others(wide) == others(narrow)
        || others(wide).is_none_or(|others| is_any(&others))
        || others(narrow) == Some(Value::Bool(false))
}

fn bound_within(
    wide: &Value,
    narrow: &Value,
    name: &str,
    contains: impl Fn(f64, f64) -> bool,
) -> bool {
    match (wide.get(name), narrow.get(name)) {
        (None, _) => true,
        (Some(wide), narrow) => {
            let narrow = narrow.and_then(Value::as_f64);
            wide.as_f64().zip(narrow).is_some_and(|(wide, narrow)| contains(wide, narrow))
        }
    }
}

fn types(schema: &Value) -> BTreeSet<String> {
    match schema.get("type") {
        Some(Value::String(name)) => BTreeSet::from([name.clone()]),
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
        }
        _ => BTreeSet::new(),
    }
}

fn is_type(schema: &Value, name: &str) -> bool {
    types(schema) == BTreeSet::from([name.to_owned()])
}

fn without(schema: &Value, names: &[&str]) -> Value {
    let mut schema = schema.clone();
    if let Value::Object(members) = &mut schema {
        members.retain(|name, _| !names.contains(&name.as_str()));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(properties: Value, required: &[&str]) -> Value {
        json!({
            "type": "object", "additionalProperties": false,
            "properties": properties, "required": required,
        })
    }

    fn check(old: &Value, new: &Value, wanted: &[(&str, Kind)]) {
        let got = compare(old, new);
        let got: Vec<_> = got.iter().map(|one| (one.path.join("."), one.kind.clone())).collect();
        let wanted: Vec<_> =
            wanted.iter().map(|(path, kind)| ((*path).to_owned(), kind.clone())).collect();
        assert_eq!(got, wanted);
    }

    #[test]
    fn members_come_and_go() {
        let max = |told: &str| json!({"max": {"type": "integer", "description": told}});
        let one = config(max("so many"), &["max"]);
        check(&one, &one, &[]);
        check(&one, &config(max("as many"), &["max"]), &[("max", Kind::Described)]);
        check(&one, &config(max("so many"), &[]), &[("max", Kind::Optional)]);
        check(&config(max("so many"), &[]), &one, &[("max", Kind::Required)]);
        let two = |required: &[&str]| {
            let mut properties = max("so many");
            properties["min"] = json!({"type": "integer"});
            config(properties, required)
        };
        check(&one, &two(&["max"]), &[("min", Kind::New { required: false })]);
        check(&one, &two(&["max", "min"]), &[("min", Kind::New { required: true })]);
        check(&two(&["max"]), &one, &[("min", Kind::Gone)]);
    }

    #[test]
    fn places_lead_inside() {
        let terms = |kind: &str| {
            let term = json!({"type": "object", "properties": {"word": {"type": kind}}});
            config(json!({"terms": {"type": "array", "items": term}}), &[])
        };
        let found = compare(&terms("string"), &terms("integer"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].path, ["terms", "0", "word"]);
        assert!(matches!(found[0].kind, Kind::Other { admits_more: false, .. }));
    }

    /// What a value may be instead, and whether that is more, both ways.
    #[test]
    fn what_admits_more() {
        let admits_more = |old: &Value, new: &Value| match compare(old, new).as_slice() {
            [Change { kind: Kind::Other { admits_more, .. }, .. }] => *admits_more,
            other => panic!("{other:?}"),
        };
        let bounded = json!({"type": "integer", "minimum": 1, "maximum": 10});
        for (narrow, wide) in [
            (bounded.clone(), json!({"type": "integer", "minimum": 0, "maximum": 10})),
            (bounded.clone(), json!({"type": "integer", "minimum": 1, "maximum": 11})),
            (bounded.clone(), json!({"type": "integer", "maximum": 10})),
            (bounded.clone(), json!({"type": "number", "minimum": 1, "maximum": 10})),
            (bounded.clone(), json!({"type": ["integer", "null"], "minimum": 1, "maximum": 10})),
            (json!({"enum": ["a"]}), json!({"enum": ["a", "b"]})),
            (json!({"type": "string"}), json!({})),
        ] {
            assert!(admits_more(&narrow, &wide), "{narrow} to {wide}");
            assert!(!admits_more(&wide, &narrow), "{wide} to {narrow}");
        }
        for (old, new) in [
            (bounded, json!({"type": "integer", "minimum": 0, "maximum": 9})),
            (json!({"pattern": "a"}), json!({"pattern": "b"})),
            (json!({"format": "uint64"}), json!({"format": "uint32"})),
        ] {
            assert!(!admits_more(&old, &new) && !admits_more(&new, &old), "{old} to {new}");
        }
    }

    #[test]
    fn a_default_says_nothing_of_what_fits() {
        let max =
            |default: i32| config(json!({"max": {"type": "integer", "default": default}}), &[]);
        check(&max(1), &max(2), &[("max", Kind::Default)]);
    }
}
