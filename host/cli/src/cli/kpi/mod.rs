//! `tollgate kpi`: records and lists the figures that gates are measured by.

mod add;
mod figures;
mod list;

use clap::{Args, Subcommand};

use crate::exit::Exit;

/// Records the figures that gates are measured by, and lists them with their thresholds.
///
/// A figure that breaks a threshold of its gate (`[[performance]]`) demotes the gate by one level at once.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate kpi add --gate welcome-email open-rate=0.41 --source "the mailer's report"
  tollgate kpi list"#)]
pub(super) struct KpiCommand {
    #[command(subcommand)]
    command: KpiSubcommand,
}

#[derive(Subcommand)]
enum KpiSubcommand {
    Add(add::KpiAddCommand),
    List(list::KpiListCommand),
}

impl KpiCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        match self.command {
            KpiSubcommand::Add(add) => add.run(),
            KpiSubcommand::List(list) => list.run(),
        }
    }
}
