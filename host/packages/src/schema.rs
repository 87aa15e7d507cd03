//! Comparison of two JSON Schemas: every value that the old one admits should fit the new one.
//!
//! Whether one schema admits everything that another does is undecidable in general. Members,
//! items, bounds and enumerations are compared; any other difference counts as narrower.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// Keywords without effect on validation.
const DESCRIPTIVE: [&str; 2] = ["description", "title"];
/// Lower bounds, which admit more when they fall.
const LOWER_BOUNDS: [&str; 5] =
    ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
/// Upper bounds, which admit more when they rise.
const UPPER_BOUNDS: [&str; 5] =
    ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];

/// A change between two schemas.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SchemaChange {
    /// Path of the value that changed; `0` stands for the items of a list.
    pub(crate) path: Vec<String>,
    pub(crate) kind: SchemaChangeKind,
}

/// Kind of a change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SchemaChangeKind {
    /// Only the description changed.
    Described,
    /// Only the default changed.
    Default,
    Removed,
    Added {
        required: bool,
    },
    Required,
    Optional,
    /// The constraints changed; `admits_more` if every old value still fits.
    Constraints {
        old: Value,
        new: Value,
        admits_more: bool,
    },
}

/// Returns the changes from `old` to `new`, outer values before inner ones.
pub(crate) fn compare_schemas(old: &Value, new: &Value) -> Vec<SchemaChange> {
    let mut comparison = Comparison { path: Vec::new(), changes: Vec::new() };
    comparison.compare_schema(old, new);
    comparison.changes
}

/// Removes descriptions and titles at every depth.
pub(crate) fn without_descriptions(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let remaining = members.iter().filter(|(name, value)| {
                !(DESCRIPTIVE.contains(&name.as_str()) && value.is_string())
            });
            Value::Object(
                remaining
                    .map(|(name, value)| (name.clone(), without_descriptions(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(without_descriptions).collect()),
        other => other.clone(),
    }
}

struct Comparison {
    path: Vec<String>,
    changes: Vec<SchemaChange>,
}

impl Comparison {
    fn add_change(&mut self, kind: SchemaChangeKind) {
        self.changes.push(SchemaChange { path: self.path.clone(), kind });
    }

    /// Runs a comparison with `name` appended to the path.
    fn at_member(&mut self, name: &str, compare: impl FnOnce(&mut Self)) {
        self.path.push(name.into());
        compare(self);
        self.path.pop();
    }

    fn compare_schema(&mut self, old: &Value, new: &Value) {
        let (bare_old, bare_new) = (without_descriptions(old), without_descriptions(new));
        let both = |name| is_type(&bare_old, name) && is_type(&bare_new, name);
        if bare_old == bare_new {
            if old.get("description") != new.get("description") {
                self.add_change(SchemaChangeKind::Described);
            }
            self.compare_members(old, new);
        } else if both("object") {
            self.compare_members(old, new);
            self.compare_rest(&bare_old, &bare_new, &["properties", "required"]);
        } else if both("array") {
            let items = |schema: &Value| schema.get("items").cloned().unwrap_or(json!({}));
            self.at_member("0", |inside| inside.compare_schema(&items(old), &items(new)));
            self.compare_rest(&bare_old, &bare_new, &["items"]);
        } else {
            self.compare_rest(&bare_old, &bare_new, &[]);
        }
    }

    /// Compares everything except the keywords in `apart`, which are compared member by member.
    fn compare_rest(&mut self, old: &Value, new: &Value, apart: &[&str]) {
        let (old, new) = (without(old, apart), without(new, apart));
        let undefaulted = |schema: &Value| without(schema, &["default"]);
        if old == new {
            return;
        }
        if undefaulted(&old) == undefaulted(&new) {
            return self.add_change(SchemaChangeKind::Default);
        }
        let admits_more = is_wider(&undefaulted(&new), &undefaulted(&old));
        self.add_change(SchemaChangeKind::Constraints { old, new, admits_more });
    }

    fn compare_members(&mut self, old: &Value, new: &Value) {
        let (before, after) = (property_names(old), property_names(new));
        for name in before.difference(&after) {
            self.at_member(name, |inside| inside.add_change(SchemaChangeKind::Removed));
        }
        for name in after.difference(&before) {
            let required = is_required(new, name);
            self.at_member(name, |inside| inside.add_change(SchemaChangeKind::Added { required }));
        }
        for name in before.intersection(&after) {
            let member = |schema: &Value| schema.get("properties")?.get(name).cloned();
            self.at_member(name, |inside| {
                match (is_required(old, name), is_required(new, name)) {
                    (false, true) => inside.add_change(SchemaChangeKind::Required),
                    (true, false) => inside.add_change(SchemaChangeKind::Optional),
                    _ => {}
                }
                if let (Some(old), Some(new)) = (member(old), member(new)) {
                    inside.compare_schema(&old, &new);
                }
            });
        }
    }
}

fn property_names(schema: &Value) -> BTreeSet<String> {
    let members = schema.get("properties").and_then(Value::as_object);
    members.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|one| one == name))
}

