//! `tollgate log`: what happened, for people who have to answer for it.

mod checkpoint;
mod erase;
mod export;
mod kept;
pub(super) mod list;
mod rebuild;
mod replay;
mod show;
mod stats;
mod verify;
pub(super) mod words;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::in_runtime;
use crate::exit::Exit;

/// Reads the ledger, proves that nobody changed it, and erases what nobody may keep.
///
/// Examples: tollgate log list --since 7d
///           tollgate log show 3fe52a7f50bd
///           tollgate log verify
///           tollgate log replay 3fe52a7f50bd
#[derive(Args)]
pub(super) struct Log {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    Verify(verify::Verify),
    Checkpoint(checkpoint::Checkpoint),
    Export(export::Export),
    Stats(stats::Stats),
    Erase(erase::Erase),
    Rebuild(rebuild::Rebuild),
    Replay(Box<replay::Replay>),
}

impl Log {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            Command::List(list) => list.run(),
            Command::Show(show) => show.run(),
            Command::Verify(verify) => verify.run(),
            Command::Checkpoint(checkpoint) => checkpoint.run(),
            Command::Export(export) => export.run(),
            Command::Stats(stats) => stats.run(),
            Command::Erase(erase) => erase.run(),
            Command::Rebuild(rebuild) => rebuild.run(),
            Command::Replay(replay) => in_runtime(replay.run(cache)),
        }
    }
}
