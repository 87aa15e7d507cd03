//! `tollgate prompt list`: lists the prompts in a folder.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use tollgate_packages::prompt::PromptFile;

use super::{PROMPTS_FOLDER, format_table, identity_json, open_folder};
use crate::console::{self, QUIET, paint, sanitize};
use crate::exit::Exit;

/// Length of a shortened digest.
const DIGEST_CHARACTERS_SHOWN: usize = "sha256:".len() + 12;

/// Lists the prompts in a folder, with all versions of each.
///
/// Exit code 2 if a file is not a valid prompt.
#[derive(Args)]
pub(super) struct PromptListCommand {
    /// Folder of prompts.
    #[arg(default_value = PROMPTS_FOLDER)]
    folder: PathBuf,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl PromptListCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (prompts, faults) = open_folder(&self.folder)?.read();
        if self.json {
            let listed: Vec<_> = prompts.iter().map(prompt_json).collect();
            console::print(serde_json::to_string_pretty(&listed)?);
        } else if prompts.is_empty() {
            console::print(format!("`{}` contains no prompts", self.folder.display()));
        } else {
            let head =
                ["prompt", "version", "digest", "model", "description"].map(Into::into).to_vec();
            let rows: Vec<_> = std::iter::once(head).chain(prompts.iter().map(table_row)).collect();
            let mut lines = format_table(&rows).into_iter();
            lines.next().into_iter().for_each(|head| console::print(paint(QUIET, head)));
            lines.for_each(console::print);
        }
        for fault in &faults {
            console::warn(sanitize(&fault.to_string()));
        }
        Ok(if faults.is_empty() { Exit::Pass } else { Exit::NoOutcome })
    }
}

fn table_row(prompt: &PromptFile) -> Vec<String> {
    let front = &prompt.front_matter;
    let digest = prompt.digest().to_string();
    let line = |text: &Option<String>| sanitize(text.as_deref().unwrap_or("-")).replace('\n', " ");
    vec![
        prompt.name().map_or("-".into(), |name| name.to_string()),
        prompt.version().map_or("-".into(), ToString::to_string),
        digest.chars().take(DIGEST_CHARACTERS_SHOWN).collect(),
        line(&front.model),
        line(&front.description),
    ]
}

fn prompt_json(prompt: &PromptFile) -> Value {
    let front = &prompt.front_matter;
    let variables: Vec<_> = front.input.variables.iter().map(|one| &one.name).collect();
    let more = json!({
        "model": front.model,
        "description": front.description,
        "variables": variables,
    });
    identity_json(prompt, more)
}
