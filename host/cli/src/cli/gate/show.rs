//! `tollgate gate show`: shows a gate, its state, and the oversight that follows from both.

use std::path::PathBuf;

use clap::Args;
use tollgate_api::GateDocument;
use tollgate_govern::due_dates::{DueDate, find_due_dates};
use tollgate_govern::oversight::{RequiredOversight, required_oversight};
use tollgate_govern::promotion::{PromotionError, PromotionProposal, TrackRecord};
use tollgate_govern::{autonomy, checklist, score};
use tollgate_model::{BudgetPeriod, ChangeControl, EnforcementMode, Gate, GateName};

use super::promote;
use super::quality::PURPOSE;
use super::release_rows::release_rows;
use crate::cli::block_on_runtime;
use crate::cli::gate_state;
use crate::cli::log::event_summary;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::timestamps;
use crate::{host_access, json_output};
use tollgate::gate::{GateState, ReleaseStatus};
use tollgate_project::Project;

/// Shows a gate, its level and budget, and what human oversight applies to its outputs today and why.
///
/// The gate record is that of the active release. A file that differs from it is shown as a difference. Exits with 2 if
/// the files cannot be loaded.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate gate show welcome-email")]
pub(super) struct GateShowCommand {
    /// Name of the gate.
    name: GateName,
    /// Write everything as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

/// A gate with everything that is shown of it.
struct GateOverview<'a> {
    gate: &'a Gate,
    state: &'a GateState,
    standing: RequiredOversight,
    /// Reviews since the last level change; `None` without a ledger.
    track_record: Option<TrackRecord>,
    checklist: Vec<checklist::ReadinessItem>,
    proposal: Option<Result<PromotionProposal, Vec<PromotionError>>>,
    release: ReleaseStatus,
    /// Days of the record that have passed or come soon.
    due: Vec<DueDate>,
}

impl GateShowCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let status = host_access::with_ledger_host(project.clone(), &self.ledger_args, |host| {
            gate_state::read_status(host, &self.name)
        })?;
        let release = read_release_status(project, &self.ledger_args, cache, &self.name)?;
        // The record is shown, but what the next release would be made of is not known.
        let exit = if release.locked.is_err() { Exit::NoOutcome } else { Exit::Pass };
        if self.json {
            json_output::print_document(&GateDocument::new(&status, (&release).into())?)?;
            return Ok(exit);
        }
        if status.gate.is_quality() {
            return show_quality_gate(&status.gate, &release, status.at_ms);
        }
        let (gate, inputs, now_ms) = (&status.gate, &status.state.inputs, status.at_ms);
        let score = score::weigh_score(&gate.score, inputs.thresholds);
        let overview = GateOverview {
            gate,
            state: &status.state,
            standing: required_oversight(gate, inputs, score.as_ref(), &[], now_ms),
            track_record: status.track_record,
            checklist: checklist::check_readiness(gate, inputs, now_ms),
            proposal: status.track_record.map(|_| status.propose_promotion()),
            release,
            due: find_due_dates(gate, now_ms),
        };
        overview.print()?;
        Ok(exit)
    }
}

/// Shows a gate that only judges: what it judges with, and whether that can be loaded.
fn show_quality_gate(gate: &Gate, status: &ReleaseStatus, now_ms: u64) -> anyhow::Result<Exit> {
    console::print(paint(STRONG, &gate.name));
    print_row("purpose", PURPOSE);
    record_rows(gate)?.iter().for_each(|(key, value)| print_row(key, value));
    print_due_dates(&find_due_dates(gate, now_ms));
    if status.locked.is_ok() {
        print_row("files", "they can be loaded: checks judge by them as they are");
        return Ok(Exit::Pass);
    }
    // The gate needs no release, so the first row does not apply to it.
    let rows = release_rows(status, gate.name.as_str());
    rows.iter().skip(1).for_each(|(key, value)| print_row(key, value));
    Ok(Exit::NoOutcome)
}

fn read_release_status(
    project: Project,
    ledger: &LedgerArgs,
    cache: Option<PathBuf>,
    gate: &GateName,
) -> anyhow::Result<ReleaseStatus> {
    let host = host_access::open_host_on_demand(project, ledger, cache)?;
    let status = host.release_status(gate);
    let status = block_on_runtime(async { Ok(status.await) })?;
    host.close();
    Ok(status?)
}

