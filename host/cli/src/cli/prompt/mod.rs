//! `tollgate prompt`: prompts as versioned packages.

mod check;
mod diff;
mod list;
mod render;
mod show;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tollgate_model::PromptRequirement;
use tollgate_packages::package::{Requirement, RequirementError};
use tollgate_packages::prompt::{PromptFile, PromptFolder};
use tollgate_project::{LocalPackages, PackageAccessError};

use crate::current_project::local_packages;
use crate::exit::Exit;
use crate::shell_words::quote_word;

/// Lists, checks, renders, compares and publishes prompts: `.prompt` files in dotprompt format.
///
/// A prompt is given as a file, or as a name with a version requirement. A name selects the highest matching version
/// in the folder of prompts, or else of the locked and pulled packages. `welcome-email@2.1` matches 2.1 and any later
/// 2.x, `welcome-email@=2.1.0` only that version.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate prompt check
  tollgate prompt render welcome-email@^2 --vars '{"name": "Dana"}'
  tollgate prompt diff welcome-email@1 prompts/welcome-email.prompt"#)]
pub(super) struct PromptCommand {
    #[command(subcommand)]
    command: PromptSubcommand,
}

#[derive(Subcommand)]
enum PromptSubcommand {
    List(list::PromptListCommand),
    Show(show::PromptShowCommand),
    Render(render::RenderCommand),
    Diff(diff::PromptDiffCommand),
    Check(check::PromptCheckCommand),
    Publish(Box<super::publish::PublishCommand>),
}

/// Default folder of prompts.
const PROMPTS_FOLDER: &str = "prompts";

/// Folder in which prompts are looked up by name.
#[derive(Args, Clone, Debug)]
pub(super) struct PromptFolderArgs {
    /// Folder in which prompts are looked up by name.
    #[arg(long, value_name = "DIR", default_value = PROMPTS_FOLDER)]
    prompts: PathBuf,
}

impl PromptCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            PromptSubcommand::List(list) => list.run(),
            PromptSubcommand::Show(show) => show.run(),
            PromptSubcommand::Render(render) => render.run(),
            PromptSubcommand::Diff(diff) => diff.run(),
            PromptSubcommand::Check(check) => check.run(),
            PromptSubcommand::Publish(publish) => publish.run(cache).await,
        }
    }
}

impl PromptFolderArgs {
    /// Reads a prompt file, or finds the highest version of a name that matches.
    pub(super) fn find(&self, reference: &str) -> anyhow::Result<PromptFile> {
        let path = Path::new(reference);
        if path.extension().is_some_and(|extension| extension == "prompt") {
            return Ok(PromptFile::read(path)?);
        }
        let PromptRequirement { name, versions } =
            reference.parse().map_err(|error| match error {
                RequirementError::Name(reason) => anyhow!(reason).context(format!(
                    "there is no prompt `{reference}`: pass a file that ends in `.prompt`, or a name"
                )),
                error => error.into(),
            })?;
        let has_folder = self.prompts.is_dir();
        if !has_folder || !open_folder(&self.prompts)?.contains(&name) {
            let wanted = Requirement { name: name.clone().into(), versions: versions.clone() };
            let packages = local_packages()?;
            if let Some(prompt) = packages.resolve_prompt(&wanted)? {
                return Ok(prompt);
            }
            let locked = locked_versions(&packages, &wanted)?;
            if !has_folder || !locked.is_empty() {
                return Err(self.explain_absence(&wanted, &locked));
            }
        }
        Ok(open_folder(&self.prompts)?.find(&name, &versions)?)
    }

    /// Explains why no prompt meets a requirement, where the folder has none of its name.
    fn explain_absence(&self, wanted: &Requirement, locked: &[String]) -> anyhow::Error {
        let folder = self.prompts.display();
        let place = match self.prompts.is_dir() {
            true => format!("the folder `{folder}` has none of this name"),
            false => format!("there is no folder `{folder}`"),
        };
        let wanted = wanted.to_string();
        let pulling =
            format!("fetch it with `tollgate pull {}` if a source has it", quote_word(&wanted));
        match locked {
            [] => anyhow!(
                "there is no prompt `{wanted}`: no such version is locked or pulled, and {place}\n  pass the folder of your \
                 prompts with `--prompts`, or {pulling}"
            ),
            versions => anyhow!(
                "there is no prompt `{wanted}`: `tollgate.lock` has {}, and {place}\n  ask for a version that is locked, or \
                 {pulling}",
                versions.join(", ")
            ),
        }
    }
}

/// Returns the versions of a package that the lock file pins, whether they are asked for or not.
fn locked_versions(packages: &LocalPackages, wanted: &Requirement) -> anyhow::Result<Vec<String>> {
    let locked = packages.lock().map_err(PackageAccessError::from)?.into_iter();
    let locked = locked.flat_map(|lock| lock.packages.keys());
    let versions = locked.filter(|package| package.name == wanted.name);
    Ok(versions.map(|package| package.version.to_string()).collect())
}

fn open_folder(folder: &Path) -> anyhow::Result<PromptFolder> {
    PromptFolder::open(folder)
        .map_err(|fault| anyhow!("{fault}\n  pass the folder of your prompts"))
}

/// Returns the name and version of a prompt for people, or its file if it has no name.
fn prompt_title(prompt: &PromptFile) -> String {
    match (prompt.name(), prompt.version()) {
        (Some(name), Some(version)) => format!("{name} {version}"),
        (Some(name), None) => format!("{name} (no version)"),
        (None, _) => prompt.text().file().into(),
    }
}

/// Describes briefly the values that a schema allows.
fn describe_schema_type(schema: &Value) -> String {
    if let Some(Value::Array(values)) = schema.get("enum") {
        let values = values.iter().filter(|value| !value.is_null());
        let word = |value: &Value| value.as_str().map_or(value.to_string(), Into::into);
        return values.map(word).collect::<Vec<_>>().join(" | ");
    }
    match schema.get("type") {
        Some(Value::String(name)) if name == "array" => {
            format!("array of {}", schema.get("items").map_or("any".into(), describe_schema_type))
        }
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let named = |name: &str| {
                describe_schema_type(&json!({"type": name, "items": schema.get("items")}))
            };
            names.map(named).collect::<Vec<_>>().join(" | ")
        }
        _ => "any".into(),
    }
}
