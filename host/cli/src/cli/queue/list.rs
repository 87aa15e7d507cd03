//! `tollgate queue list`: lists runs that wait for a human, oldest first.

use std::collections::BTreeMap;

use clap::Args;
use tollgate::Host;
use tollgate_api::{QueueDocument, QueueEntry};
use tollgate_govern::review;
use tollgate_ledger::{LedgerReader, QueueKind};
use tollgate_model::{FormatVersion, Gate, GateName, Reason, ReasonEffect, RoleHolder};

use crate::cli::known_gate::{require_delegating_gate, require_known_gate};
use crate::cli::log::event_summary;
use crate::cli::{clock, gate_state};
use crate::console::{self, BAD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, json_output, timestamps};
use tollgate::lookup::short_digest;
use tollgate::records::GateScope;
use tollgate::review::{PendingReview, QueuePage, QueuePageQuery};

/// Default number of runs: about one screen.
const DEFAULT_LIMIT: u32 = 40;
/// Maximum number of reasons per run in the list; `queue show` prints all of them.
const REASONS_MAX: usize = 2;

/// Lists the outputs that wait for a human, oldest first.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate queue list --gate welcome-email
  tollgate queue list --audit --json
  tollgate queue show $(tollgate queue list --quiet --limit 1)")]
pub(super) struct QueueListCommand {
    /// Only this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// List outputs that went out and were sampled for an audit, instead of held outputs.
    #[arg(long)]
    audit: bool,
    /// Maximum number of runs.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: u32,
    /// Only runs after this event number, to continue a list.
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    /// Print only the run names, one per line, for use in other commands.
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

/// A run in the queue, with the record of its gate's active release, if there is one.
pub(super) struct QueueItem<'a> {
    pub(super) pending: &'a PendingReview,
    pub(super) gate: Option<&'a Gate>,
    pub(super) now_ms: u64,
}

impl QueueListCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        if let Some(gate) = &self.gate {
            require_delegating_gate(&project, &self.ledger, gate)?;
        }
        let view = self.ledger.view(&project)?;
        require_known_gate(&project, &view, self.gate.as_ref())?;
        let now_ms = clock::now_ms()?;
        let mut names = view.gates()?;
        names.retain(|name| self.gate.as_ref().is_none_or(|wanted| wanted == name));
        let gates = host_access::with_ledger_host(project, &self.ledger, |host| {
            read_released_gates(host, &names)
        })?;
        let page = self.read_page(&view)?;
        let items: Vec<_> = page
            .reviews
            .iter()
            .map(|pending| QueueItem { pending, gate: gates.get(&pending.queued.gate), now_ms })
            .collect();
        if self.json {
            let entries =
                items.iter().map(|item| QueueEntry::new(item.pending, item.gate, item.now_ms));
            let (format, runs, next) = (FormatVersion, entries.collect(), page.next);
            json_output::print_document(&QueueDocument { format, runs, next })?;
            return Ok(Exit::Pass);
        }
        match self.quiet {
            true => {
                items.iter().for_each(|item| console::print(short_digest(&item.pending.queued.run)))
            }
            false => items.iter().for_each(QueueItem::print),
        }
        match page.next {
            Some(next) => {
                console::note(format!("more runs are waiting: continue with `--after {next}`"))
            }
            None if items.is_empty() => console::note("nothing is waiting"),
            None => {}
        }
        Ok(Exit::Pass)
    }

    fn read_page(&self, view: &dyn LedgerReader) -> anyhow::Result<QueuePage> {
        let kind = if self.audit { QueueKind::Audit } else { QueueKind::Review };
        let gates = match &self.gate {
            Some(gate) => GateScope::Only([gate.clone()].into()),
            None => GateScope::All,
        };
        let (after, limit) = (self.after, self.limit);
        Ok(QueuePage::read(view, &QueuePageQuery { gates, kind, after, limit })?)
    }
}

