//! `tollgate gate`: writes the gates of a project, inspects and tests them, and changes their levels.

mod check;
mod demote;
mod history;
mod new;
mod promote;
mod quality;
mod release_rows;
pub(super) mod schema;
mod score;
mod show;
mod test;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::exit::Exit;
pub(super) use test::test_release;

/// Writes, inspects, tests, promotes and demotes gates: the governance records of an AI's tasks.
///
/// A gate is a file in `gates/`. It defines the owner of a task, how much the AI may do by itself, and the
/// contracts that judge its outputs. An incomplete gate loads, but allows nothing until the missing parts
/// are added.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate gate new letters --template email
  tollgate gate check
  tollgate gate show welcome-email
  tollgate gate promote welcome-email
  tollgate gate test")]
pub(super) struct GateCommand {
    #[command(subcommand)]
    command: GateSubcommand,
}

#[derive(Subcommand)]
enum GateSubcommand {
    New(new::GateNewCommand),
    Check(check::GateCheckCommand),
    Show(show::GateShowCommand),
    Score(score::GateScoreCommand),
    Promote(promote::GatePromoteCommand),
    Demote(demote::GateDemoteCommand),
    History(history::GateHistoryCommand),
    Test(test::GateTestCommand),
    #[command(hide = true)]
    Schema(schema::GateSchemaCommand),
}

impl GateCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            GateSubcommand::New(new) => new.run(),
            GateSubcommand::Check(check) => check.run(cache),
            GateSubcommand::Show(show) => show.run(cache),
            GateSubcommand::Score(score) => score.run(),
            GateSubcommand::Promote(promote) => promote.run(),
            GateSubcommand::Demote(demote) => demote.run(),
            GateSubcommand::History(history) => history.run(),
            GateSubcommand::Test(test) => test.run(cache),
            GateSubcommand::Schema(schema) => Ok(schema.run()),
        }
    }
}
