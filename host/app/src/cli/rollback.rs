//! `tollgate rollback`: an output was taken back.

use clap::Args;
use tollgate_ledger::Entry;
use tollgate_model::{Event, Person, Rollback as TakenBack, Ruling, What, Words};

use super::queue::tell_rollback;
use super::{clock, gate, looking};
use crate::console::{self, BAD, paint};
use crate::exit::Exit;
use crate::recorded::{Recorded, decided, run_named, short};
use crate::{gates, moments};

/// Records that an output was taken back, and says how that is done and by whom. It costs the gate a level at
/// once. The tool itself takes nothing back: it calls nobody.
///
/// Ends with 1 where there is nothing to take back.
///
/// Example: tollgate rollback 3fe52a7f50bd --by "Kim Osei" --reason "the offer had ended"
#[derive(Args)]
pub(super) struct Rollback {
    /// The run, or as much of its name as tells it from the others.
    #[arg(value_name = "RUN")]
    run: String,
    /// Who takes it back.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Words,
    #[command(flatten)]
    recorded: Recorded,
}

impl Rollback {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let view = self.recorded.view(&project)?;
        let row = run_named(&view, &self.run)?;
        let gate = gates::named(&project, row.gate.as_str())?;
        let (at_ms, name) = (clock::now_ms()?, short(&row.run));
        let history = view.history(row.run)?;
        let before = history.iter().find_map(|event| match &event.event.what {
            What::Rollback(before) => Some(format!("{} has taken it back already", before.by)),
            _ => None,
        });
        let stayed = (row.ruling != Ruling::Allow)
            .then(|| format!("it never went out: it was decided `{}`", row.ruling));
        if let Some(why) = before.or(stayed) {
            let why = console::harmless(&why);
            console::say(format!("{}  run {name}: {why}", paint(BAD, "refused")));
            return Ok(Exit::Fail);
        }
        let (by, reason) = (self.by, self.reason);
        let what = What::Rollback(TakenBack { run: Some(row.run), release: None, by, reason });
        let ledger = self.recorded.open(&project)?;
        let event = Event { at_ms, gate: gate.name.clone(), what };
        let recorded = ledger.append_blocking(vec![Entry::of(event)]);
        ledger.close();
        recorded?;
        console::say(format!("{}  run {name}: recorded", paint(BAD, "taken back")));
        tell_rollback(&gate);
        let undo = decided(&history, row.run).and_then(|(_, run)| run.decision.undo_until_ms);
        if let Some(until_ms) = undo.filter(|until_ms| *until_ms < at_ms) {
            let until = moments::shown(until_ms);
            console::warn(format!(
                "it could be taken back until {until}: see whether it still can"
            ));
        }
        looking::state(&project, &self.recorded, &gate, at_ms)?;
        Ok(Exit::Pass)
    }
}
