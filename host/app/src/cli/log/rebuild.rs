//! `tollgate log rebuild`: the queue, the counts and everything else that the events say, made anew.

use clap::Args;

use crate::cli::gate;
use crate::console;
use crate::exit::Exit;
use crate::recorded::Recorded;

/// Makes the queue, the counts and the rest of what follows from the events anew.
///
/// `tollgate log verify` says where that is needed. No event is changed.
///
/// Example: tollgate log rebuild
#[derive(Args)]
pub(super) struct Rebuild {
    #[command(flatten)]
    recorded: Recorded,
}

impl Rebuild {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        // It has to be there: an empty ledger is not what anybody wants to repair.
        self.recorded.view(&project)?;
        let ledger = self.recorded.open(&project)?;
        let working = console::spinner("making anew what follows from the events");
        let done = ledger.rebuild();
        working.finish_and_clear();
        done?;
        ledger.close();
        console::say("what follows from the events was made anew");
        Ok(Exit::Pass)
    }
}
