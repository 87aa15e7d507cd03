//! `tollgate gate`: the records of a project's tasks.

mod check;
mod demote;
mod history;
mod promote;
pub(super) mod schema;
mod score;
mod show;
mod test;

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::exit::Exit;
use crate::project::{FILE, Project};

/// Looks at gates: the governance records of tasks that an AI does.
///
/// A gate is a file in `gates/`. It says who owns a task, how much the AI may do by itself, what judges its
/// outputs and what happens then. What is missing in it may not stop it from loading, but nothing is
/// allowed until it is there.
///
/// Examples: tollgate gate check
///           tollgate gate show welcome-email
///           tollgate gate promote welcome-email
///           tollgate gate test
#[derive(Args)]
pub(super) struct GateCommand {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Show(show::Show),
    Score(score::Score),
    Promote(promote::Promote),
    Demote(demote::Demote),
    History(history::History),
    Test(test::Test),
    Schema(schema::Schema),
}

impl GateCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        match self.command {
            Command::Check(check) => check.run(),
            Command::Show(show) => show.run(),
            Command::Score(score) => score.run(),
            Command::Promote(promote) => promote.run(),
            Command::Demote(demote) => demote.run(),
            Command::History(history) => history.run(),
            Command::Test(test) => test.run(cache),
            Command::Schema(schema) => Ok(schema.run()),
        }
    }
}

/// The project around this folder, which has to be there.
pub(crate) fn project() -> anyhow::Result<Project> {
    Project::around(Path::new("."))?.with_context(|| {
        format!("there is no `{FILE}` in this folder or around it, and it makes a folder a project")
    })
}