/// Returns whether every value that fits `narrow` certainly fits `wide`.
fn is_wider(wide: &Value, narrow: &Value) -> bool {
    if admits_anything(wide) {
        return true;
    }
    let compared =
        [&["type", "enum", "additionalProperties"][..], &LOWER_BOUNDS, &UPPER_BOUNDS].concat();
    without(wide, &compared) == without(narrow, &compared)
        && has_wider_types(wide, narrow)
        && has_wider_enum(wide, narrow)
        && has_wider_additional_properties(wide, narrow)
        && LOWER_BOUNDS
            .iter()
            .all(|name| has_wider_bound(wide, narrow, name, |wide, narrow| wide <= narrow))
        && UPPER_BOUNDS
            .iter()
            .all(|name| has_wider_bound(wide, narrow, name, |wide, narrow| wide >= narrow))
}

fn admits_anything(schema: &Value) -> bool {
    *schema == Value::Bool(true) || *schema == json!({})
}

fn has_wider_types(wide: &Value, narrow: &Value) -> bool {
    let (wide, narrow) = (types(wide), types(narrow));
    let fits =
        |name: &String| wide.contains(name) || (name == "integer" && wide.contains("number"));
    // A schema without `type` admits every type.
    wide.is_empty() || (!narrow.is_empty() && narrow.iter().all(fits))
}

fn has_wider_enum(wide: &Value, narrow: &Value) -> bool {
    match (wide.get("enum").and_then(Value::as_array), narrow.get("enum")) {
        (None, _) => true,
        (Some(wide), Some(Value::Array(narrow))) => narrow.iter().all(|value| wide.contains(value)),
        _ => false,
    }
}

fn has_wider_additional_properties(wide: &Value, narrow: &Value) -> bool {
    let others = |schema: &Value| schema.get("additionalProperties").cloned();
    others(wide) == others(narrow)
        || others(wide).is_none_or(|others| admits_anything(&others))
        || others(narrow) == Some(Value::Bool(false))
}

fn has_wider_bound(
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

    fn check(old: &Value, new: &Value, expected: &[(&str, SchemaChangeKind)]) {
        let actual = compare_schemas(old, new);
        let actual: Vec<_> =
            actual.iter().map(|one| (one.path.join("."), one.kind.clone())).collect();
        let expected: Vec<_> =
            expected.iter().map(|(path, kind)| ((*path).to_owned(), kind.clone())).collect();
        assert_eq!(actual, expected);
    }

    #[test]
    fn compares_members() {
        let max =
            |description: &str| json!({"max": {"type": "integer", "description": description}});
        let one = config(max("so many"), &["max"]);
        check(&one, &one, &[]);
        check(&one, &config(max("as many"), &["max"]), &[("max", SchemaChangeKind::Described)]);
        check(&one, &config(max("so many"), &[]), &[("max", SchemaChangeKind::Optional)]);
        check(&config(max("so many"), &[]), &one, &[("max", SchemaChangeKind::Required)]);
        let two = |required: &[&str]| {
            let mut properties = max("so many");
            properties["min"] = json!({"type": "integer"});
            config(properties, required)
        };
        check(&one, &two(&["max"]), &[("min", SchemaChangeKind::Added { required: false })]);
        check(&one, &two(&["max", "min"]), &[("min", SchemaChangeKind::Added { required: true })]);
        check(&two(&["max"]), &one, &[("min", SchemaChangeKind::Removed)]);
    }

    #[test]
    fn reports_the_path_of_nested_changes() {
        let terms = |kind: &str| {
            let term = json!({"type": "object", "properties": {"word": {"type": kind}}});
            config(json!({"terms": {"type": "array", "items": term}}), &[])
        };
        let found = compare_schemas(&terms("string"), &terms("integer"));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].path, ["terms", "0", "word"]);
        assert!(matches!(found[0].kind, SchemaChangeKind::Constraints { admits_more: false, .. }));
    }

    /// Each pair is compared in both directions.
    #[test]
    fn recognises_wider_schemas() {
        let admits_more = |old: &Value, new: &Value| match compare_schemas(old, new).as_slice() {
            [SchemaChange { kind: SchemaChangeKind::Constraints { admits_more, .. }, .. }] => {
                *admits_more
            }
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
    fn separates_defaults_from_constraints() {
        let max =
            |default: i32| config(json!({"max": {"type": "integer", "default": default}}), &[]);
        check(&max(1), &max(2), &[("max", SchemaChangeKind::Default)]);
    }
}
