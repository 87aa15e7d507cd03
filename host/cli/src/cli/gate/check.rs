//! `tollgate gate check`: lists missing entries of gates and their consequences, and what is not valid any more.

use std::path::PathBuf;

use clap::Args;
use tollgate::autonomy::GateStatus;
use tollgate_api::{CompletenessDocument, GateCompleteness};
use tollgate_govern::checklist::ReadinessItem;
use tollgate_govern::due_dates::{DueDate, find_due_dates};
use tollgate_govern::score::{self, ScoreThresholds};
use tollgate_govern::{GateState, checklist, completeness, review};
use tollgate_model::{
    Consequence, Digest, FormatVersion, Gate, GatePart, GatePurpose, OversightEffect, ReasonKind,
};
use tollgate_project::{GateReadError, Project};

use super::quality::JudgingGate;
use crate::cli::known_gate::find_quality_gate;
use crate::cli::{block_on_runtime, clock, gate_state};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, json_output};

/// Checks gates: lists what is missing in each, what is not allowed until it is added, and what has ended, ends within 30
/// days or was changed: approvals of models, `fail-open` exceptions, sign-offs, the review of the record and the brand voice
/// document.
///
/// Gates of the purpose `quality` are loaded, so that they can judge. Prompts, contracts and configurations of others are
/// not: `tollgate gate show` does that.
///
/// Exits with 1 if a gate is incomplete or something of it is not valid any more, and with 2 if one cannot be read, or is
/// a quality gate that cannot be loaded.
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

/// Results of checking one gate file.
struct CheckedGate<'a> {
    gate: &'a Gate,
    missing: Vec<GatePart>,
    /// Days that have passed or come soon.
    due: Vec<DueDate>,
    /// Reason for which the brand voice document is not the agreed one.
    brand_voice: Option<String>,
    checklist: Vec<ReadinessItem>,
}

impl GateCheckCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let named = self.names.iter().map(|name| project.read_gate(name));
        let gates = match self.names.is_empty() {
            true => project.read_gates()?,
            false => named.collect::<Result<_, _>>()?,
        };
        let (judging, gates): (Vec<_>, Vec<_>) = gates.into_iter().partition(Gate::is_quality);
        let thresholds = project.thresholds();
        let judging = self.check_judging_gates(&project, &judging, cache)?;
        let statuses = host_access::with_ledger_host(project.clone(), &self.ledger_args, |host| {
            gate_state::read_statuses(host, &gates)
        })?;
        // The files are checked here, and not the active releases that the states were read by.
        let checked: Vec<_> = gates
            .iter()
            .zip(statuses)
            .map(|(gate, status)| CheckedGate::new(&project, gate, status))
            .collect::<anyhow::Result<_>>()?;
        if self.json {
            let gates = checked.iter().map(|checked| {
                let CheckedGate { gate, missing, due, brand_voice, checklist } = checked;
                GateCompleteness::new(gate.name.clone(), missing, checklist)
                    .with_faults(due, brand_voice.clone())
            });
            let gates = gates.chain(judging.iter().map(JudgingGate::document));
            let (format, gates) = (FormatVersion, gates.collect());
            json_output::print_document(&CompletenessDocument { format, gates })?;
        } else {
            checked.iter().for_each(|checked| checked.print(thresholds));
            judging.iter().for_each(JudgingGate::print);
            note_unchecked(!checked.is_empty(), !judging.is_empty());
        }
        let is_complete = checked.iter().all(CheckedGate::is_complete)
            && judging.iter().all(JudgingGate::is_ready);
        Ok(match is_complete {
            _ if judging.iter().any(|gate| gate.load_error.is_some()) => Exit::NoOutcome,
            true => Exit::Pass,
            false => Exit::Fail,
        })
    }

    /// Checks the gates that only judge by their files, and loads them.
    fn check_judging_gates<'a>(
        &self,
        project: &Project,
        gates: &'a [Gate],
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Vec<JudgingGate<'a>>> {
        if gates.is_empty() {
            return Ok(Vec::new());
        }
        let (thresholds, now_ms) = (project.thresholds(), clock::now_ms()?);
        let released = note_released(project, &self.ledger_args, gates)?;
        let host = host_access::open_trial_host(cache)?;
        block_on_runtime(async {
            let mut checked = Vec::with_capacity(gates.len());
            for (gate, is_released) in gates.iter().zip(released) {
                let load_error = host.load_gate_record(gate.clone()).await.err();
                let mut gate = JudgingGate::new(gate, thresholds, now_ms);
                (gate.is_released, gate.load_error) = (is_released, load_error);
                checked.push(gate);
            }
            Ok(checked)
        })
    }
}

impl<'a> CheckedGate<'a> {
    fn new(project: &Project, gate: &'a Gate, status: GateStatus) -> anyhow::Result<Self> {
        let thresholds = project.thresholds();
        let agreed = gate.guardrails.brand_voice.as_ref().map(|voice| voice.digest);
        let inputs = GateState { thresholds, brand_voice: agreed, ..status.state.inputs };
        Ok(Self {
            gate,
            missing: missing_entries(gate, thresholds),
            due: find_due_dates(gate, status.at_ms),
            brand_voice: brand_voice_fault(project, gate)?,
            checklist: checklist::check_readiness(gate, &inputs, status.at_ms),
        })
    }

