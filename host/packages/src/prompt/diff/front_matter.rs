//! Comparison of front matter: output, model, tools, and descriptive data.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::front_matter::FrontMatter;
use super::{Bump, ChangeSection, PromptChange};
use crate::schema::without_descriptions;

const OUTPUT_DIFFERS: &str = "readers of the output get something different";
const DESCRIPTIONS_ONLY: &str = "only descriptions changed";
const REQUEST_DIFFERS: &str = "the request goes to another model, or to one with other settings";
const TOOL_NEEDED: &str = "callers must provide the tool";
const INFORMATIONAL: &str = "informational only";

pub(super) fn compare_front_matter(
    from: &FrontMatter,
    to: &FrontMatter,
    changes: &mut Vec<PromptChange>,
) {
    let mut add = |section, description: String, bump, reason| {
        changes.push(PromptChange { section, description, bump, reason });
    };
    let (old, new) = (&from.output, &to.output);
    if old.format != new.format {
        let description = format!(
            "the output format changed from {} to {}",
            format_text(&old.format),
            format_text(&new.format)
        );
        add(ChangeSection::Schema, description, Bump::Major, OUTPUT_DIFFERS);
    }
    if old.schema != new.schema {
        if old.schema.as_ref().map(without_descriptions)
            == new.schema.as_ref().map(without_descriptions)
        {
            add(
                ChangeSection::Schema,
                "the descriptions in the output schema changed".into(),
                Bump::Patch,
                DESCRIPTIONS_ONLY,
            );
        } else {
            add(
                ChangeSection::Schema,
                describe_schema_change(&old.schema, &new.schema),
                Bump::Major,
                OUTPUT_DIFFERS,
            );
        }
    }
    if from.model != to.model {
        let description = format!(
            "the model changed from {} to {}",
            format_text(&from.model),
            format_text(&to.model)
        );
        add(ChangeSection::Model, description, Bump::Minor, REQUEST_DIFFERS);
    }
    for (name, old, new) in changed_members(&from.config, &to.config) {
        let description =
            format!("`config.{name}` changed from {} to {}", format_value(old), format_value(new));
        add(ChangeSection::Model, description, Bump::Minor, REQUEST_DIFFERS);
    }
    let tools = |front: &FrontMatter| front.tools.iter().cloned().collect::<BTreeSet<_>>();
    let (old, new) = (tools(from), tools(to));
    for tool in new.difference(&old) {
        add(ChangeSection::Model, format!("the tool `{tool}` was added"), Bump::Major, TOOL_NEEDED);
    }
    for tool in old.difference(&new) {
        add(
            ChangeSection::Model,
            format!("the tool `{tool}` was removed"),
            Bump::Minor,
            REQUEST_DIFFERS,
        );
    }
    if from.tool_defs != to.tool_defs {
        add(
            ChangeSection::Model,
            "the tools in `toolDefs` changed".into(),
            Bump::Minor,
            REQUEST_DIFFERS,
        );
    }
    for (description, is_same) in [
        ("the description", from.description == to.description),
        ("the metadata", from.metadata == to.metadata),
        ("keys of other programs", from.ext == to.ext),
    ] {
        if !is_same {
            add(ChangeSection::About, format!("{description} changed"), Bump::Patch, INFORMATIONAL);
        }
    }
}

fn describe_schema_change(old: &Option<Value>, new: &Option<Value>) -> String {
    match (old, new) {
        (None, _) => "the output now has a schema".into(),
        (_, None) => "the output no longer has a schema".into(),
        (Some(old), Some(new)) => {
            let properties = |schema: &Value| match schema.get("properties") {
                Some(Value::Object(members)) => members.clone(),
                _ => Map::new(),
            };
            let names: Vec<_> = changed_members(
                &properties(&without_descriptions(old)),
                &properties(&without_descriptions(new)),
            )
            .into_iter()
            .map(|(name, ..)| format!("`{name}`"))
            .collect();
            match names.is_empty() {
                true => "the output schema changed".into(),
                false => format!("the output schema changed in {}", names.join(", ")),
            }
        }
    }
}

/// Returns the members that differ, with the old and the new value.
fn changed_members(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Vec<(String, Option<Value>, Option<Value>)> {
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let both = names
        .into_iter()
        .map(|name| (name.clone(), old.get(name).cloned(), new.get(name).cloned()));
    both.filter(|(_, old, new)| old != new).collect()
}

fn format_text(text: &Option<String>) -> String {
    format_value(text.as_ref().map(|text| json!(text)))
}

fn format_value(value: Option<Value>) -> String {
    match value {
        None => "not set".into(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(other) => other.to_string(),
    }
}
