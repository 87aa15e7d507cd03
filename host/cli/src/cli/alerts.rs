//! `tollgate alerts`: lists what the owners of gates should look at now.

use clap::Args;
use tollgate::insight::Alert;
use tollgate_api::{AlertsDocument, single_line};
use tollgate_model::AlertKind;

use super::block_on_runtime;

use crate::console::{self, BAD, DOUBT, GOOD, QUIET, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, json_output, timestamps};

/// Lists what the owners of the project's gates should look at now, the gravest first: incidents, lost levels, broken
/// thresholds, budgets, overdue reviews, and gates that cannot be read.
///
/// Contracts are not loaded. A running server also tells which gates it could not load: `GET /v1/alerts`.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate alerts --json")]
pub(super) struct AlertsCommand {
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl AlertsCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let alerts = host_access::with_ledger_host(require_project()?, &self.ledger, |host| {
            block_on_runtime(async { Ok(host.alerts().await?) })
        })?;
        match self.json {
            true => json_output::print_document(&AlertsDocument::new(&alerts))?,
            false => print_alerts(&alerts),
        }
        Ok(Exit::Pass)
    }
}

/// Prints alerts, each in two lines.
pub(super) fn print_alerts(alerts: &[Alert]) {
    for alert in alerts {
        let gate = alert.gate.as_ref().map_or("the project", |gate| gate.as_str());
        let since = alert.since_ms.map(timestamps::format_time);
        let since = since.map(|since| paint(QUIET, format!("  since {since}"))).unwrap_or_default();
        console::print(format!("{}  {gate}{since}", paint(alert_style(alert.kind), alert.kind)));
        console::print(format!("    {}", single_line(&alert.message)));
    }
    if alerts.is_empty() {
        console::print(paint(GOOD, "no alerts"));
    }
}

/// Returns red for what has gone wrong, and yellow for what is about to.
fn alert_style(kind: AlertKind) -> anstyle::Style {
    match kind {
        AlertKind::BudgetWarning | AlertKind::RecordOverdue | AlertKind::RecordPartInvalid => DOUBT,
        _ => BAD,
    }
}
