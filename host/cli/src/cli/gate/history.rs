//! `tollgate gate history`: lists the events that changed a gate's level or release.

use clap::Args;
use tollgate_api::LedgerEventLine;
use tollgate_model::GateName;

use crate::cli::known_gate::require_delegating_gate;
use crate::cli::log::list;
use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, json_output};

/// Default number of events: what fits on a screen.
const DEFAULT_LIMIT: u32 = 40;

/// Lists level changes with their reasons, incidents, retracted outputs and releases of a gate, newest
/// first.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate gate history welcome-email --json")]
pub(super) struct GateHistoryCommand {
    /// Name of the gate.
    name: GateName,
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
        require_delegating_gate(&project, &self.ledger_args, &self.name)?;
        self.ledger_args.require_present(&project)?;
        let events = host_access::with_ledger_host(project, &self.ledger_args, |host| {
            host.require_gate(&self.name)?;
            Ok(host.level_history(&self.name, self.limit)?)
        })?;
        for event in &events {
            if self.json {
                json_output::print_line(&LedgerEventLine::new(event, None))?;
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
