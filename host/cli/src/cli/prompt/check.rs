//! `tollgate prompt check`: reports all faults of the prompts in a folder.

use std::path::PathBuf;

use clap::Args;
use tollgate_api::PromptCheckDocument;

use super::{PROMPTS_FOLDER, open_folder};
use crate::console::{self, BAD, GOOD, paint};
use crate::exit::Exit;
use crate::file_errors::render_errors;
use crate::json_output;

/// Checks the prompts in a folder and reports all faults.
///
/// Exit code 1 if there are faults.
#[derive(Args)]
pub(super) struct PromptCheckCommand {
    /// Folder of prompts.
    #[arg(default_value = PROMPTS_FOLDER)]
    folder: PathBuf,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl PromptCheckCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (count, faults) = open_folder(&self.folder)?.check();
        if self.json {
            json_output::print_document(&PromptCheckDocument::new(count, &faults))?;
        } else {
            if !faults.is_empty() {
                console::print(format!("{}\n", render_errors(&faults)));
            }
            let word = match faults.len() {
                0 => paint(GOOD, "no faults"),
                1 => paint(BAD, "1 fault"),
                wrong => paint(BAD, format!("{wrong} faults")),
            };
            let prompts = if count == 1 { "1 prompt".into() } else { format!("{count} prompts") };
            console::print(format!("{prompts}: {word}"));
        }
        Ok(if faults.is_empty() { Exit::Pass } else { Exit::Fail })
    }
}
