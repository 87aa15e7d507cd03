//! `tollgate prompt check`: reports all faults of the prompts in a folder.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{PROMPTS_FOLDER, open_folder};
use crate::console::{self, BAD, GOOD, paint, sanitize};
use crate::exit::Exit;

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
            let fault = |fault: &tollgate_packages::prompt::PromptError| {
                json!({
                    "file": fault.file,
                    "line": fault.line,
                    "message": fault.kind.to_string(),
                })
            };
            let faults: Vec<_> = faults.iter().map(fault).collect();
            console::print(format!("{:#}", json!({"prompts": count, "faults": faults})));
        } else {
            for fault in &faults {
                console::print(sanitize(&fault.to_string()));
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
