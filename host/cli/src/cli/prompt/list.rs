//! `tollgate prompt list`: lists the prompts in a folder.

use std::path::PathBuf;

use clap::Args;
use tollgate_api::PromptListDocument;
use tollgate_packages::prompt::PromptFile;

use super::{PROMPTS_FOLDER, open_folder};
use crate::cli::table::format_table;
use crate::console::{self, QUIET, paint};
use crate::exit::Exit;
use crate::json_output;

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
            json_output::print_document(&PromptListDocument::new(&prompts))?;
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
        console::warn_about_files(&faults);
        Ok(if faults.is_empty() { Exit::Pass } else { Exit::NoOutcome })
    }
}

fn table_row(prompt: &PromptFile) -> Vec<String> {
    let front = &prompt.front_matter;
    let digest = prompt.digest().to_string();
    let stated = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
    vec![
        prompt.name().map_or("-".into(), |name| name.to_string()),
        prompt.version().map_or("-".into(), ToString::to_string),
        digest.chars().take(DIGEST_CHARACTERS_SHOWN).collect(),
        stated(&front.model),
        stated(&front.description),
    ]
}