impl GateOverview<'_> {
    fn print(&self) -> anyhow::Result<()> {
        console::print(paint(STRONG, &self.gate.name));
        record_rows(self.gate)?.iter().for_each(|(key, value)| print_row(key, value));
        let release = release_rows(&self.release, self.gate.name.as_str());
        release.iter().for_each(|(key, value)| print_row(key, value));
        print_row("today", &self.standing.effect.to_string());
        self.standing.hold_reasons.iter().for_each(|reason| print_row("", &reason.to_string()));
        print_due_dates(&self.due);
        self.print_level();
        self.spent_lines().iter().for_each(|line| print_row("spent", line));
        if let Some(record) = &self.track_record {
            promote::track_record_rows(self.gate, record)
                .iter()
                .for_each(|(key, value)| print_row(key, value));
        }
        self.print_checklist();
        self.print_proposal();
        Ok(())
    }

    /// Prints the level that applies, since when, and why.
    fn print_level(&self) {
        let Some(level_held) = &self.standing.level else { return };
        let name =
            autonomy::level_name(level_held.scheme, level_held.level).unwrap_or("no level of it");
        print_row("level", &format!("{} {}: {name}", level_held.scheme, level_held.level));
        match &self.state.inputs.level {
            Some(level) => {
                let since = timestamps::format_time(level.since_ms);
                print_row(
                    "since",
                    &format!("{since}: {}", event_summary::describe_level_reason(&level.reason)),
                );
            }
            None => print_row("since", "the start: it has never changed"),
        }
        level_held.causes.iter().for_each(|cause| print_row("", &cause.to_string()));
    }

    /// Returns what was spent of each cap.
    fn spent_lines(&self) -> Vec<String> {
        let Some(budget) = &self.gate.budget else { return Vec::new() };
        let spent = |period| self.state.inputs.spent.in_period(period);
        let periods = [BudgetPeriod::Day, BudgetPeriod::Week, BudgetPeriod::Month].into_iter();
        let capped = periods.filter_map(|period| Some((period, budget.cap(period)?)));
        let line = |(period, cap)| match period {
            BudgetPeriod::Day => format!("{} of {cap} today", spent(period)),
            _ => format!("{} of {cap} this {period}", spent(period)),
        };
        capped.map(line).collect()
    }

    fn print_checklist(&self) {
        let faults = || self.due.iter().filter(|due| due.is_fault());
        let is_ready = faults().next().is_none()
            && self.checklist.iter().all(checklist::ReadinessItem::is_met);
        print_row("ready", if is_ready { "to delegate:" } else { "not yet to delegate:" });
        for item in &self.checklist {
            let (style, mark) = if item.is_met() { (GOOD, "✓") } else { (DOUBT, "✗") };
            console::print(format!(
                "  {:16} {} {}",
                "",
                paint(style, mark),
                format_checklist_item(item)
            ));
        }
        for fault in faults() {
            console::print(format!("  {:16} {} {fault}", "", paint(BAD, "✗")));
        }
    }

    fn print_proposal(&self) {
        match &self.proposal {
            None => {}
            Some(Ok(proposal)) => {
                let how = format!("`tollgate gate promote {}`", self.gate.name);
                print_row("promotion", &format!("to level {}: {how}", proposal.to));
            }
            Some(Err(errors)) => {
                print_row("promotion", "not possible yet:");
                errors.iter().for_each(|error| print_row("", &error.to_string()));
            }
        }
    }
}

fn format_checklist_item(item: &checklist::ReadinessItem) -> String {
    let missing = match item.missing.as_slice() {
        [] => String::new(),
        missing => format!(": {}", missing.join("; ")),
    };
    format!("{}{missing}", item.point.description())
}

fn print_due_dates(due: &[DueDate]) {
    for due in due {
        let (style, key) = if due.is_fault() { (BAD, "not valid") } else { (DOUBT, "due soon") };
        print_row(key, &paint(style, due));
    }
}

fn print_row(key: &str, value: &str) {
    let value = value.replace('\n', " ");
    console::print(format!("  {} {value}", paint(QUIET, format!("{key:16}"))));
}

/// Returns the gate's main entries as labelled rows.
fn record_rows(gate: &Gate) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut rows = Vec::new();
    let mut add = |key, value: Option<String>| rows.extend(value.map(|value| (key, value)));
    add("task", gate.task.as_ref().map(ToString::to_string));
    add("objective", gate.objective.as_ref().map(ToString::to_string));
    let owner = gate.owner.as_ref();
    add("owner", owner.map(|owner| format!("{}, {}", owner.name, owner.role)));
    add("prompt", gate.prompt.as_ref().map(ToString::to_string));
    for binding in &gate.contracts {
        let mode = match binding.mode {
            EnforcementMode::Enforce => "",
            EnforcementMode::Advise => ", advises only",
            EnforcementMode::Shadow => ", in shadow mode",
        };
        let at = binding.at.as_ref().map(|at| format!(", at `{at}`")).unwrap_or_default();
        add("contract", Some(format!("{}{at}{mode}", binding.contract)));
    }
    add("changes", gate.change_control.as_ref().map(describe_change_control));
    add("review by", gate.review_by.map(|day| day.to_string()));
    add("digest", Some(gate.digest()?.to_string()));
    Ok(rows)
}

fn describe_change_control(control: &ChangeControl) -> String {
    let least_cases = control.least_cases.max(1);
    format!("released by others than the author, after at least {least_cases} test cases passed")
}
