//! `tollgate kpi add`: records figures from the command line or a JSON file.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate::figures::{RecordedFigure, ReportedFigure, ThresholdResult};
use tollgate_model::{Figure, GateName, KpiEvent, NonBlankString};

use super::figures::{FigureDefaults, FiguresFile, parse_past_moment};
use crate::cli::{block_on_runtime, clock, gate_state};
use crate::console::{self, BAD, DOUBT, GOOD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::local_user::local_user;
use crate::{files, host_access};

/// Records figures of gates that were measured elsewhere.
///
/// Programs pass JSON: {"figures": [{"gate": "welcome-email", "kpi": "open-rate", "value": 0.41, "at":
/// "2026-03-31T09:30:00Z", "source": "the mailer's report"}]}. `gate`, `at` and `source` may be given on the
/// command line instead. Either all figures are recorded or none.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate kpi add --gate welcome-email open-rate=0.41 complaints-per-thousand=0.2
  mailer-report | tollgate kpi add --gate welcome-email --json -")]
pub(super) struct KpiAddCommand {
    /// Name of the gate.
    #[arg(long, value_name = "NAME", required_unless_present = "json")]
    gate: Option<GateName>,
    /// Figures to record.
    #[arg(value_name = "NAME=VALUE", value_parser = parse_figure, required_unless_present = "json")]
    figures: Vec<(NonBlankString, Figure)>,
    /// JSON file of figures; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "figures")]
    json: Option<PathBuf>,
    /// Source of the figures [default: the user who runs the tool].
    #[arg(long, value_name = "TEXT")]
    source: Option<NonBlankString>,
    /// Time of measurement: a date, a time in UTC, or how long ago [default: now].
    #[arg(long, value_name = "DATE|TIME")]
    at: Option<String>,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl KpiAddCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let figures = self.read_figures(clock::now_ms()?)?;
        host_access::with_ledger_host(project, &self.ledger_args, |host| {
            let recorded = host.record_figures(figures);
            let recorded = block_on_runtime(async { Ok(recorded.await?) })?;
            for of_gate in recorded.chunk_by(|one, next| one.gate == next.gate) {
                of_gate.iter().for_each(print_figure);
                let Some(first) = of_gate.first() else { continue };
                // Reading the status records a demotion that a broken threshold causes.
                gate_state::read_status(host, &first.gate)?;
            }
            Ok(Exit::Pass)
        })
    }

    fn read_figures(&self, now_ms: u64) -> anyhow::Result<Vec<ReportedFigure>> {
        let source = match &self.source {
            Some(source) => source.clone(),
            None => local_user().as_str().parse()?,
        };
        let at_ms = self
            .at
            .as_deref()
            .map(|at| parse_past_moment(at, now_ms))
            .transpose()?
            .unwrap_or(now_ms);
        if let Some(path) = &self.json {
            let defaults = FigureDefaults { gate: self.gate.clone(), source, at_ms, now_ms };
            let figures = read_figures_file(path)?.resolve(&defaults)?;
            if figures.is_empty() {
                bail!("`{}` has no figures", path.display());
            }
            return Ok(figures);
        }
        let gate = self.gate.as_ref().context("the gate is missing: add `--gate NAME`")?;
        let reported = |(kpi, value): &(NonBlankString, Figure)| ReportedFigure {
            gate: gate.clone(),
            at_ms,
            figure: KpiEvent { kpi: kpi.clone(), value: *value, source: source.clone() },
        };
        Ok(self.figures.iter().map(reported).collect())
    }
}

fn read_figures_file(path: &Path) -> anyhow::Result<FiguresFile> {
    let text = files::read_text_or_stdin(path)?;
    let invalid =
        || format!("`{}` is not a file of figures: see `tollgate kpi add --help`", path.display());
    serde_json::from_str(&text).with_context(invalid)
}

fn print_figure(recorded: &RecordedFigure) {
    let KpiEvent { kpi, value, .. } = &recorded.figure;
    let verdict = match recorded.result {
        ThresholdResult::NoThreshold => {
            paint(DOUBT, "recorded; the gate has no threshold for this figure")
        }
        ThresholdResult::Kept => paint(GOOD, "within its threshold"),
        ThresholdResult::Broken { limit } => paint(BAD, format!("breaks its threshold of {limit}")),
    };
    console::print(format!("{}  {kpi} {value}  {verdict}", recorded.gate));
}

fn parse_figure(text: &str) -> Result<(NonBlankString, Figure), String> {
    let invalid = || format!("`{text}` is not a figure: expected `NAME=NUMBER`");
    let (kpi, value) = text.split_once('=').ok_or_else(invalid)?;
    let value = value.trim().parse::<f64>().ok().and_then(Figure::new).ok_or_else(invalid)?;
    Ok((kpi.parse().map_err(|_| invalid())?, value))
}
