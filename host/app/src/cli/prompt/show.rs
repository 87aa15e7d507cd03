//! `tollgate prompt show`: what a prompt is.

use clap::Args;
use serde_json::{Map, Value, json};
use tollgate_library::prompt::{PromptFile, Source, Variable};

use super::{Prompts, identity, kind, table, title};
use crate::console::{self, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;

/// Says what a prompt is, what it takes and where, and what comes back.
///
/// Examples: tollgate prompt show welcome-email
///           tollgate prompt show prompts/welcome-email.prompt --json
#[derive(Args)]
pub(super) struct Show {
    /// A file, or a name and the versions that would do.
    #[arg(value_name = "FILE|NAME@REQ")]
    prompt: String,
    #[command(flatten)]
    prompts: Prompts,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let prompt = self.prompts.find(&self.prompt)?;
        if self.json {
            console::say(format!("{:#}", as_json(&prompt)));
        } else {
            tell(&prompt);
        }
        Ok(Exit::Pass)
    }
}

fn as_json(prompt: &PromptFile) -> Value {
    let front = &prompt.front_matter;
    let variable = |one: &Variable| {
        json!({
            "name": one.name,
            "line": one.line,
            "required": front.input.asks_for(one),
            "default": front.input.defaults.get(&one.name),
            "schema": one.schema,
            "uses": prompt.uses().iter().filter(|place| place.variable == one.name)
                .map(|place| json!({"file": place.file, "line": place.line}))
                .collect::<Vec<_>>(),
        })
    };
    let partial = |(name, source): (&str, &Source)| json!({"name": name, "file": source.file()});
    let more = json!({
        "description": front.description,
        "model": front.model,
        "config": front.config,
        "tools": front.tools,
        "toolDefs": front.tool_defs,
        "input": {
            "schema": front.input.schema,
            "variables": front.input.variables.iter().map(variable).collect::<Vec<_>>(),
        },
        "output": front.output,
        "metadata": front.metadata,
        "ext": front.ext,
        "partials": prompt.partials().map(partial).collect::<Vec<_>>(),
        "text": prompt.source().text(),
    });
    identity(prompt, more)
}

fn tell(prompt: &PromptFile) {
    let front = &prompt.front_matter;
    let about = harmless(front.description.as_deref().unwrap_or_default());
    console::say(format!("{}  {about}", paint(STRONG, title(prompt))).trim_end());
    let fact = |name: &str, fact: &str| console::say(format!("  {name:10}  {}", harmless(fact)));
    fact("file", prompt.source().file());
    fact("digest", &prompt.digest().to_string());
    if let Some(model) = &front.model {
        fact("model", model);
    }
    for (name, setting) in &front.config {
        fact("config", &format!("{name} = {setting}"));
    }
    if !front.tools.is_empty() {
        fact("tools", &front.tools.join(", "));
    }
    for (name, source) in prompt.partials() {
        fact("partial", &format!("{name}  {}", source.file()));
    }
    tell_variables(prompt);
    tell_output(prompt);
}

fn tell_variables(prompt: &PromptFile) {
    let input = &prompt.front_matter.input;
    if input.schema.is_none() {
        return console::say("  takes       nothing");
    }
    console::say("  takes");
    let row = |one: &Variable| {
        let need = match (input.asks_for(one), input.defaults.get(&one.name)) {
            (true, _) => "required".into(),
            (false, Some(default)) => format!("default {default}"),
            (false, None) => "optional".into(),
        };
        let places: Vec<_> = prompt
            .uses()
            .iter()
            .filter(|place| place.variable == one.name)
            .map(|place| match place.file == prompt.source().file() {
                true => place.line.to_string(),
                false => format!("{}:{}", place.file, place.line),
            })
            .collect();
        let places = if places.is_empty() {
            "named nowhere".into()
        } else {
            format!("named at {}", places.join(", "))
        };
        [one.name.clone(), kind(&one.schema), need, places, about(&one.schema)]
            .map(|cell| harmless(&cell).replace('\n', " "))
            .to_vec()
    };
    let rows: Vec<_> = input.variables.iter().map(row).collect();
    table(&rows).into_iter().for_each(|line| console::say(format!("    {line}")));
}

fn tell_output(prompt: &PromptFile) {
    let output = &prompt.front_matter.output;
    if output.format.is_none() && output.schema.is_none() {
        return;
    }
    let schema = output.schema.as_ref();
    let form = schema.map(kind).or_else(|| output.format.clone()).unwrap_or_default();
    let format = output.format.as_ref().filter(|format| **format != form);
    let format = format.map(|format| format!(", as {format}")).unwrap_or_default();
    console::say(format!("  gives       {}{}", harmless(&form), harmless(&format)));
    let nothing = Map::new();
    let members = schema.and_then(|schema| schema.get("properties")?.as_object());
    let row = |(name, schema): (&String, &Value)| {
        [name.clone(), kind(schema), about(schema)].map(|cell| harmless(&cell)).to_vec()
    };
    let rows: Vec<_> = members.unwrap_or(&nothing).iter().map(row).collect();
    table(&rows).into_iter().for_each(|line| console::say(paint(QUIET, format!("    {line}"))));
}

fn about(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().into()
}
