//! `tollgate status`: one screen of what the owners of gates watch.

mod one_gate;
mod summary;

use clap::Args;
use tollgate::Host;
use tollgate::insight::{Alert, GateOverview};
use tollgate_api::StatusDocument;
use tollgate_model::{GateName, Share};

use super::known_gate::require_project_gate;
use super::{alerts, block_on_runtime, gate_state};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{console, host_access, json_output};

/// Shows what the owner of a gate watches: decisions of today and of seven days beside the seven days before, the queue,
/// budgets, the level and what stands against a promotion, the health of the model, times, failures, costs, and alerts.
///
/// Without a name it lists all gates of the project, one per line. Days are calendar days in UTC.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate status
  tollgate status welcome-email
  tollgate status --json")]
pub(super) struct StatusCommand {
    /// Name of the gate.
    gate: Option<GateName>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl StatusCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let (overviews, alerts, now_ms) =
            host_access::with_ledger_host(project, &self.ledger, |host| {
                gate_state::warn_about_clock(host)?;
                let (overviews, alerts) = read_overviews(host, self.gate.as_ref())?;
                Ok((overviews, alerts, host.now_ms()))
            })?;
        if self.json {
            json_output::print_document(&StatusDocument::new(&overviews, &alerts, now_ms))?;
            return Ok(Exit::Pass);
        }
        match overviews.as_slice() {
            [] => console::note("the project has no gates: `tollgate gate new` makes one"),
            [overview] => one_gate::print_overview(overview),
            overviews => summary::print_summary(overviews, &alerts),
        }
        alerts::print_alerts(&alerts);
        Ok(Exit::Pass)
    }
}

/// Reads one gate, or all of the project.
fn read_overviews(
    host: &Host,
    gate: Option<&GateName>,
) -> anyhow::Result<(Vec<GateOverview>, Vec<Alert>)> {
    block_on_runtime(async {
        let mut alerts = host.alerts().await?;
        let names = match gate {
            Some(gate) => {
                alerts.retain(|alert| alert.gate.as_ref().is_none_or(|about| about == gate));
                if !host.active_releases()?.contains_key(gate) {
                    require_project_gate(host.project(), gate)?;
                }
                vec![gate.clone()]
            }
            None => {
                let statuses = host.gate_statuses().await?.statuses;
                statuses.into_iter().map(|status| status.gate.name).collect()
            }
        };
        let mut overviews = Vec::with_capacity(names.len());
        for name in &names {
            overviews.push(host.gate_overview(name).await?);
        }
        Ok((overviews, alerts))
    })
}

/// Formats a share for people, with one decimal. An unknown value is a dash, never zero.
fn format_percent(share: Option<Share>) -> String {
    share.map_or("–".into(), |share| format!("{:.1} %", share.as_f64() * 100.0))
}
