//! `tollgate log`: subcommands that read, verify, replay and erase the ledger.

mod checkpoint;
mod erase;
pub(super) mod event_summary;
mod export;
pub(super) mod list;
mod missing_content;
mod rebuild;
mod replay;
mod run_standing;
mod show;
mod stats;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::block_on_runtime;
use crate::exit::Exit;

/// Reads, verifies, replays and exports the ledger, and erases expired contents.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate log list --since 7d
  tollgate log show 3fe52a7f50bd
  tollgate log verify
  tollgate log replay 3fe52a7f50bd")]
pub(super) struct LogCommand {
    #[command(subcommand)]
    command: LogSubcommand,
}

#[derive(Subcommand)]
enum LogSubcommand {
    List(list::LogListCommand),
    Show(show::LogShowCommand),
    Verify(verify::LogVerifyCommand),
    Checkpoint(checkpoint::CheckpointCommand),
    Export(export::ExportCommand),
    Stats(stats::StatsCommand),
    Erase(erase::EraseCommand),
    Rebuild(rebuild::RebuildCommand),
    Replay(Box<replay::ReplayCommand>),
}

impl LogCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            LogSubcommand::List(list) => list.run(),
            LogSubcommand::Show(show) => show.run(),
            LogSubcommand::Verify(verify) => verify.run(),
            LogSubcommand::Checkpoint(checkpoint) => checkpoint.run(),
            LogSubcommand::Export(export) => export.run(),
            LogSubcommand::Stats(stats) => stats.run(),
            LogSubcommand::Erase(erase) => erase.run(),
            LogSubcommand::Rebuild(rebuild) => rebuild.run(),
            LogSubcommand::Replay(replay) => block_on_runtime(replay.run(cache)),
        }
    }
}
