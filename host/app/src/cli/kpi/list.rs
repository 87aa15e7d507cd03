//! `tollgate kpi list`: the latest of each figure, beside its threshold.

use clap::Args;
use serde_json::{Value, json};
use tollgate_govern::{Measured, performance};
use tollgate_model::{Figure, Gate, GateName, Threshold};

use crate::cli::{clock, gate, looking};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::recorded::Recorded;
use crate::{gates, moments};

/// Lists the latest of each figure, and whether it keeps to its threshold.
///
/// Ends with 1 where one is broken.
///
/// Example: tollgate kpi list --gate welcome-email
#[derive(Args)]
pub(super) struct List {
    /// Only of this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

/// A figure, what it has to keep to, or both.
struct Row<'a> {
    gate: &'a GateName,
    kpi: String,
    threshold: Option<&'a Threshold>,
    measured: Option<Measured>,
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let now_ms = clock::now_ms()?;
        let gates = match &self.gate {
            Some(name) => vec![gates::named(&project, name.as_str())?],
            None => gates::all(&project.folder)?,
        };
        let mut rows = Vec::new();
        for gate in &gates {
            let (state, _) = looking::state(&project, &self.recorded, gate, now_ms)?;
            rows.extend(of_gate(gate, &state.now));
        }
        if self.json {
            let all: Vec<_> = rows.iter().map(Row::json).collect();
            console::say(format!("{:#}", json!({ "figures": all })));
        } else {
            rows.iter().for_each(Row::tell);
            if rows.is_empty() {
                console::note("no gate is measured by anything, and no figure came in");
            }
        }
        let broken = rows.iter().any(|row| row.broken().is_some());
        Ok(if broken { Exit::Fail } else { Exit::Pass })
    }
}

/// The figures that the gate asks for, and those that came in besides.
fn of_gate<'a>(gate: &'a Gate, state: &tollgate_govern::State) -> Vec<Row<'a>> {
    let measured = |kpi: &str| state.figures.get(kpi).copied();
    let asked = gate.performance.iter().map(|threshold| {
        let kpi = threshold.kpi.to_string();
        Row { gate: &gate.name, measured: measured(&kpi), kpi, threshold: Some(threshold) }
    });
    let is_asked = |kpi: &str| gate.performance.iter().any(|one| one.kpi.as_str() == kpi);
    let besides = state.figures.iter().filter(|(kpi, _)| !is_asked(kpi)).map(|(kpi, one)| Row {
        gate: &gate.name,
        kpi: kpi.clone(),
        threshold: None,
        measured: Some(*one),
    });
    asked.chain(besides).collect()
}

impl Row<'_> {
    fn broken(&self) -> Option<Figure> {
        performance::limit_broken(self.threshold?, self.measured?.value)
    }

    fn tell(&self) {
        let figure = match self.measured {
            Some(one) => format!("{}  {}", one.value, paint(QUIET, moments::shown(one.at_ms))),
            None => paint(DOUBT, "none came in yet"),
        };
        let kept = match (self.threshold, self.broken()) {
            (None, _) => paint(QUIET, "no threshold"),
            (Some(threshold), None) => paint(GOOD, limits(threshold)),
            (Some(threshold), Some(_)) => paint(BAD, format!("broken: {}", limits(threshold))),
        };
        let kpi = paint(STRONG, harmless(&self.kpi));
        console::say(format!("{}  {kpi}  {figure}  {kept}", self.gate));
    }

    fn json(&self) -> Value {
        json!({
            "gate": self.gate,
            "kpi": self.kpi,
            "value": self.measured.map(|one| one.value),
            "at": self.measured.map(|one| moments::rfc3339(one.at_ms)),
            "at-least": self.threshold.and_then(|threshold| threshold.at_least),
            "at-most": self.threshold.and_then(|threshold| threshold.at_most),
            "broken": self.broken().is_some(),
        })
    }
}

fn limits(threshold: &Threshold) -> String {
    let least = threshold.at_least.map(|least| format!("at least {least}"));
    let most = threshold.at_most.map(|most| format!("at most {most}"));
    least.into_iter().chain(most).collect::<Vec<_>>().join(", ")
}