/// Returns the records of the active releases of gates, and records and prints demotions that are due. Gates without a
/// release are left out: no run of theirs waits.
fn read_released_gates(
    host: &Host,
    names: &[GateName],
) -> anyhow::Result<BTreeMap<GateName, Gate>> {
    let mut gates = BTreeMap::new();
    for name in names {
        if host.active_release(name)?.is_some() {
            gates.insert(name.clone(), gate_state::read_status(host, name)?.gate);
        }
    }
    Ok(gates)
}

impl QueueItem<'_> {
    /// Returns the time by which the run has to be reviewed, or `None` if the gate sets no limit or has no active
    /// release.
    pub(super) fn due_ms(&self) -> Option<u64> {
        review::review_due_ms(self.gate?, self.pending.queued.since_ms)
    }

    /// Returns the person the run was escalated to, if any.
    pub(super) fn escalated_to(&self) -> Option<&RoleHolder> {
        review::escalation_holder(self.gate?, &self.pending.to_held_run(), self.now_ms)
    }

    /// Describes how long the run has waited and when it is due.
    pub(super) fn describe_wait(&self) -> String {
        let elapsed =
            timestamps::format_duration(self.now_ms.saturating_sub(self.pending.queued.since_ms));
        let wait = format!("waiting for {elapsed}");
        let holder = self.escalated_to().map(|holder| format!(", escalated to {holder}"));
        let holder = event_summary::single_line(&holder.unwrap_or_default());
        match (self.gate, self.due_ms()) {
            (None, _) => format!("{wait}, but its gate has no active release"),
            (Some(_), None) => format!("{wait}, no due time{holder}"),
            (Some(_), Some(due_ms)) if due_ms <= self.now_ms => {
                let late = timestamps::format_duration(self.now_ms - due_ms);
                paint(BAD, format!("{wait}, overdue by {late}{holder}"))
            }
            (Some(_), Some(due_ms)) => {
                format!(
                    "{wait}, due in {}{holder}",
                    timestamps::format_duration(due_ms - self.now_ms)
                )
            }
        }
    }

    fn print(&self) {
        let row = &self.pending.queued;
        let (name, gate) = (paint(STRONG, short_digest(&row.run)), &row.gate);
        console::print(format!("{name}  {gate}  {}", self.describe_wait()));
        for line in self.describe_people() {
            console::print(format!("    {line}"));
        }
        for reason in strictest_reasons(&self.pending.run.decision.reasons).take(REASONS_MAX) {
            console::print(paint(
                QUIET,
                format!("    {}", event_summary::single_line(&reason.to_string())),
            ));
        }
    }

    /// Describes the current claim and the approvals so far that count.
    pub(super) fn describe_people(&self) -> Vec<String> {
        let row = &self.pending.queued;
        let claim = row.claim.as_ref().filter(|claim| self.now_ms < claim.until_ms);
        let mut lines: Vec<_> = claim
            .map(|claim| {
                format!("claimed by {} until {}", claim.by, timestamps::format_time(claim.until_ms))
            })
            .into_iter()
            .collect();
        let approved = self.pending.counting_approvals(self.gate, self.now_ms);
        if !approved.is_empty() {
            let names: Vec<_> = approved.iter().map(ToString::to_string).collect();
            let required = self.required_approvals().unwrap_or(1);
            lines.push(format!("approved by {}; required approvals: {required}", names.join(", ")));
        }
        lines
    }

    /// Returns the number of people who have to approve the run; `None` if its gate has no active release.
    pub(super) fn required_approvals(&self) -> Option<u8> {
        Some(review::required_approvals(self.gate?, &self.pending.run.decision.reasons))
    }
}

/// Returns the reasons with the strictest effect, which determined the decision.
fn strictest_reasons(reasons: &[Reason]) -> impl Iterator<Item = &Reason> {
    let strictest = reasons.iter().map(|reason| reason.effect).max().unwrap_or(ReasonEffect::Note);
    reasons.iter().filter(move |reason| reason.effect == strictest)
}