    /// Returns whether the record has every part, and all of it is valid.
    fn is_complete(&self) -> bool {
        self.missing.is_empty() && self.is_valid()
    }

    fn is_valid(&self) -> bool {
        self.brand_voice.is_none() && !self.due.iter().any(DueDate::is_fault)
    }

    fn print(&self, thresholds: ScoreThresholds) {
        print_gate(self.gate, &self.missing, thresholds);
        if !self.is_valid() {
            console::print(format!("  {}:", paint(BAD, "not valid today")));
            self.due_faults().for_each(|due| console::print(format!("    {due}")));
            self.brand_voice.iter().for_each(|fault| console::print(format!("    {fault}")));
        }
        let next = self.due.iter().find_map(DueDate::last_day);
        let soon = self.due.iter().filter(|due| !due.is_fault());
        soon.for_each(|due| console::print(format!("  {} {due}", paint(DOUBT, "warning:"))));
        match next {
            _ if !self.is_complete() => {}
            None => console::print(paint(GOOD, "  the record is complete")),
            Some(day) => {
                console::print(paint(DOUBT, format!("  the record is complete until {day}")))
            }
        }
        let is_ready = self.is_complete() && self.checklist.iter().all(ReadinessItem::is_met);
        console::print(if is_ready { "  ready to delegate" } else { "  not ready to delegate" });
        self.checklist.iter().for_each(print_checklist_item);
        // With these, a list without any other ✗ is not ready either.
        self.due_faults().for_each(|fault| print_fault(fault.to_string()));
        if self.brand_voice.is_some() {
            print_fault(ReasonKind::BrandVoiceChanged.to_string());
        }
        if !self.missing.is_empty() && self.checklist.iter().all(ReadinessItem::is_met) {
            print_fault("the record lacks what is listed above".into());
        }
    }

    fn due_faults(&self) -> impl Iterator<Item = &DueDate> {
        self.due.iter().filter(|due| due.is_fault())
    }
}

fn print_fault(fault: String) {
    console::print(format!("    {} {fault}", paint(BAD, "✗")));
}

/// Returns which gates delegate although the purpose in their file is `quality`, because they were released, and says so.
fn note_released(
    project: &Project,
    ledger: &LedgerArgs,
    judging: &[Gate],
) -> anyhow::Result<Vec<bool>> {
    let is_released = |gate: &Gate| {
        let is_released = find_quality_gate(project, ledger, &gate.name)?.is_none();
        if is_released {
            console::note(format!(
                "gate `{}` was released: its active release decides, whatever the purpose in its file is",
                gate.name
            ));
        }
        Ok(is_released)
    };
    judging.iter().map(is_released).collect()
}

/// Says what was not loaded: a complete record can still name a contract that does not exist.
fn note_unchecked(has_delegating: bool, has_judging: bool) {
    let of = match (has_delegating, has_judging) {
        (false, _) => return,
        (true, false) => "",
        (true, true) => " of gates that delegate",
    };
    console::note(format!(
        "not checked{of}: prompts, contracts and their configurations; `tollgate gate show NAME` loads them"
    ));
}

/// Returns why the brand voice document is not the agreed one, with the place in the gate file; `None` if it is.
fn brand_voice_fault(project: &Project, gate: &Gate) -> anyhow::Result<Option<String>> {
    let document = project.read_brand_voice(gate).map(Digest::of);
    match project.check_brand_voice(gate, document) {
        Ok(()) => Ok(None),
        Err(GateReadError::Invalid(errors)) => Ok(Some(errors.to_string())),
        Err(error) => Err(error.into()),
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
    if let Some(short) = review::check_reviewer_list(gate) {
        console::print(format!("  {} {short}", paint(DOUBT, "warning:")));
    }
    if let Some(short) = review::check_escalation_path(gate) {
        console::print(format!("  {} {short}", paint(DOUBT, "warning:")));
    }
    for consequence in [Consequence::NothingAllowed, Consequence::EveryOutputHeld] {
        let entries: Vec<_> =
            missing.iter().filter(|entry| entry.consequence() == consequence).collect();
        if !entries.is_empty() {
            console::print(format!("  {} until these are added:", paint(BAD, consequence)));
            entries.iter().for_each(|entry| console::print(format!("    {entry}")));
        }
    }
    if could_only_judge(gate) {
        let hint =
            "  if nobody delegates anything here, `purpose = \"quality\"` is all that it lacks";
        console::print(paint(QUIET, hint));
    }
}

/// Returns whether a gate could be one that only judges: it has contracts and nothing of the record of a delegation.
fn could_only_judge(gate: &Gate) -> bool {
    let judging = Gate { purpose: GatePurpose::Delegation, ..gate.clone().into_quality() };
    !gate.contracts.is_empty() && *gate == judging
}

fn print_checklist_item(item: &checklist::ReadinessItem) {
    let (style, mark) = if item.is_met() { (GOOD, "✓") } else { (DOUBT, "✗") };
    let missing = match item.missing.as_slice() {
        [] => String::new(),
        missing => format!(": {}", missing.join("; ")),
    };
    console::print(format!("    {} {}{missing}", paint(style, mark), item.point.description()));
}
