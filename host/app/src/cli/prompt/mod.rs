//! `tollgate prompt`: prompts as versioned packages.

mod check;
mod diff;
mod list;
mod render;
mod show;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use tollgate_library::package::{Requirement, RequirementError};
use tollgate_library::prompt::{Folder, PromptFile};
use tollgate_model::PromptRequirement;

use crate::console::{self, harmless};
use crate::exit::Exit;
use crate::packages;

/// Reads, checks, renders and compares prompts: `.prompt` files in the format of dotprompt.
///
/// A prompt is named by its file, or by its name and the versions that would do: then it is the
/// highest of these in the folder of prompts, or of those that are locked or have been pulled. `welcome-email@2.1` is any 2.x from 2.1 on,
/// `welcome-email@=2.1.0` that one.
///
/// Examples: tollgate prompt check
///           tollgate prompt render welcome-email@^2 --vars '{"name": "Dana"}'
///           tollgate prompt diff welcome-email@1 prompts/welcome-email.prompt
#[derive(Args)]
pub(super) struct Prompt {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    Render(render::Render),
    Diff(diff::Diff),
    Check(check::Check),
    Publish(Box<super::publish::Publish>),
}

/// The folder where prompts lie.
const FOLDER: &str = "prompts";

/// Where prompts are looked for by name.
#[derive(Args, Clone, Debug)]
pub(super) struct Prompts {
    /// The folder where prompts are looked for by name.
    #[arg(long, value_name = "DIR", default_value = FOLDER)]
    prompts: PathBuf,
}

impl Prompt {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            Command::List(list) => list.run(),
            Command::Show(show) => show.run(),
            Command::Render(render) => render.run(),
            Command::Diff(diff) => diff.run(),
            Command::Check(check) => check.run(),
            Command::Publish(publish) => publish.run(cache).await,
        }
    }
}

impl Prompts {
    /// The prompt of a file, or the highest version of a name that would do.
    pub(super) fn find(&self, reference: &str) -> anyhow::Result<PromptFile> {
        let path = Path::new(reference);
        if path.extension().is_some_and(|extension| extension == "prompt") {
            return PromptFile::read(path).map_err(|faults| console::wrong(&faults.0));
        }
        let PromptRequirement { name, versions } =
            reference.parse().map_err(|error| match error {
                RequirementError::Name(reason) => anyhow!(reason).context(format!(
                    "there is no prompt `{reference}`: give a file that ends in `.prompt`, or a name"
                )),
                error => error.into(),
            })?;
        if !self.prompts.is_dir() || !open(&self.prompts)?.has(&name) {
            let wanted = Requirement { name: name.clone().into(), versions: versions.clone() };
            if let Some(prompt) = packages::prompt_at_hand(&wanted)? {
                return Ok(prompt);
            }
        }
        open(&self.prompts)?.find(&name, &versions).map_err(|faults| console::wrong(&faults.0))
    }
}

fn open(folder: &Path) -> anyhow::Result<Folder> {
    Folder::open(folder).map_err(|fault| {
        anyhow!("{}\n  name the folder where your prompts lie", harmless(&fault.to_string()))
    })
}

/// Its name and version, as people read them.
fn title(prompt: &PromptFile) -> String {
    match (prompt.name(), prompt.version()) {
        (Some(name), Some(version)) => format!("{name} {version}"),
        (Some(name), None) => format!("{name} (no version)"),
        (None, _) => prompt.source().file().into(),
    }
}

/// Who it is, as programs read it, and what else is told of it.
fn identity(prompt: &PromptFile, more: Value) -> Value {
    let mut all = Map::new();
    all.insert("name".into(), json!(prompt.name()));
    all.insert("version".into(), json!(prompt.version()));
    all.insert("digest".into(), json!(prompt.digest()));
    all.insert("file".into(), prompt.source().file().into());
    if let Value::Object(more) = more {
        all.extend(more);
    }
    Value::Object(all)
}

/// What a schema admits, in a word or two.
fn kind(schema: &Value) -> String {
    if let Some(Value::Array(values)) = schema.get("enum") {
        let values = values.iter().filter(|value| !value.is_null());
        let word = |value: &Value| value.as_str().map_or(value.to_string(), Into::into);
        return values.map(word).collect::<Vec<_>>().join(" | ");
    }
    match schema.get("type") {
        Some(Value::String(name)) if name == "array" => {
            format!("array of {}", schema.get("items").map_or("any".into(), kind))
        }
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let named = |name: &str| kind(&json!({"type": name, "items": schema.get("items")}));
            names.map(named).collect::<Vec<_>>().join(" | ")
        }
        _ => "any".into(),
    }
}

/// What people read of one cell; programs get all of it.
const CELL_CHARACTERS_MAX: usize = 100;

/// Rows with their columns under each other.
fn table(rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<_>> =
        rows.iter().map(|row| row.iter().map(|cell| cut(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn cut(cell: &str) -> String {
    match cell.char_indices().nth(CELL_CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", cell.get(..at).unwrap_or_default()),
        None => cell.into(),
    }
}
