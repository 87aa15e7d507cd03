//! `tollgate log checkpoint`: signs the current end of the ledger. `tollgate log verify` checks the signatures.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate::checkpoints::sign_checkpoint;
use tollgate_ledger::Checkpoint;

use crate::cli::clock;
use crate::cli::keys::SigningKeyArgs;
use crate::console::{self, QUIET, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::files;
use crate::ledger_access::LedgerArgs;
use crate::timestamps;

/// Signs the end of the ledger, so that truncation and rewriting can be detected.
///
/// Keep a copy where users with write access to the ledger cannot change it: `--output` appends it to a file.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate log checkpoint --key auditor --output /mnt/elsewhere/checkpoints.jsonl")]
pub(super) struct CheckpointCommand {
    /// Name of your signing key.
    #[arg(long, value_name = "NAME")]
    key: String,
    #[command(flatten)]
    signing_key: SigningKeyArgs,
    /// Also append the checkpoint to this file, one per line, for `tollgate log verify --checkpoints`.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl CheckpointCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        self.ledger.require_present(&project)?;
        let key = self.signing_key.read_key(&self.key)?;
        let ledger = self.ledger.open(&project)?;
        let id = key.public().id();
        let Some(checkpoint) = sign_checkpoint(&*ledger, &key, clock::now_ms()?)? else {
            bail!("the ledger has no events yet, so there is nothing to sign");
        };
        ledger.close();
        console::print(format!("checkpoint signed by `{}` at event {}", self.key, checkpoint.seq));
        for (key, value) in [
            ("hash", checkpoint.hash.to_string()),
            ("key", id.to_string()),
            ("at", timestamps::format_time(checkpoint.at_ms)),
        ] {
            console::print(format!("  {} {value}", paint(QUIET, format!("{key:4}"))));
        }
        match &self.output {
            Some(path) => append_checkpoint(path, &checkpoint)?,
            None => {
                console::note("keep a copy in another place: `--output FILE` appends it to a file")
            }
        }
        Ok(Exit::Pass)
    }
}

/// Appends the checkpoint as a line, preserving the existing content of the file.
fn append_checkpoint(path: &Path, checkpoint: &Checkpoint) -> anyhow::Result<()> {
    let cannot_write = || format!("cannot write `{}`", path.display());
    let line = format!("{}\n", serde_json::to_string(checkpoint)?);
    files::create_private_folder(files::parent_folder(path))?;
    let mut options = OpenOptions::new();
    options.create(true).append(true).mode(0o600);
    let mut file = options.open(path).with_context(cannot_write)?;
    file.write_all(line.as_bytes()).with_context(cannot_write)?;
    file.sync_all().with_context(cannot_write)
}

/// Reads the checkpoints of a file that `--output` wrote.
pub(super) fn read_checkpoints(path: &Path) -> anyhow::Result<Vec<Checkpoint>> {
    let text = files::read_given_text(path)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = |(number, line)| {
        let place = || format!("{}:{number}: not a checkpoint", path.display());
        serde_json::from_str(line).with_context(place)
    };
    lines.map(read).collect()
}
