//! `tollgate log stats`: statistics of each gate for a period, compared with the previous period.

mod calibration;
mod health;
mod latest;
mod render;

use anyhow::Context;
use clap::Args;
use tollgate_govern::budget;
use tollgate_govern::metrics::{self, ActivityCounts, GateRates};
use tollgate_ledger::{LedgerReader, QueueKind, QueueQuery};
use tollgate_model::{BudgetPeriod, Date, Gate, GateName, Money, TimeSpan};
use tollgate_project::Project;

use crate::cli::clock;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::timestamps::Since;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const WEEK: Since = Since::Ago(TimeSpan::from_days(7));

/// Shows statistics of each gate: decisions, reviews, costs, budgets, health and calibration, compared with the
/// previous period of the same length. Days are calendar days in UTC.
///
/// Examples: tollgate log stats
///           tollgate log stats --gate welcome-email --since 30d --json
#[derive(Args)]
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

/// A period of whole days that includes today, and the start of the previous period of the same length.
#[derive(Clone, Copy)]
struct DayRange {
    from_ms: u64,
    to_ms: u64,
    before_from_ms: u64,
    count: u64,
}

/// Statistics of one gate.
struct GateStats {
    gate: GateName,
    days: DayRange,
    now: (ActivityCounts, GateRates),
    before: (ActivityCounts, GateRates),
    /// Number of outputs that wait for a review, and since when the oldest waits (milliseconds since 1970).
    waiting: (usize, Option<u64>),
    budgets: Vec<BudgetUse>,
    currency: Option<String>,
    calibration: calibration::CalibrationStats,
    health: health::HealthStats,
    health_before: health::HealthStats,
}

/// Amount spent of a budget cap.
struct BudgetUse {
    label: String,
    cap: Money,
    spent: Money,
}

impl StatsCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let view = self.ledger.view(&project)?;
        let now_ms = clock::now_ms()?;
        let days = DayRange::of(self.since.unwrap_or(WEEK), now_ms);
        let names = self.gate.clone().map_or_else(|| view.gates(), |gate| Ok(vec![gate]))?;
        let stats = names.into_iter().map(|name| gate_stats(&project, &view, name, days, now_ms));
        let stats = stats.collect::<anyhow::Result<Vec<_>>>()?;
        if self.json {
            render::print_json(&stats)
        } else {
            render::print_all(&stats)
        }
        Ok(Exit::Pass)
    }
}

impl DayRange {
    /// Returns the days from `since` to today, both included.
    fn of(since: Since, now_ms: u64) -> Self {
        let from = match since {
            // `7d` means seven days including today, so it starts six days ago.
            Since::Ago(span) => now_ms.saturating_sub(span.as_ms().saturating_sub(DAY_MS)),
            Since::At(moment_ms) => moment_ms.min(now_ms),
        };
        let from_ms = Date::from_ms(from).start_ms();
        let count = (now_ms / DAY_MS).saturating_sub(from_ms / DAY_MS) + 1;
        let before_from_ms = from_ms.saturating_sub(count * DAY_MS);
        Self { from_ms, to_ms: now_ms, before_from_ms, count }
    }
}

fn gate_stats(
    project: &Project,
    view: &dyn LedgerReader,
    name: GateName,
    days: DayRange,
    now_ms: u64,
) -> anyhow::Result<GateStats> {
    let counted = |from_ms, to_ms| -> anyhow::Result<(ActivityCounts, GateRates)> {
        let counts = period_counts(view, &name, from_ms, to_ms)?;
        Ok((counts, metrics::compute_rates(&counts)))
    };
    let before = match days.from_ms.checked_sub(1) {
        Some(before_ms) => counted(days.before_from_ms, before_ms)?,
        None => (ActivityCounts::default(), GateRates::default()),
    };
    let record = find_gate(project, &name)?;
    let held =
        QueueQuery { gate: Some(name.clone()), kind: QueueKind::Review, after: 0, limit: u32::MAX };
    let budget = record.as_ref().and_then(|gate| gate.budget.as_ref());
    Ok(GateStats {
        now: counted(days.from_ms, days.to_ms)?,
        before,
        waiting: (view.queue(&held)?.len(), view.oldest_hold_ms(&name)?),
        budgets: record.as_ref().map_or(Ok(Vec::new()), |gate| budget_uses(view, gate, now_ms))?,
        currency: budget.map(|budget| budget.currency.to_string()),
        calibration: calibration::calibration_stats(view, &name, days.from_ms, record.as_ref())?,
        health: health::health_stats(view, &name, days.from_ms, None)?,
        health_before: health::health_stats(view, &name, days.before_from_ms, Some(days.from_ms))?,
        gate: name,
        days,
    })
}

/// Returns the gate, or `None` if the project no longer has its file.
fn find_gate(project: &Project, name: &GateName) -> anyhow::Result<Option<Gate>> {
    let path = project.gate_path(name);
    if !path.is_file() {
        return Ok(None);
    }
    project.read_gate(name.as_str()).map(Some).with_context(|| {
        format!("cannot read gate `{name}`, which sets the budget caps to compare with")
    })
}

fn period_counts(
    view: &dyn LedgerReader,
    gate: &GateName,
    from_ms: u64,
    to_ms: u64,
) -> anyhow::Result<ActivityCounts> {
    let counts = view.counts(gate, from_ms, to_ms)?;
    Ok(ActivityCounts {
        runs: counts.runs,
        allowed_unreviewed: counts.allowed_unreviewed,
        allowed_by_reviewers: counts.allowed_by_reviewers,
        blocked: counts.blocked,
        with_failure: counts.with_failure,
        rolled_back: counts.rolled_back,
        reviewed: counts.reviewed,
        review_ms: counts.review_ms,
        spent: counts.spent,
    })
}

/// Returns the amount spent of each cap in the current budget period.
fn budget_uses(
    view: &dyn LedgerReader,
    gate: &Gate,
    now_ms: u64,
) -> anyhow::Result<Vec<BudgetUse>> {
    let Some(budget) = &gate.budget else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for period in BudgetPeriod::ALL {
        let Some(cap) = budget.cap(period) else { continue };
        match budget::period_start_ms(period, now_ms) {
            Some(from_ms) => {
                let spent = period_counts(view, &gate.name, from_ms, now_ms)?.spent;
                let of = if period == BudgetPeriod::Day {
                    "today".into()
                } else {
                    format!("this {period}")
                };
                all.push(BudgetUse { label: of, cap, spent });
            }
            None => {
                let campaigns = view.campaigns(&gate.name)?.into_iter();
                let of =
                    |(name, spent)| BudgetUse { label: format!("campaign `{name}`"), cap, spent };
                all.extend(campaigns.map(of));
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_seven_days_with_the_seven_before() {
        let start = |text: &str| text.parse::<Date>().unwrap().start_ms();
        let now_ms = start("2026-03-18") + 5;
        let week = DayRange::of(WEEK, now_ms);
        assert_eq!((week.from_ms, week.count), (start("2026-03-12"), 7));
        assert_eq!(week.before_from_ms, start("2026-03-05"));
        let today = DayRange::of("3h".parse().unwrap(), now_ms);
        assert_eq!((today.from_ms, today.count), (start("2026-03-18"), 1));
        let since = DayRange::of("2026-03-01".parse().unwrap(), now_ms);
        assert_eq!((since.count, since.before_from_ms), (18, start("2026-02-11")));
        let future = DayRange::of("2027-03-01".parse().unwrap(), now_ms);
        assert_eq!(future.count, 1, "a future start gives a period of one day");
    }
}
