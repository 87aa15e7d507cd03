//! What a prompt takes, compared: whoever could render the old version should be able to
//! render the new one.

use serde_json::{Value, json};

use super::super::variables::Input;
use super::{Bump, Change, Section};
use crate::schema::{self, Kind};

const GONE: &str = "who gives it is refused";
const NEW_REQUIRED: &str = "who does not give it is refused";
const NEW_OPTIONAL: &str = "nobody has to give it";
const OPTIONAL: &str = "what was given before still fits";
const NARROWER: &str = "what was given before may not fit";
const DEFAULT: &str = "who gives nothing gets another prompt";
const TOLD: &str = "only its description is another";

pub(super) fn compare(from: &Input, to: &Input, changes: &mut Vec<Change>) {
    changes.extend(schema::compare(&asked(from), &asked(to)).into_iter().map(change));
    defaults(from, to, changes);
}

fn change(schema::Change { path, kind }: schema::Change) -> Change {
    let name = if path.is_empty() { "the variables together".into() } else { path.join(".") };
    let (what, bump, reason) = match kind {
        Kind::Described => ("is described otherwise".into(), Bump::Patch, TOLD),
        Kind::Default => ("has another default".into(), Bump::Minor, DEFAULT),
        Kind::Gone => ("is gone".into(), Bump::Major, GONE),
        Kind::New { required: true } => ("is new and required".into(), Bump::Major, NEW_REQUIRED),
        Kind::New { required: false } => ("is new".into(), Bump::Minor, NEW_OPTIONAL),
        Kind::Required => ("is required now".into(), Bump::Major, NEW_REQUIRED),
        Kind::Optional => ("may be left away now".into(), Bump::Minor, OPTIONAL),
        Kind::Other { old, new, admits_more } => {
            let (bump, reason) =
                if admits_more { (Bump::Minor, OPTIONAL) } else { (Bump::Major, NARROWER) };
            (format!("was {old} and is {new}"), bump, reason)
        }
    };
    Change { section: Section::Variables, what: format!("`{name}` {what}"), bump, reason }
}

/// What a prompt asks of those who render it: a variable with a default is none that has to be
/// given, and what may be left away may be null, which is told by its being optional.
fn asked(input: &Input) -> Value {
    let nothing = || json!({"type": "object", "additionalProperties": false});
    let mut schema = input.schema.as_ref().map_or_else(nothing, not_null);
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        let has_default = |name: &Value| name.as_str().map(|it| input.defaults.contains_key(it));
        required.retain(|name| has_default(name) != Some(true));
    }
    schema
}

fn defaults(from: &Input, to: &Input, changes: &mut Vec<Change>) {
    for name in from.variables.iter().map(|variable| &variable.name) {
        let (old, new) = (from.defaults.get(name), to.defaults.get(name));
        if to.variable(name).is_some() && old != new {
            let word = |value: Option<&Value>| value.map_or("nothing".into(), Value::to_string);
            let what = format!("the default of `{name}` was {} and is {}", word(old), word(new));
            let section = Section::Variables;
            changes.push(Change { section, what, bump: Bump::Minor, reason: DEFAULT });
        }
    }
}

/// A schema without the `null` that stands for what is left away, at every depth.
fn not_null(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let inside = members.iter().map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    ("enum", Value::Array(values)) => {
                        values.iter().filter(|value| !value.is_null()).cloned().collect()
                    }
                    ("type", Value::Array(names)) => one_type(names),
                    (_, value) => not_null(value),
                };
                (name.clone(), value)
            });
            Value::Object(inside.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(not_null).collect()),
        other => other.clone(),
    }
}

fn one_type(names: &[Value]) -> Value {
    let names: Vec<_> = names.iter().filter(|name| *name != "null").cloned().collect();
    match names.as_slice() {
        [name] => name.clone(),
        _ => Value::Array(names),
    }
}
