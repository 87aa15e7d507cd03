//! `tollgate prompt list`: the prompts of a folder.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use tollgate_library::prompt::PromptFile;

use super::{FOLDER, identity, open, table};
use crate::console::{self, QUIET, harmless, paint};
use crate::exit::Exit;

/// How many digits of a digest tell prompts apart to people.
const DIGEST_CHARACTERS_SHOWN: usize = "sha256:".len() + 12;

/// Lists the prompts in a folder, every version of each.
///
/// Ends with 2 where a file cannot be read as a prompt.
#[derive(Args)]
pub(super) struct List {
    /// The folder.
    #[arg(default_value = FOLDER)]
    folder: PathBuf,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (prompts, faults) = open(&self.folder)?.read();
        if self.json {
            let listed: Vec<_> = prompts.iter().map(as_json).collect();
            console::say(serde_json::to_string_pretty(&listed)?);
        } else if prompts.is_empty() {
            console::say(format!("`{}` holds no prompts", self.folder.display()));
        } else {
            let head =
                ["prompt", "version", "digest", "model", "what for"].map(Into::into).to_vec();
            let rows: Vec<_> = std::iter::once(head).chain(prompts.iter().map(row)).collect();
            let mut lines = table(&rows).into_iter();
            lines.next().into_iter().for_each(|head| console::say(paint(QUIET, head)));
            lines.for_each(console::say);
        }
        for fault in &faults {
            console::warn(harmless(&fault.to_string()));
        }
        Ok(if faults.is_empty() { Exit::Pass } else { Exit::CouldNotTell })
    }
}

fn row(prompt: &PromptFile) -> Vec<String> {
    let front = &prompt.front_matter;
    let digest = prompt.digest().to_string();
    let line = |text: &Option<String>| harmless(text.as_deref().unwrap_or("-")).replace('\n', " ");
    vec![
        prompt.name().map_or("-".into(), |name| name.to_string()),
        prompt.version().map_or("-".into(), ToString::to_string),
        digest.chars().take(DIGEST_CHARACTERS_SHOWN).collect(),
        line(&front.model),
        line(&front.description),
    ]
}

fn as_json(prompt: &PromptFile) -> Value {
    let front = &prompt.front_matter;
    let variables: Vec<_> = front.input.variables.iter().map(|one| &one.name).collect();
    let more = json!({
        "model": front.model,
        "description": front.description,
        "variables": variables,
    });
    identity(prompt, more)
}
