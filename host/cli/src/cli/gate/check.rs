//! `tollgate gate check`: lists missing entries of gates and their consequences.

use clap::Args;
use tollgate::autonomy::GateStatus;
use tollgate_api::{CompletenessDocument, GateCompleteness};
use tollgate_govern::score::{self, ScoreThresholds};
use tollgate_govern::{GateState, checklist, completeness};
use tollgate_model::{Consequence, Digest, FormatVersion, Gate, GatePart, OversightEffect};

use crate::cli::gate_state;
use crate::console::{self, BAD, DOUBT, GOOD, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, json_output};

/// Checks gates: lists what is missing in each, and what is not allowed until it is added.
///
/// Prompts, contracts and their configurations are not loaded: `tollgate gate show` does that.
///
/// Exits with 1 if a gate is incomplete, and with 2 if one cannot be read or its brand voice document is not the
/// agreed one.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate gate check
  tollgate gate check welcome-email --json")]
pub(super) struct GateCheckCommand {
    /// Gates to check [default: all].
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl GateCheckCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let named = self.names.iter().map(|name| project.read_gate(name));
        let gates = match self.names.is_empty() {
            true => project.read_gates()?,
            false => named.collect::<Result<_, _>>()?,
        };
        for gate in &gates {
            let document = project.read_brand_voice(gate).map(Digest::of);
            project.check_brand_voice(gate, document)?;
        }
        let thresholds = project.thresholds();
        let statuses = host_access::with_ledger_host(project.clone(), &self.ledger_args, |host| {
            gate_state::read_statuses(host, &gates)
        })?;
        // The files are checked here, and not the active releases that the states were read by.
        let check = |gate: &Gate, status: GateStatus| {
            let brand_voice = gate.guardrails.brand_voice.as_ref().map(|voice| voice.digest);
            let inputs = GateState { thresholds, brand_voice, ..status.state.inputs };
            checklist::check_readiness(gate, &inputs, status.at_ms)
        };
        let checked: Vec<_> = gates
            .iter()
            .zip(statuses)
            .map(|(gate, status)| (gate, missing_entries(gate, thresholds), check(gate, status)))
            .collect();
        if self.json {
            let gates = checked.iter().map(|(gate, missing, checklist)| {
                GateCompleteness::new(gate.name.clone(), missing, checklist)
            });
            let (format, gates) = (FormatVersion, gates.collect());
            json_output::print_document(&CompletenessDocument { format, gates })?;
        } else {
            for (entry, missing, checklist) in &checked {
                print_gate(entry, missing, thresholds);
                checklist.iter().for_each(print_checklist_item);
            }
            // A complete record can still name a contract that does not exist.
            console::note(
                "not checked: prompts, contracts and their configurations; `tollgate gate show NAME` loads them",
            );
        }
        let is_complete = checked.iter().all(|(_, missing, _)| missing.is_empty());
        Ok(if is_complete { Exit::Pass } else { Exit::Fail })
    }
}

fn missing_entries(gate: &Gate, thresholds: ScoreThresholds) -> Vec<GatePart> {
    let mut missing = completeness::find_missing(gate, thresholds);
    // Entries that only higher levels need are listed as well, since they hold every output until then.
    for effect in [OversightEffect::Sampled, OversightEffect::ExceptionsOnly] {
        let further = completeness::find_missing_for_effect(gate, effect).into_iter();
        missing.extend(further.filter(|entry| !missing.contains(entry)).collect::<Vec<_>>());
    }
    missing
}

fn print_gate(gate: &Gate, missing: &[GatePart], thresholds: ScoreThresholds) {
    let weighed = score::weigh_score(&gate.score, thresholds);
    let sum = weighed.as_ref().map_or("no score yet".into(), |weighed| {
        format!("score {}, {}", weighed.counted, weighed.posture)
    });
    console::print(format!("{}  {sum}", paint(STRONG, &gate.name)));
    for warning in weighed.iter().flat_map(|weighed| score::warnings(weighed, gate.score.label)) {
        console::print(format!("  {} {warning}", paint(DOUBT, "warning:")));
    }
    for consequence in [Consequence::NothingAllowed, Consequence::EveryOutputHeld] {
        let entries: Vec<_> =
            missing.iter().filter(|entry| entry.consequence() == consequence).collect();
        if !entries.is_empty() {
            console::print(format!("  {} until these are added:", paint(BAD, consequence)));
            entries.iter().for_each(|entry| console::print(format!("    {entry}")));
        }
    }
    if missing.is_empty() {
        console::print(paint(GOOD, "  the record is complete"));
    }
    console::print("  ready to delegate");
}

fn print_checklist_item(item: &checklist::ReadinessItem) {
    let (style, mark) = if item.is_met() { (GOOD, "✓") } else { (DOUBT, "✗") };
    let missing = match item.missing.as_slice() {
        [] => String::new(),
        missing => format!(": {}", missing.join("; ")),
    };
    console::print(format!("    {} {}{missing}", paint(style, mark), item.point.description()));
}
