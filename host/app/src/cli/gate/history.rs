//! `tollgate gate history`: lists the events that changed a gate's level or release.

use clap::Args;
use tollgate_ledger::{EventQuery, LedgerReader, PageCursor, StoredEvent as Event};
use tollgate_model::GateName;

use crate::cli::log::{event_summary, list};
use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;

/// Default number of events: what fits on a screen.
const DEFAULT_LIMIT: u32 = 40;
/// Kinds of events that are listed.
const STEERING_KINDS: [&str; 4] = ["level", "incident", "rollback", "rollout"];

/// Lists level changes with their reasons, incidents, retracted outputs and releases of a gate, newest
/// first.
///
/// Example: tollgate gate history welcome-email --json
#[derive(Args)]
pub(super) struct GateHistoryCommand {
    /// Name of the gate.
    name: String,
    /// Maximum number of events.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: u32,
    /// Write JSON, one line per event.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl GateHistoryCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let gate = project.read_gate(&self.name)?;
        let view = self.ledger_args.view(&project)?;
        let events = steering_events(&view, &gate.name, self.limit)?;
        for event in &events {
            if self.json {
                console::print(serde_json::to_string(&event_summary::EventJson::new(event, None))?);
            } else {
                list::print_event(event, None, 0);
            }
        }
        if events.is_empty() && !self.json {
            console::note("this gate has no such events yet");
        }
        Ok(Exit::Pass)
    }
}

fn steering_events(
    view: &dyn LedgerReader,
    gate: &GateName,
    limit: u32,
) -> anyhow::Result<Vec<Event>> {
    let mut events = Vec::new();
    for kind in STEERING_KINDS {
        let (gate, kind) = (Some(gate.clone()), Some(kind.to_owned()));
        events.extend(view.events(&EventQuery { gate, kind, page: PageCursor::Newest, limit })?);
    }
    // Each kind is queried on its own with the full limit, so the merged list is cut again below.
    events.sort_by_key(|event| std::cmp::Reverse(event.seq));
    events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(events)
}
