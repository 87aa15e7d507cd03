//! `tollgate inspect`: what a contract is, without running it.

use clap::Args;
use serde_json::{Value, json};
use tollgate_engine::Inspection;

use crate::exit::Exit;
use crate::{console, reference};

/// Says what a contract is, what it asks for and how it is configured. Nothing of it is run.
///
/// Examples: tollgate inspect tollgate/pii
///           tollgate inspect dist/claims-1.0.0.wasm --json
#[derive(Args)]
pub(super) struct Inspect {
    /// The path of a component, or the name of a standard contract.
    reference: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (_, component) = reference::look(&self.reference)?;
        let inspection = tollgate_engine::inspect(&component)
            .map_err(|error| anyhow::anyhow!("`{}` is refused: {error}", self.reference))?;
        if self.json {
            console::say(format!("{:#}", as_json(&inspection)));
        } else {
            tell(&inspection);
        }
        Ok(Exit::Pass)
    }
}

fn as_json(inspection: &Inspection) -> Value {
    let contract = &inspection.manifest.contract;
    json!({
        "name": contract.name,
        "version": contract.version,
        "description": contract.description,
        "license": contract.license,
        "wit": contract.wit,
        "digest": inspection.digest,
        "bytes": inspection.bytes,
        "capabilities": inspection.capabilities.iter().map(|one| json!({
            "name": one,
            "reason": contract.capabilities.get(one),
        })).collect::<Vec<_>>(),
        "determinism": inspection.determinism,
        "stream": contract.stream,
        "snapshot": {
            "possible": inspection.snapshot.is_ok(),
            "reason": inspection.snapshot.as_ref().err(),
        },
        "rules": contract.rules,
        "prompts": contract.prompts,
        "config_schema": inspection.manifest.config_schema,
    })
}

fn tell(inspection: &Inspection) {
    let contract = &inspection.manifest.contract;
    let title = format!("{} {}", contract.name, contract.version);
    console::say(format!("{}  {}", console::paint(console::STRONG, title), contract.description));
    console::say(format!("  license      {}", contract.license));
    console::say(format!("  WIT version  {}", contract.wit));
    console::say(format!("  digest       {}", inspection.digest));
    console::say(format!("  size         {}", console::size(inspection.bytes)));
    console::say(format!("  judges       {}", inspection.determinism));
    if contract.stream {
        console::say("  streams      a text is judged while it is being written");
    }
    console::say(match &inspection.snapshot {
        Ok(()) => "  starts       from a snapshot of its configured state".into(),
        Err(reason) => format!("  starts       by configuring itself in every judgement: {reason}"),
    });
    if inspection.capabilities.is_empty() {
        console::say("  asks for     nothing");
    }
    for capability in &inspection.capabilities {
        let reason = contract.capabilities.get(capability).map_or("", String::as_str);
        console::say(format!("  asks for     {capability}: {reason}"));
    }
    for (prompt, versions) in &contract.prompts {
        console::say(format!("  written for  {prompt} {versions}"));
    }
    console::say("  rules");
    let width = contract.rules.keys().map(String::len).max().unwrap_or_default();
    for (name, rule) in &contract.rules {
        let severity = rule.severity.to_string();
        console::say(format!("    {name:width$}  {severity:8}  {}", rule.description));
    }
    console::say("  configuration");
    tell_config(&inspection.manifest.config_schema);
}

fn tell_config(schema: &Value) {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|one| one == name));
    let Some(Value::Object(members)) = schema.get("properties") else {
        return console::say("    takes nothing");
    };
    let width = members.keys().map(String::len).max().unwrap_or_default();
    for (name, member) in members {
        let about = member.get("description").and_then(Value::as_str).unwrap_or_default();
        let about = about.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        let must = if is_required(name) { " (required)" } else { "" };
        console::say(format!("    {name:width$}  {about}{must}"));
    }
}
