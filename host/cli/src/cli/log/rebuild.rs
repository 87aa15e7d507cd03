//! `tollgate log rebuild`: recomputes the queue, the counts and all other projections from the events.

use clap::Args;

use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;

/// Rebuilds the queue, the counts and all other tables derived from the events.
///
/// `tollgate log verify` reports when this is needed. Events are never changed.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate log rebuild")]
pub(super) struct RebuildCommand {
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl RebuildCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        // `open` would create an empty ledger, which nobody wants to repair.
        self.ledger.require_present(&project)?;
        let ledger = self.ledger.open(&project)?;
        let spinner = console::spinner("rebuilding the tables derived from the events");
        let result = ledger.rebuild();
        spinner.finish_and_clear();
        result?;
        ledger.close();
        console::print("the tables derived from the events were rebuilt");
        Ok(Exit::Pass)
    }
}
