//! `tollgate kpi list`: lists the latest value of each figure with its threshold.

use clap::Args;
use tollgate::autonomy::GateStatus;
use tollgate::figures::FigureStatus;
use tollgate_api::FiguresDocument;
use tollgate_model::{GateName, KpiThreshold};

use crate::cli::gate_state;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, json_output, timestamps};

/// Lists the latest value of each figure and whether it is within its threshold.
///
/// Exits with 1 if a threshold is broken.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate kpi list --gate welcome-email")]
pub(super) struct KpiListCommand {
    /// Gate whose figures are listed [default: all].
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl KpiListCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let statuses =
            host_access::with_ledger_host(project, &self.ledger_args, |host| match &self.gate {
                Some(name) => Ok(vec![gate_state::read_status(host, name)?]),
                None => gate_state::read_all_statuses(host),
            })?;
        let rows: Vec<_> = statuses.iter().flat_map(GateStatus::figures).collect();
        if self.json {
            json_output::print_document(&FiguresDocument::from(rows.as_slice()))?;
        } else {
            rows.iter().for_each(print_figure);
            if rows.is_empty() {
                console::note("no gate has thresholds, and no figures are recorded");
            }
        }
        let broken = rows.iter().any(|row| row.broken_limit().is_some());
        Ok(if broken { Exit::Fail } else { Exit::Pass })
    }
}

fn print_figure(row: &FigureStatus) {
    let figure = match row.latest {
        Some(reading) => {
            format!("{}  {}", reading.value, paint(QUIET, timestamps::format_time(reading.at_ms)))
        }
        None => paint(DOUBT, "no value yet"),
    };
    let limits = match (&row.threshold, row.broken_limit()) {
        (None, _) => paint(QUIET, "no threshold"),
        (Some(threshold), None) => paint(GOOD, format_limits(threshold)),
        (Some(threshold), Some(_)) => paint(BAD, format!("broken: {}", format_limits(threshold))),
    };
    let kpi = paint(STRONG, &row.kpi);
    console::print(format!("{}  {kpi}  {figure}  {limits}", row.gate));
}

fn format_limits(threshold: &KpiThreshold) -> String {
    let least = threshold.at_least.map(|least| format!("at least {least}"));
    let most = threshold.at_most.map(|most| format!("at most {most}"));
    least.into_iter().chain(most).collect::<Vec<_>>().join(", ")
}
