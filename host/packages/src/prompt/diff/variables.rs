//! Comparison of input variables: a caller of the old version should be able to render the new one
//! without changes.

use serde_json::{Value, json};

use super::super::variables::PromptInput;
use super::{Bump, ChangeSection, PromptChange};
use crate::schema::{self, SchemaChangeKind};

const REMOVED: &str = "callers that pass it are refused";
const NEW_REQUIRED: &str = "callers that do not pass it are refused";
const NEW_OPTIONAL: &str = "callers need not pass it";
const COMPATIBLE: &str = "existing calls still work";
const NARROWER: &str = "existing calls may be refused";
const NEW_DEFAULT: &str = "callers that do not pass it get a different prompt";
const DESCRIPTION_ONLY: &str = "only the description changed";

pub(super) fn compare_variables(
    from: &PromptInput,
    to: &PromptInput,
    changes: &mut Vec<PromptChange>,
) {
    changes.extend(
        schema::compare_schemas(&required_schema(from), &required_schema(to))
            .into_iter()
            .map(to_prompt_change),
    );
    compare_defaults(from, to, changes);
}

fn to_prompt_change(schema::SchemaChange { path, kind }: schema::SchemaChange) -> PromptChange {
    let name = match path.as_slice() {
        [] => "the input schema".into(),
        path => format!("`{}`", path.join(".")),
    };
    let (change, bump, reason) = match kind {
        SchemaChangeKind::Described => {
            ("has a new description".into(), Bump::Patch, DESCRIPTION_ONLY)
        }
        SchemaChangeKind::Default => ("has a new default".into(), Bump::Minor, NEW_DEFAULT),
        SchemaChangeKind::Removed => ("was removed".into(), Bump::Major, REMOVED),
        SchemaChangeKind::Added { required: true } => {
            ("is new and required".into(), Bump::Major, NEW_REQUIRED)
        }
        SchemaChangeKind::Added { required: false } => ("is new".into(), Bump::Minor, NEW_OPTIONAL),
        SchemaChangeKind::Required => ("is required now".into(), Bump::Major, NEW_REQUIRED),
        SchemaChangeKind::Optional => ("is optional now".into(), Bump::Minor, COMPATIBLE),
        SchemaChangeKind::Constraints { old, new, admits_more } => {
            let (bump, reason) =
                if admits_more { (Bump::Minor, COMPATIBLE) } else { (Bump::Major, NARROWER) };
            (format!("changed from {old} to {new}"), bump, reason)
        }
    };
    PromptChange {
        section: ChangeSection::Variables,
        description: format!("{name} {change}"),
        bump,
        reason,
    }
}

/// Returns the schema that callers have to satisfy: variables with a default are not required, and
/// `null` is left out because being optional already implies it.
fn required_schema(input: &PromptInput) -> Value {
    let no_variables = || json!({"type": "object", "additionalProperties": false});
    let mut schema = input.schema.as_ref().map_or_else(no_variables, without_null);
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        let has_default =
            |name: &Value| name.as_str().map(|name| input.defaults.contains_key(name));
        required.retain(|name| has_default(name) != Some(true));
    }
    schema
}

fn compare_defaults(from: &PromptInput, to: &PromptInput, changes: &mut Vec<PromptChange>) {
    for name in from.variables.iter().map(|variable| &variable.name) {
        let (old, new) = (from.defaults.get(name), to.defaults.get(name));
        if to.variable(name).is_some() && old != new {
            let default = |value: Option<&Value>| value.map_or("none".into(), Value::to_string);
            let change = format!(
                "the default of `{name}` changed from {} to {}",
                default(old),
                default(new)
            );
            let section = ChangeSection::Variables;
            changes.push(PromptChange {
                section,
                description: change,
                bump: Bump::Minor,
                reason: NEW_DEFAULT,
            });
        }
    }
}

/// Removes the `null` of optional members from a schema, at every depth.
fn without_null(schema: &Value) -> Value {
    match schema {
        Value::Object(members) => {
            let inside = members.iter().map(|(name, value)| {
                let value = match (name.as_str(), value) {
                    ("enum", Value::Array(values)) => {
                        values.iter().filter(|value| !value.is_null()).cloned().collect()
                    }
                    ("type", Value::Array(names)) => simplify_types(names),
                    (_, value) => without_null(value),
                };
                (name.clone(), value)
            });
            Value::Object(inside.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_null).collect()),
        other => other.clone(),
    }
}

fn simplify_types(names: &[Value]) -> Value {
    let names: Vec<_> = names.iter().filter(|name| *name != "null").cloned().collect();
    match names.as_slice() {
        [name] => name.clone(),
        _ => Value::Array(names),
    }
}
