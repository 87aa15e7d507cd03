//! `tollgate log stats`: what the owner of a gate watches, this period beside the one before it.

mod confidence;
mod health;
mod latest;
mod told;

use anyhow::Context;
use clap::Args;
use tollgate_govern::budget;
use tollgate_govern::watch::{self, Counts, Rates};
use tollgate_ledger::{View, WaitingFor, WaitingWanted};
use tollgate_model::{Date, Gate, GateName, Money, Period, TimeSpan};

use crate::cli::{clock, gate};
use crate::exit::Exit;
use crate::gates;
use crate::moments::Since;
use crate::project::Project;
use crate::recorded::Recorded;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const WEEK: Since = Since::Ago(TimeSpan::of_days(7));

/// Shows what came of each gate's outputs: how many went out and how, what people did, what it cost and
/// what of it was safe, beside the days before. Days are those of the calendar (UTC).
///
/// Examples: tollgate log stats
///           tollgate log stats --gate welcome-email --since 30d --json
#[derive(Args)]
pub(super) struct Stats {
    /// Only of this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// From the day of then on, today included [default: 7d].
    #[arg(long, value_name = "SPAN|DATE")]
    since: Option<Since>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

/// Some days, and as many before them.
#[derive(Clone, Copy)]
struct Days {
    from_ms: u64,
    to_ms: u64,
    before_from_ms: u64,
    count: u64,
}

/// All that is told of a gate.
struct Watched {
    gate: GateName,
    days: Days,
    now: (Counts, Rates),
    before: (Counts, Rates),
    /// How many outputs wait for a review, and since when the oldest does.
    waiting: (usize, Option<u64>),
    budgets: Vec<Spent>,
    currency: Option<String>,
    confidence: confidence::Confidence,
    health: health::Health,
    health_before: health::Health,
}

/// What was spent of a cap.
struct Spent {
    of: String,
    cap: Money,
    spent: Money,
}

impl Stats {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let view = self.recorded.view(&project)?;
        let now_ms = clock::now_ms()?;
        let days = Days::of(self.since.unwrap_or(WEEK), now_ms);
        let names = self.gate.clone().map_or_else(|| view.gates(), |gate| Ok(vec![gate]))?;
        let watched = names.into_iter().map(|name| watched(&project, &view, name, days, now_ms));
        let watched = watched.collect::<anyhow::Result<Vec<_>>>()?;
        if self.json {
            told::write(&watched)
        } else {
            told::tell(&watched)
        }
        Ok(Exit::Pass)
    }
}

impl Days {
    /// The days from a moment to this one, both counted.
    fn of(since: Since, now_ms: u64) -> Self {
        let from = match since {
            // A week is seven days, today included.
            Since::Ago(span) => now_ms.saturating_sub(span.ms().saturating_sub(DAY_MS)),
            Since::At(moment_ms) => moment_ms.min(now_ms),
        };
        let from_ms = Date::of_ms(from).start_ms();
        let count = (now_ms / DAY_MS).saturating_sub(from_ms / DAY_MS) + 1;
        let before_from_ms = from_ms.saturating_sub(count * DAY_MS);
        Self { from_ms, to_ms: now_ms, before_from_ms, count }
    }
}

fn watched(
    project: &Project,
    view: &View,
    name: GateName,
    days: Days,
    now_ms: u64,
) -> anyhow::Result<Watched> {
    let counted = |from_ms, to_ms| -> anyhow::Result<(Counts, Rates)> {
        let counts = counts(view, &name, from_ms, to_ms)?;
        Ok((counts, watch::rates(&counts)))
    };
    let before = match days.from_ms.checked_sub(1) {
        Some(before_ms) => counted(days.before_from_ms, before_ms)?,
        None => (Counts::default(), Rates::default()),
    };
    let record = record(project, &name)?;
    let held = WaitingWanted {
        gate: Some(name.clone()),
        waiting_for: WaitingFor::Review,
        after: 0,
        limit: u32::MAX,
    };
    let budget = record.as_ref().and_then(|gate| gate.budget.as_ref());
    Ok(Watched {
        now: counted(days.from_ms, days.to_ms)?,
        before,
        waiting: (view.queue(&held)?.len(), view.oldest_hold_ms(&name)?),
        budgets: record.as_ref().map_or(Ok(Vec::new()), |gate| budgets(view, gate, now_ms))?,
        currency: budget.map(|budget| budget.currency.to_string()),
        confidence: confidence::of(view, &name, days.from_ms, record.as_ref())?,
        health: health::of(view, &name, days.from_ms, None)?,
        health_before: health::of(view, &name, days.before_from_ms, Some(days.from_ms))?,
        gate: name,
        days,
    })
}

/// The gate's file, where the project has one still.
fn record(project: &Project, name: &GateName) -> anyhow::Result<Option<Gate>> {
    let path = project.folder.join(gates::FOLDER).join(format!("{name}.toml"));
    if !path.is_file() {
        return Ok(None);
    }
    gates::named(project, name.as_str()).map(Some).with_context(|| {
        format!("what was spent is held against the caps of gate `{name}`, which cannot be read")
    })
}

fn counts(view: &View, gate: &GateName, from_ms: u64, to_ms: u64) -> anyhow::Result<Counts> {
    let found = view.counts(gate, from_ms, to_ms)?;
    Ok(Counts {
        runs: found.runs,
        allowed_by_itself: found.allowed_by_itself,
        allowed_by_people: found.allowed_by_people,
        blocked: found.blocked,
        with_failure: found.with_failure,
        rolled_back: found.rolled_back,
        reviewed: found.reviewed,
        review_ms: found.review_ms,
        spent: found.spent,
    })
}

/// What was spent of each cap, in the period that goes on now.
fn budgets(view: &View, gate: &Gate, now_ms: u64) -> anyhow::Result<Vec<Spent>> {
    let Some(budget) = &gate.budget else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for period in Period::ALL {
        let Some(cap) = budget.cap(period) else { continue };
        match budget::window(period, now_ms) {
            Some(from_ms) => {
                let spent = counts(view, &gate.name, from_ms, now_ms)?.spent;
                let of =
                    if period == Period::Day { "today".into() } else { format!("this {period}") };
                all.push(Spent { of, cap, spent });
            }
            None => {
                let campaigns = view.campaigns(&gate.name)?.into_iter();
                let of = |(name, spent)| Spent { of: format!("campaign `{name}`"), cap, spent };
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
    fn a_week_is_seven_days_and_so_is_the_one_before() {
        let start = |text: &str| text.parse::<Date>().unwrap().start_ms();
        let now_ms = start("2026-03-18") + 5;
        let week = Days::of(WEEK, now_ms);
        assert_eq!((week.from_ms, week.count), (start("2026-03-12"), 7));
        assert_eq!(week.before_from_ms, start("2026-03-05"));
        let today = Days::of("3h".parse().unwrap(), now_ms);
        assert_eq!((today.from_ms, today.count), (start("2026-03-18"), 1));
        let since = Days::of("2026-03-01".parse().unwrap(), now_ms);
        assert_eq!((since.count, since.before_from_ms), (18, start("2026-02-11")));
        let future = Days::of("2027-03-01".parse().unwrap(), now_ms);
        assert_eq!(future.count, 1, "nothing has been counted there yet");
    }
}
