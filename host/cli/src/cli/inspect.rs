//! `tollgate inspect`: describes a contract without running it.

use std::path::Path;

use clap::Args;
use serde_json::Value;
use tollgate_api::InspectionDocument;
use tollgate_engine::Inspection;
use tollgate_project::contract_at_path;

use crate::console;
use crate::current_project::local_packages;
use crate::exit::Exit;
use crate::json_output;

/// Describes a contract without running it: its rules, capabilities and configuration.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate inspect tollgate/pii
  tollgate inspect dist/claims-1.0.0.wasm --json")]
pub(super) struct InspectCommand {
    /// Path of a component, or name of a standard contract.
    reference: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl InspectCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let path = Path::new(&self.reference);
        // Looking at a file needs no project, not even a valid one.
        let component = match path.exists() {
            true => contract_at_path(path)?.1,
            false => local_packages()?.locate_contract(&self.reference)?.1,
        };
        let inspection = tollgate_engine::inspect(&component).map_err(|error| {
            anyhow::anyhow!("`{}` is not a usable contract: {error}", self.reference)
        })?;
        if self.json {
            json_output::print_document(&InspectionDocument::from(&inspection))?;
        } else {
            print_inspection(&inspection);
        }
        Ok(Exit::Pass)
    }
}

fn print_inspection(inspection: &Inspection) {
    let contract = &inspection.manifest.contract;
    let title = format!("{} {}", contract.name, contract.version);
    console::print(format!("{}  {}", console::paint(console::STRONG, title), contract.description));
    console::print(format!("  license      {}", contract.license));
    console::print(format!("  WIT version  {}", contract.wit));
    console::print(format!("  digest       {}", inspection.digest));
    console::print(format!("  size         {}", console::format_size(inspection.bytes)));
    console::print(format!("  judges       {}", inspection.determinism));
    if contract.stream {
        console::print("  streams      judges a text while it is being written");
    }
    console::print(match &inspection.snapshot {
        Ok(()) => "  starts       from a snapshot of its configured state".into(),
        Err(reason) => format!("  starts       configured again in every judgement: {reason}"),
    });
    if inspection.capabilities.is_empty() {
        console::print("  requests     nothing");
    }
    for capability in &inspection.capabilities {
        let reason = contract.capabilities.get(capability).map_or("", String::as_str);
        console::print(format!("  requests     {capability}: {reason}"));
    }
    for (prompt, versions) in &contract.prompts {
        console::print(format!("  written for  {prompt} {versions}"));
    }
    console::print("  rules");
    let width = contract.rules.keys().map(String::len).max().unwrap_or_default();
    for (name, rule) in &contract.rules {
        let severity = rule.severity.to_string();
        console::print(format!("    {name:width$}  {severity:8}  {}", rule.description));
    }
    console::print("  configuration");
    print_config_schema(&inspection.manifest.config_schema);
}

fn print_config_schema(schema: &Value) {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|list| list.iter().any(|member| member == name));
    let Some(Value::Object(members)) = schema.get("properties") else {
        return console::print("    none");
    };
    let width = members.keys().map(String::len).max().unwrap_or_default();
    for (name, member) in members {
        let about = member.get("description").and_then(Value::as_str).unwrap_or_default();
        let about = about.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let must = if is_required(name) { " (required)" } else { "" };
        console::print(format!("    {name:width$}  {about}{must}"));
    }
}
