//! `tollgate log stats`: statistics of each gate for a period, compared with the previous period.

mod render;

use clap::Args;
use tollgate::insight::PeriodStart;
use tollgate_api::StatisticsDocument;
use tollgate_model::{GateName, TimeSpan};

use crate::cli::known_gate::require_known_gate;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::timestamps::Since;
use crate::{host_access, json_output};

const WEEK: Since = Since::Ago(TimeSpan::from_days(7));

/// Shows statistics of each gate: decisions, reviews, costs, budgets, health and calibration, compared with the
/// previous period of the same length. Days are calendar days in UTC.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate log stats
  tollgate log stats --gate welcome-email --since 30d --json")]
pub(super) struct StatsCommand {
    /// Only this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// Start of the period: a span (`7d`), a date, or a time in UTC. The period includes today [default: 7d].
    #[arg(long, value_name = "SPAN|DATE")]
    since: Option<Since>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl StatsCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        require_known_gate(&project, &self.ledger.view(&project)?, self.gate.as_ref())?;
        let start = PeriodStart::from(self.since.unwrap_or(WEEK));
        let stats = host_access::with_ledger_host(project, &self.ledger, |host| {
            Ok(host.gate_statistics(self.gate.as_ref(), start)?)
        })?;
        if self.json {
            json_output::print_document(&StatisticsDocument::from(stats.as_slice()))?;
        } else {
            render::print_all(&stats);
        }
        Ok(Exit::Pass)
    }
}
