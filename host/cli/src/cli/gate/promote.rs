//! `tollgate gate promote`: shows the promotion that a gate's track record allows, and records it when a person accepts
//! it.

use std::io::{BufRead, IsTerminal, Write};

use clap::Args;
use tollgate::autonomy::LevelChangeError;
use tollgate::{Actor, Host};
use tollgate_govern::autonomy::{self, REVIEWED_CYCLES_MIN};
use tollgate_govern::promotion::{
    self, PROMISED_DAYS, PromotionError, PromotionProposal, TrackRecord,
};
use tollgate_model::{Gate, GateName, Person};

use crate::cli::known_gate::require_delegating_gate;
use crate::cli::{block_on_runtime, gate_state};
use crate::console::{self, BAD, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;
use crate::timestamps;

/// Shows the promotion that a gate's track record allows, or the reasons against one.
///
/// The owner of the gate accepts it with `--by`, or somebody whom a sign-off of the gate record names, for one level at a
/// time; the author of the record may not. Copies of one output count once, and approvals that took too little time do not
/// count. The rules are those of the active release. Exits with 1 if the gate cannot be promoted.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate gate promote welcome-email
  tollgate gate promote welcome-email --by "Sam Reed""#)]
pub(super) struct GatePromoteCommand {
    /// Name of the gate.
    name: GateName,
    /// Person who accepts the promotion: the owner of the gate, or one whom a sign-off names.
    #[arg(long, value_name = "NAME")]
    by: Option<Person>,
    /// Do not ask for confirmation.
    #[arg(long, requires = "by")]
    yes: bool,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl GatePromoteCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        require_delegating_gate(&project, &self.ledger_args, &self.name)?;
        self.ledger_args.require_present(&project)?;
        let ledger = self.ledger_args.clone();
        host_access::with_ledger_host(project, &ledger, |host| self.promote(host))
    }

    fn promote(self, host: &Host) -> anyhow::Result<Exit> {
        gate_state::warn_about_clock(host)?;
        let status = gate_state::read_status(host, &self.name)?;
        let gate = &status.gate;
        let proposed = status.propose_promotion();
        if let Ok(proposal) = &proposed {
            print_proposal(gate, proposal, status.at_ms);
        }
        // Shown also when the promotion is refused, because it explains why.
        print_track_record(gate, &status.track_record.unwrap_or_default());
        let proposal = match proposed {
            Ok(proposal) => proposal,
            Err(objections) => return Ok(print_refusal(gate, &objections)),
        };
        let Some(by) = self.by else {
            let hint = format!("to accept it: `tollgate gate promote {} --by NAME`", gate.name);
            console::print(paint(QUIET, hint));
            return Ok(Exit::Pass);
        };
        if let Err(objection) = proposal.accept(gate, &by, status.at_ms) {
            return Ok(print_refusal(gate, &[objection]));
        }
        if !self.yes && !confirm_promotion()? {
            console::print("nothing was recorded");
            return Ok(Exit::Fail);
        }
        let actor = Actor::new(by);
        let promoted =
            block_on_runtime(async { Ok(host.promote(&gate.name, &proposal, &actor).await) })?;
        let change = match promoted {
            Err(LevelChangeError::NotPromoted { objections, .. }) => {
                return Ok(print_refusal(gate, &objections));
            }
            promoted => promoted?,
        };
        console::print(format!(
            "{}  gate `{}` from level {} to level {}, accepted by {}",
            paint(GOOD, "promoted"),
            gate.name,
            change.from,
            change.to,
            actor.person
        ));
        Ok(Exit::Pass)
    }
}

/// Asks for confirmation on a terminal. Elsewhere `--by` alone is enough.
fn confirm_promotion() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    let mut out = console::open_output();
    write!(out, "accept this promotion? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn print_proposal(gate: &Gate, proposal: &PromotionProposal, now_ms: u64) {
    let PromotionProposal { scheme, from, to, effect, .. } = proposal;
    let name = autonomy::level_name(*scheme, *to).unwrap_or("no level of it");
    console::print(format!(
        "{}  from level {from} to level {to} of {scheme}: {name}",
        paint(STRONG, &gate.name)
    ));
    if let Some(effect) = effect {
        console::print(format!("  oversight        {effect}"));
    }
    let accepters = promotion::possible_accepters(gate, now_ms);
    let accepters: Vec<_> = accepters.into_iter().map(ToString::to_string).collect();
    let accepters = if accepters.is_empty() { "nobody".into() } else { accepters.join(", ") };
    console::print(format!("  can accept it    {accepters}"));
}

/// Prints the track record, what a promotion requires, and how long that takes at the current pace.
fn print_track_record(gate: &Gate, record: &TrackRecord) {
    for (key, value) in track_record_rows(gate, record) {
        console::print(format!("  {} {value}", paint(QUIET, format!("{key:16}"))));
    }
}

/// Returns the track record as labelled rows.
pub(super) fn track_record_rows(gate: &Gate, record: &TrackRecord) -> Vec<(&'static str, String)> {
    let promotion = gate.autonomy.as_ref().and_then(|autonomy| autonomy.promotion.as_ref());
    let cycles = promotion.map_or(REVIEWED_CYCLES_MIN, |promotion| promotion.reviewed_cycles);
    let cycles = cycles.max(REVIEWED_CYCLES_MIN);
    let required_rate = promotion.map(|promotion| {
        format!("; required: {}", format_percent(promotion.approval_rate.as_f64()))
    });
    let TrackRecord { approved, edited, rejected, .. } = *record;
    let (reviewed, rate) = (record.reviewed(), record.approval_rate());
    let rate = if reviewed == 0 { "none yet".into() } else { format_percent(rate.as_f64()) };
    let pace = match record.estimate_days(cycles) {
        Some(1) => "1 day at the pace so far".into(),
        Some(days) => format!("{days} days at the pace so far"),
        None => "the pace is not known yet".into(),
    };
    let mut rows = vec![("reviewed", format!("{reviewed} of {cycles} outputs at this level"))];
    rows.extend(describe_uncounted(gate, record).map(|uncounted| ("", uncounted)));
    rows.extend([
        ("approved", format!("{approved} ({rate}){}", required_rate.unwrap_or_default())),
        ("not approved", format!("{edited} edited, {rejected} rejected")),
        ("time", format!("{cycles} reviews are expected within {PROMISED_DAYS} days; {pace}")),
    ]);
    rows
}

/// Describes the reviews that do not count, or returns `None` if all do.
fn describe_uncounted(gate: &Gate, record: &TrackRecord) -> Option<String> {
    let TrackRecord { copies, too_short, .. } = *record;
    if copies == 0 && too_short == 0 {
        return None;
    }
    let mut text = format!("of {} reviews", record.cycles());
    if copies > 0 {
        text.push_str(&format!("; copies of an output that counts already: {copies}"));
    }
    if too_short > 0 {
        let least = timestamps::format_duration(promotion::least_review_ms(gate));
        text.push_str(&format!(
            "; approvals in less than {least}, which do not count: {too_short}"
        ));
    }
    Some(text)
}

fn format_percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn print_refusal(gate: &Gate, errors: &[PromotionError]) -> Exit {
    console::print(format!("{}  gate `{}` keeps its level", paint(BAD, "not yet"), gate.name));
    for error in errors {
        console::print(format!("  {}", error.to_string().replace('\n', " ")));
    }
    Exit::Fail
}
