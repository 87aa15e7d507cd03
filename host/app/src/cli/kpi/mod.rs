//! `tollgate kpi`: the figures that gates are measured by.

mod add;
mod list;
mod shape;

use clap::{Args, Subcommand};

use crate::exit::Exit;

/// Records the figures that gates are measured by, and shows them beside their thresholds.
///
/// A figure that breaks a threshold of its gate (`[[performance]]`) costs the gate a level at once.
///
/// Examples: tollgate kpi add --gate welcome-email open-rate=0.41 --source "the mailer's report"
///           tollgate kpi list
#[derive(Args)]
pub(super) struct Kpi {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(add::Add),
    List(list::List),
}

impl Kpi {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            Command::Add(add) => add.run(),
            Command::List(list) => list.run(),
        }
    }
}
