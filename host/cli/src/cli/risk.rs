//! `tollgate risk`: prints a risk map of all gates.

use clap::Args;
use tollgate_api::RiskDocument;
use tollgate_govern::risk::{GateRisk, RiskMap};
use tollgate_model::ReasonKind;

use super::{block_on_runtime, gate_state};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, json_output};

/// Shows a risk map of all gates of the project: their access to systems, the data they use, missing entries, what has
/// ended, ends within 30 days or is overdue, and what to fix first.
///
/// A gate with an active release is shown as it was released. Exits with 2 if the file of a gate cannot be read: its risk is
/// not known, or is going to change.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate risk --json")]
pub(super) struct RiskCommand {
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl RiskCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let report = host_access::with_ledger_host(require_project()?, &self.ledger, |host| {
            block_on_runtime(async { Ok(host.risk_report().await?) })
        })?;
        gate_state::warn_about_gates(&report.gates);
        if self.json {
            json_output::print_document(&RiskDocument::from(report.map))?;
        } else {
            print_map(&report.map);
        }
        Ok(match report.gates.file_errors.is_empty() {
            true => Exit::Pass,
            false => Exit::NoOutcome,
        })
    }
}

fn print_map(map: &RiskMap) {
    console::print(paint(STRONG, "gates"));
    for gate in &map.gates {
        let risk = gate.risk.map_or("risk unknown".into(), |risk| format!("{risk} risk"));
        let score = gate.score.map_or("no score".into(), |score| format!("score {score}"));
        let missing = describe_completeness(gate);
        let (name, oversight) = (&gate.gate, gate.oversight);
        console::print(format!("  {name}  {risk}, {score}, {oversight}, {missing}"));
        for due in &gate.due {
            let style = if due.is_fault() { BAD } else { DOUBT };
            console::print(format!("    {}", paint(style, due)));
        }
        if gate.brand_voice_changed {
            console::print(format!("    {}", paint(BAD, ReasonKind::BrandVoiceChanged)));
        }
        if let Some(day) = gate.review_overdue_since {
            console::print(format!(
                "    {}",
                paint(BAD, format!("the review of an output was due on {day}"))
            ));
        }
    }
    for name in &map.judging_only {
        console::print(format!(
            "  {name}  {}",
            paint(QUIET, "quality: it judges, and delegates nothing")
        ));
    }
    console::print(paint(STRONG, "systems"));
    for (system, verbs) in &map.access {
        console::print(format!("  {system}"));
        for (verb, reaches) in verbs {
            for reach in reaches {
                let what = &reach.ability;
                console::print(format!(
                    "    {:8} {what}  {}",
                    verb.to_string(),
                    paint(QUIET, &reach.gate)
                ));
            }
        }
    }
    console::print(paint(STRONG, "data"));
    for (class, uses) in &map.data {
        for one in uses {
            let open = [one.unanswered.as_slice(), &one.exposed].concat();
            let open =
                if open.is_empty() { String::new() } else { format!(": {}", open.join(", ")) };
            let line = format!("  {class}  {}{}", one.gate, paint(DOUBT, open));
            console::print(line);
        }
    }
    console::print(paint(STRONG, "to fix first"));
    for fix in &map.to_fix {
        console::print(format!("  {}  {}", paint(QUIET, &fix.gate), fix.problem));
    }
    if map.to_fix.is_empty() {
        console::print(paint(GOOD, "  nothing"));
    }
}

/// Says whether a record has every part, and whether all of it is still valid.
fn describe_completeness(gate: &GateRisk) -> String {
    let (lacking, faults) = (gate.missing.len(), gate.fault_count());
    match (lacking, faults) {
        (0, 0) if gate.brand_voice_changed => paint(BAD, "brand voice changed"),
        (0, 0) => match gate.next_due() {
            Some(day) => paint(DOUBT, format!("complete until {day}")),
            None => paint(GOOD, "complete"),
        },
        (0, faults) => paint(BAD, format!("{faults} not valid today")),
        (lacking, 0) => paint(BAD, format!("lacks {lacking}")),
        (lacking, faults) => paint(BAD, format!("lacks {lacking}, {faults} not valid today")),
    }
}
