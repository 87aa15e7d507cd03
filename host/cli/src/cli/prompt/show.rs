//! `tollgate prompt show`: prints a prompt's metadata, variables and output.

use clap::Args;
use serde_json::{Map, Value};
use tollgate_api::PromptDocument;
use tollgate_packages::prompt::{PromptFile, PromptVariable};

use super::{PromptFolderArgs, describe_schema_type, prompt_title};
use crate::cli::table::format_table;
use crate::console::{self, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::json_output;

/// Shows a prompt: its metadata, its variables with the lines that use them, and its output.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate prompt show welcome-email
  tollgate prompt show prompts/welcome-email.prompt --json")]
pub(super) struct PromptShowCommand {
    /// File, or name with a version requirement.
    #[arg(value_name = "FILE|NAME@REQ")]
    prompt: String,
    #[command(flatten)]
    prompts: PromptFolderArgs,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl PromptShowCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let prompt = self.prompts.find(&self.prompt)?;
        if self.json {
            json_output::print_document(&PromptDocument::from(&prompt))?;
        } else {
            print_prompt(&prompt);
        }
        Ok(Exit::Pass)
    }
}

fn print_prompt(prompt: &PromptFile) {
    let front = &prompt.front_matter;
    let about = front.description.as_deref().unwrap_or_default();
    console::print(format!("{}  {about}", paint(STRONG, prompt_title(prompt))).trim_end());
    let fact = |name: &str, fact: &str| console::print(format!("  {name:10}  {fact}"));
    fact("file", prompt.text().file());
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
    print_variables(prompt);
    print_output(prompt);
}

fn print_variables(prompt: &PromptFile) {
    let input = &prompt.front_matter.input;
    if input.schema.is_none() {
        return console::print("  variables   none");
    }
    console::print("  variables");
    let row = |one: &PromptVariable| {
        let need = match (input.must_be_given(one), input.defaults.get(&one.name)) {
            (true, _) => "required".into(),
            (false, Some(default)) => format!("default {default}"),
            (false, None) => "optional".into(),
        };
        let places: Vec<_> = prompt
            .variable_uses()
            .iter()
            .filter(|place| place.variable == one.name)
            .map(|place| match place.file == prompt.text().file() {
                true => place.line.to_string(),
                false => format!("{}:{}", place.file, place.line),
            })
            .collect();
        let places = if places.is_empty() {
            "unused".into()
        } else {
            format!("used at {}", places.join(", "))
        };
        vec![
            one.name.clone(),
            describe_schema_type(&one.schema),
            need,
            places,
            schema_description(&one.schema),
        ]
    };
    let rows: Vec<_> = input.variables.iter().map(row).collect();
    format_table(&rows).into_iter().for_each(|line| console::print(format!("    {line}")));
}

fn print_output(prompt: &PromptFile) {
    let output = &prompt.front_matter.output;
    if output.format.is_none() && output.schema.is_none() {
        return;
    }
    let schema = output.schema.as_ref();
    let form =
        schema.map(describe_schema_type).or_else(|| output.format.clone()).unwrap_or_default();
    let format = output.format.as_ref().filter(|format| **format != form);
    let format = format.map(|format| format!(", as {format}")).unwrap_or_default();
    console::print(format!("  output      {form}{format}"));
    let nothing = Map::new();
    let members = schema.and_then(|schema| schema.get("properties")?.as_object());
    let row = |(name, schema): (&String, &Value)| {
        vec![name.clone(), describe_schema_type(schema), schema_description(schema)]
    };
    let rows: Vec<_> = members.unwrap_or(&nothing).iter().map(row).collect();
    format_table(&rows)
        .into_iter()
        .for_each(|line| console::print(paint(QUIET, format!("    {line}"))));
}

fn schema_description(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().into()
}
