//! `tollgate queue claim`: somebody takes a review, for a while.

use clap::Args;

use super::{Who, told};
use crate::cli::{clock, gate, looking};
use crate::console::{self, GOOD, paint};
use crate::exit::Exit;
use crate::recorded::{Recorded, short};
use crate::run::{self, Open};
use crate::{gates, moments};

/// Takes a review, so that nobody else begins with it. It is given back by a review, or by time.
///
/// Example: tollgate queue claim 3fe52a7f50bd --reviewer "Kim Osei"
#[derive(Args)]
pub(super) struct Claim {
    /// The run, or as much of its name as tells it from the others.
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    recorded: Recorded,
}

impl Claim {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let view = self.recorded.view(&project)?;
        let now_ms = clock::now_ms()?;
        let open = Open::named(&view, &self.run)?;
        let gate = gates::named(&project, open.row.gate.as_str())?;
        looking::look(&view, &project, &self.recorded, &gate, now_ms)?;
        let (until_ms, entry) = match run::claim(&gate, &open, &self.who.reviewer(), now_ms) {
            Ok(claimed) => claimed,
            Err(against) => return Ok(told::refused(&open, &gate, &against)),
        };
        let ledger = self.recorded.open(&project)?;
        let recorded = ledger.append_blocking(vec![entry]);
        ledger.close();
        if let Some(exit) = told::conflict(&open, recorded)? {
            return Ok(exit);
        }
        let (name, by) = (short(&open.row.run), &self.who.reviewer);
        let until = moments::shown(until_ms);
        console::say(format!("{}  run {name} is {by}'s until {until}", paint(GOOD, "taken")));
        Ok(Exit::Pass)
    }
}
