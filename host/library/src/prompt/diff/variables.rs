//! What a prompt takes, compared: whoever could render the old version should be able to
//! render the new one.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::variables::Input;
use super::{Bump, Change, Section, bare};

const GONE: &str = "who gives it is refused";
const NEW_REQUIRED: &str = "who does not give it is refused";
const NEW_OPTIONAL: &str = "nobody has to give it";
const OPTIONAL: &str = "what was given before still fits";
const NARROWER: &str = "what was given before may not fit";
const DEFAULT: &str = "who gives nothing gets another prompt";
const TOLD: &str = "only its description is another";

pub(super) fn compare(from: &Input, to: &Input, changes: &mut Vec<Change>) {
    let nothing = json!({"type": "object", "additionalProperties": false});
    let schema = |input: &Input| input.schema.clone().unwrap_or_else(|| nothing.clone());
    let mut comparison = Comparison { from, to, changes };
    comparison.schemas("", &schema(from), &schema(to));
    comparison.defaults();
}

struct Comparison<'c> {
    from: &'c Input,
    to: &'c Input,
    changes: &'c mut Vec<Change>,
}

impl Comparison<'_> {
    fn change(&mut self, what: String, bump: Bump, reason: &'static str) {
        self.changes.push(Change { section: Section::Variables, what, bump, reason });
    }

    fn schemas(&mut self, path: &str, old: &Value, new: &Value) {
        let (bare_old, bare_new) = (not_null(&bare(old)), not_null(&bare(new)));
        if bare_old == bare_new {
            if old.get("description") != new.get("description") {
                self.change(format!("`{path}` is described otherwise"), Bump::Patch, TOLD);
            }
            return self.members(path, old, new);
        }
        if is_type(&bare_old, "object") && is_type(&bare_new, "object") {
            self.members(path, old, new);
            let rest = |schema: &Value| without(schema, &["properties", "required"]);
            return self.rest(path, &rest(&bare_old), &rest(&bare_new));
        }
        if is_type(&bare_old, "array") && is_type(&bare_new, "array") {
            let item = |schema: &Value| schema.get("items").cloned().unwrap_or(json!({}));
            self.schemas(&join(path, "0"), &item(old), &item(new));
            let rest = |schema: &Value| without(schema, &["items"]);
            return self.rest(path, &rest(&bare_old), &rest(&bare_new));
        }
        self.rest(path, &bare_old, &bare_new);
    }

    /// What is not taken apart further.
    fn rest(&mut self, path: &str, old: &Value, new: &Value) {
        if old == new {
            return;
        }
        let name = if path.is_empty() { "the variables together" } else { path };
        let what = format!("`{name}` was {old} and is {new}");
        match admits_all_of(new, old) {
            true => self.change(what, Bump::Minor, OPTIONAL),
            false => self.change(what, Bump::Major, NARROWER),
        }
    }

    fn members(&mut self, path: &str, old: &Value, new: &Value) {
        let names = |schema: &Value| -> BTreeSet<String> {
            let members = schema.get("properties").and_then(Value::as_object);
            members.into_iter().flatten().map(|(name, _)| name.clone()).collect()
        };
        let (before, after) = (names(old), names(new));
        for name in before.difference(&after) {
            self.change(format!("`{}` is gone", join(path, name)), Bump::Major, GONE);
        }
        for name in after.difference(&before) {
            let full = join(path, name);
            match asks_for(self.to, path, new, name) {
                true => {
                    self.change(format!("`{full}` is new and required"), Bump::Major, NEW_REQUIRED)
                }
                false => self.change(format!("`{full}` is new"), Bump::Minor, NEW_OPTIONAL),
            }
        }
        for name in before.intersection(&after) {
            let full = join(path, name);
            match (asks_for(self.from, path, old, name), asks_for(self.to, path, new, name)) {
                (false, true) => {
                    self.change(format!("`{full}` is required now"), Bump::Major, NEW_REQUIRED)
                }
                (true, false) => {
                    self.change(format!("`{full}` may be left away now"), Bump::Minor, OPTIONAL)
                }
                _ => {}
            }
            let member =
                |schema: &Value| schema.get("properties").and_then(|all| all.get(name)).cloned();
            if let (Some(old), Some(new)) = (member(old), member(new)) {
                self.schemas(&full, &old, &new);
            }
        }
    }

    fn defaults(&mut self) {
        let names = |input: &'_ Input| -> BTreeSet<String> {
            input.variables.iter().map(|variable| variable.name.clone()).collect()
        };
        for name in names(self.from).intersection(&names(self.to)) {
            let (old, new) = (self.from.defaults.get(name), self.to.defaults.get(name));
            if old != new {
                let word = |value: Option<&Value>| value.map_or("nothing".into(), Value::to_string);
                let what =
                    format!("the default of `{name}` was {} and is {}", word(old), word(new));
                self.change(what, Bump::Minor, DEFAULT);
            }
        }
    }
}

/// Whether a member has to be given: of variables, only those without a default.
fn asks_for(input: &Input, path: &str, schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    let required = required.is_some_and(|names| names.iter().any(|one| one == name));
    required && !(path.is_empty() && input.defaults.contains_key(name))
}

/// Whether everything that fits the one fits the other, as far as that is easy to see.
fn admits_all_of(wide: &Value, narrow: &Value) -> bool {
    let is_any = |schema: &Value| *schema == Value::Bool(true) || *schema == json!({});
    if is_any(wide) {
        return true;
    }
    let rest = |schema: &Value| without(schema, &["type", "enum", "additionalProperties"]);
    let open = |schema: &Value| schema.get("additionalProperties").is_none_or(is_any);
    let closed = |schema: &Value| schema.get("additionalProperties") == Some(&Value::Bool(false));
    let others = wide.get("additionalProperties") == narrow.get("additionalProperties")
        || open(wide)
        || closed(narrow);
    let values = match (wide.get("enum").and_then(Value::as_array), narrow.get("enum")) {
        (None, _) => true,
        (Some(wide), Some(Value::Array(narrow))) => narrow.iter().all(|value| wide.contains(value)),
        _ => false,
    };
    rest(wide) == rest(narrow) && others && values && types_of(wide, narrow)
}

fn types_of(wide: &Value, narrow: &Value) -> bool {
    let wide = types(wide);
    let fits =
        |name: &String| wide.contains(name) || (name == "integer" && wide.contains("number"));
    wide.is_empty() || (!types(narrow).is_empty() && types(narrow).iter().all(fits))
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

/// What may be left away may be null, which is told by its being optional.
fn not_null(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if let Some(of_it) = schema.get_mut("type")
        && let Value::Array(names) = of_it
    {
        names.retain(|name| name != "null");
        if let [name] = names.as_slice() {
            *of_it = name.clone();
        }
    }
    schema
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.into() } else { format!("{path}.{name}") }
}
