//! `tollgate gate history`: how a gate came to be where it is.

use clap::Args;
use tollgate_ledger::{EventsWanted, Page, Recorded as Event, View};
use tollgate_model::GateName;

use crate::cli::gate;
use crate::cli::log::{list, words};
use crate::console;
use crate::exit::Exit;
use crate::gates;
use crate::recorded::Recorded;

/// What fits on a screen.
const LIMIT: u32 = 40;
/// What steers a gate.
const KINDS: [&str; 4] = ["level", "incident", "rollback", "rollout"];

/// Lists the levels that a gate has had and why, its incidents, what was taken back, and which releases
/// decided: the newest first.
///
/// Example: tollgate gate history welcome-email --json
#[derive(Args)]
pub(super) struct History {
    /// Which gate.
    name: String,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = LIMIT)]
    limit: u32,
    /// Write JSON, a line for each event.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

impl History {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let gate = gates::named(&project, &self.name)?;
        let view = self.recorded.view(&project)?;
        let events = events(&view, &gate.name, self.limit)?;
        for event in &events {
            if self.json {
                console::say(serde_json::to_string(&words::Written::of(event, None))?);
            } else {
                list::say(event, None, 0);
            }
        }
        if events.is_empty() && !self.json {
            console::note("nothing of the kind has happened");
        }
        Ok(Exit::Pass)
    }
}

fn events(view: &View, gate: &GateName, limit: u32) -> anyhow::Result<Vec<Event>> {
    let mut all = Vec::new();
    for kind in KINDS {
        let (gate, kind) = (Some(gate.clone()), Some(kind.to_owned()));
        all.extend(view.events(&EventsWanted { gate, kind, page: Page::Newest, limit })?);
    }
    all.sort_by_key(|event| std::cmp::Reverse(event.seq));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}
