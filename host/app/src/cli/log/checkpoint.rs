//! `tollgate log checkpoint`: somebody signs where the ledger ends.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_ledger::Checkpoint as Signed;

use crate::cli::keys::Own;
use crate::cli::{clock, gate};
use crate::console::{self, QUIET, paint};
use crate::exit::Exit;
use crate::files;
use crate::moments;
use crate::recorded::Recorded;

/// Signs the end of the ledger, so that nobody can cut it off or write it anew unseen.
///
/// A copy belongs where whoever can write the ledger cannot: `--output` adds it to a file.
///
/// Example: tollgate log checkpoint --key auditor --output /mnt/elsewhere/checkpoints.jsonl
#[derive(Args)]
pub(super) struct Checkpoint {
    /// Which of your keys signs.
    #[arg(long, value_name = "NAME")]
    key: String,
    #[command(flatten)]
    own: Own,
    /// Also add it to this file, a line for each: what `tollgate log verify --checkpoints` takes.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    recorded: Recorded,
}

impl Checkpoint {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        self.recorded.view(&project)?;
        let key = self.own.key(&self.key)?;
        let ledger = self.recorded.open(&project)?;
        let id = key.public().id();
        let sign = |message: &[u8]| key.sign(message).to_vec();
        let Some(signed) = ledger.checkpoint(clock::now_ms()?, id.as_str(), sign)? else {
            bail!("nothing is recorded yet, and so there is no end to sign");
        };
        ledger.close();
        console::say(format!("event {} is signed by `{}`", signed.seq, self.key));
        for (key, value) in [
            ("hash", signed.hash.to_string()),
            ("key", id.to_string()),
            ("at", moments::shown(signed.at_ms)),
        ] {
            console::say(format!("  {} {value}", paint(QUIET, format!("{key:4}"))));
        }
        match &self.output {
            Some(path) => add(path, &signed)?,
            None => console::note("a copy belongs elsewhere: `--output FILE` adds it to a file"),
        }
        Ok(Exit::Pass)
    }
}

/// Adds a line to a file, and leaves what is in it as it is.
fn add(path: &Path, signed: &Signed) -> anyhow::Result<()> {
    let cannot_write = || format!("cannot write `{}`", path.display());
    let line = format!("{}\n", serde_json::to_string(signed)?);
    std::fs::create_dir_all(files::folder_of(path)).with_context(cannot_write)?;
    let mut file =
        OpenOptions::new().create(true).append(true).open(path).with_context(cannot_write)?;
    file.write_all(line.as_bytes()).with_context(cannot_write)?;
    file.sync_all().with_context(cannot_write)
}

/// The checkpoints of a file.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<Signed>> {
    let text = files::read_text(path)?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = |(number, line)| {
        let place = || format!("{}:{number}: this is no checkpoint", path.display());
        serde_json::from_str(line).with_context(place)
    };
    lines.map(read).collect()
}
