//! `tollgate kpi list`: lists the latest value of each figure with its threshold.

use clap::Args;
use serde_json::{Value, json};
use tollgate_govern::{KpiReading, performance};
use tollgate_model::{Figure, Gate, GateName, KpiThreshold};

use crate::cli::{clock, gate_state};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint, sanitize};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::timestamps;

/// Lists the latest value of each figure and whether it is within its threshold.
///
/// Exits with 1 if a threshold is broken.
///
/// Example: tollgate kpi list --gate welcome-email
#[derive(Args)]
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

/// A threshold with its latest value, or a value without a threshold.
struct FigureRow<'a> {
    gate: &'a GateName,
    kpi: String,
    threshold: Option<&'a KpiThreshold>,
    measured: Option<KpiReading>,
}

impl KpiListCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let now_ms = clock::now_ms()?;
        let gates = match &self.gate {
            Some(name) => vec![project.read_gate(name.as_str())?],
            None => project.read_gates()?,
        };
        let mut rows = Vec::new();
        for gate in &gates {
            let (inputs, _) =
                gate_state::load_gate_state(&project, &self.ledger_args, gate, now_ms)?;
            rows.extend(figure_rows(gate, &inputs.inputs));
        }
        if self.json {
            let figures: Vec<_> = rows.iter().map(FigureRow::json).collect();
            console::print(format!("{:#}", json!({ "figures": figures })));
        } else {
            rows.iter().for_each(FigureRow::print);
            if rows.is_empty() {
                console::note("no gate has thresholds, and no figures are recorded");
            }
        }
        let broken = rows.iter().any(|row| row.broken_limit().is_some());
        Ok(if broken { Exit::Fail } else { Exit::Pass })
    }
}

/// Returns the gate's thresholds with their values, followed by values without a threshold.
fn figure_rows<'a>(gate: &'a Gate, inputs: &tollgate_govern::GateState) -> Vec<FigureRow<'a>> {
    let measured = |kpi: &str| inputs.figures.get(kpi).copied();
    let with_threshold = gate.performance.iter().map(|threshold| {
        let kpi = threshold.kpi.to_string();
        FigureRow { gate: &gate.name, measured: measured(&kpi), kpi, threshold: Some(threshold) }
    });
    let has_threshold =
        |kpi: &str| gate.performance.iter().any(|reading| reading.kpi.as_str() == kpi);
    let without_threshold =
        inputs.figures.iter().filter(|(kpi, _)| !has_threshold(kpi)).map(|(kpi, reading)| {
            FigureRow {
                gate: &gate.name,
                kpi: kpi.clone(),
                threshold: None,
                measured: Some(*reading),
            }
        });
    with_threshold.chain(without_threshold).collect()
}

impl FigureRow<'_> {
    fn broken_limit(&self) -> Option<Figure> {
        performance::broken_limit(self.threshold?, self.measured?.value)
    }

    fn print(&self) {
        let figure = match self.measured {
            Some(reading) => format!(
                "{}  {}",
                reading.value,
                paint(QUIET, timestamps::format_time(reading.at_ms))
            ),
            None => paint(DOUBT, "no value yet"),
        };
        let limits = match (self.threshold, self.broken_limit()) {
            (None, _) => paint(QUIET, "no threshold"),
            (Some(threshold), None) => paint(GOOD, format_limits(threshold)),
            (Some(threshold), Some(_)) => {
                paint(BAD, format!("broken: {}", format_limits(threshold)))
            }
        };
        let kpi = paint(STRONG, sanitize(&self.kpi));
        console::print(format!("{}  {kpi}  {figure}  {limits}", self.gate));
    }

    fn json(&self) -> Value {
        json!({
            "gate": self.gate,
            "kpi": self.kpi,
            "value": self.measured.map(|reading| reading.value),
            "at": self.measured.map(|reading| timestamps::format_rfc3339(reading.at_ms)),
            "at-least": self.threshold.and_then(|threshold| threshold.at_least),
            "at-most": self.threshold.and_then(|threshold| threshold.at_most),
            "broken": self.broken_limit().is_some(),
        })
    }
}

fn format_limits(threshold: &KpiThreshold) -> String {
    let least = threshold.at_least.map(|least| format!("at least {least}"));
    let most = threshold.at_most.map(|most| format!("at most {most}"));
    least.into_iter().chain(most).collect::<Vec<_>>().join(", ")
}
