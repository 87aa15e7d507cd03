//! What comes back, the model, and what is only told, compared.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::super::front_matter::FrontMatter;
use super::{Bump, Change, Section};
use crate::schema::bare;

const READ: &str = "who reads what comes back gets something else";
const DESCRIBED: &str = "only its descriptions are others";
const ASKED: &str = "the same is asked of another model, or of one that is set otherwise";
const TOOL: &str = "who renders it has to provide it";
const TOLD: &str = "it is only told";

pub(super) fn compare(from: &FrontMatter, to: &FrontMatter, changes: &mut Vec<Change>) {
    let mut add = |section, what: String, bump, reason| {
        changes.push(Change { section, what, bump, reason });
    };
    let (old, new) = (&from.output, &to.output);
    if old.format != new.format {
        let what = format!("the format was {} and is {}", word(&old.format), word(&new.format));
        add(Section::Schema, what, Bump::Major, READ);
    }
    if old.schema != new.schema {
        if old.schema.as_ref().map(bare) == new.schema.as_ref().map(bare) {
            add(
                Section::Schema,
                "the output is described otherwise".into(),
                Bump::Patch,
                DESCRIBED,
            );
        } else {
            add(Section::Schema, output(&old.schema, &new.schema), Bump::Major, READ);
        }
    }
    if from.model != to.model {
        let what = format!("the model was {} and is {}", word(&from.model), word(&to.model));
        add(Section::Model, what, Bump::Minor, ASKED);
    }
    for (name, old, new) in members(&from.config, &to.config) {
        let what = format!("`config.{name}` was {} and is {}", value(old), value(new));
        add(Section::Model, what, Bump::Minor, ASKED);
    }
    let tools = |front: &FrontMatter| front.tools.iter().cloned().collect::<BTreeSet<_>>();
    let (old, new) = (tools(from), tools(to));
    for tool in new.difference(&old) {
        add(Section::Model, format!("the tool `{tool}` is new"), Bump::Major, TOOL);
    }
    for tool in old.difference(&new) {
        add(Section::Model, format!("the tool `{tool}` is gone"), Bump::Minor, ASKED);
    }
    if from.tool_defs != to.tool_defs {
        add(Section::Model, "the tools in `toolDefs` are others".into(), Bump::Minor, ASKED);
    }
    for (what, is_same) in [
        ("description", from.description == to.description),
        ("metadata", from.metadata == to.metadata),
        ("keys of other programs", from.ext == to.ext),
    ] {
        if !is_same {
            add(Section::About, format!("the {what} changed"), Bump::Patch, TOLD);
        }
    }
}

fn output(old: &Option<Value>, new: &Option<Value>) -> String {
    match (old, new) {
        (None, _) => "the output has a schema now".into(),
        (_, None) => "the output has no schema any more".into(),
        (Some(old), Some(new)) => {
            let properties = |schema: &Value| match schema.get("properties") {
                Some(Value::Object(members)) => members.clone(),
                _ => Map::new(),
            };
            let names: Vec<_> = members(&properties(&bare(old)), &properties(&bare(new)))
                .into_iter()
                .map(|(name, ..)| format!("`{name}`"))
                .collect();
            match names.is_empty() {
                true => "the schema of the output is another".into(),
                false => format!("the schema of the output is another in {}", names.join(", ")),
            }
        }
    }
}

/// The members that are not the same in both.
fn members(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> Vec<(String, Option<Value>, Option<Value>)> {
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let both = names
        .into_iter()
        .map(|name| (name.clone(), old.get(name).cloned(), new.get(name).cloned()));
    both.filter(|(_, old, new)| old != new).collect()
}

fn word(text: &Option<String>) -> String {
    value(text.as_ref().map(|text| json!(text)))
}

fn value(value: Option<Value>) -> String {
    match value {
        None => "not set".into(),
        Some(Value::String(text)) => format!("`{text}`"),
        Some(other) => other.to_string(),
    }
}
