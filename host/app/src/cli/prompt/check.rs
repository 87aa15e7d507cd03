//! `tollgate prompt check`: what is wrong in a folder of prompts.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{FOLDER, open};
use crate::console::{self, BAD, GOOD, harmless, paint};
use crate::exit::Exit;

/// Says everything that is wrong with the prompts in a folder, at once.
///
/// Ends with 1 where something is wrong.
#[derive(Args)]
pub(super) struct Check {
    /// The folder.
    #[arg(default_value = FOLDER)]
    folder: PathBuf,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let (count, faults) = open(&self.folder)?.check();
        if self.json {
            let fault = |fault: &tollgate_library::prompt::Fault| {
                json!({
                    "file": fault.file,
                    "line": fault.line,
                    "message": fault.problem.to_string(),
                })
            };
            let faults: Vec<_> = faults.iter().map(fault).collect();
            console::say(format!("{:#}", json!({"prompts": count, "faults": faults})));
        } else {
            for fault in &faults {
                console::say(harmless(&fault.to_string()));
            }
            let word = match faults.len() {
                0 => paint(GOOD, "nothing is wrong"),
                1 => paint(BAD, "1 thing is wrong"),
                wrong => paint(BAD, format!("{wrong} things are wrong")),
            };
            let prompts = if count == 1 { "1 prompt".into() } else { format!("{count} prompts") };
            console::say(format!("{prompts}: {word}"));
        }
        Ok(if faults.is_empty() { Exit::Pass } else { Exit::Fail })
    }
}
