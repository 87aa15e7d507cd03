//! What has happened at a gate so far: from the ledger, for the rules.

use std::collections::BTreeMap;

use tollgate_govern::track::TrackRecord;
use tollgate_govern::{Facts, LevelHeld, Spent, budget, review};
use tollgate_ledger::View;
use tollgate_model::{Gate, Money, Period};

use super::ready::Ready;
use crate::gates;
use crate::project::Project;

/// What has happened at a gate, and what is spent for each of its campaigns.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) now: tollgate_govern::State,
    campaigns: BTreeMap<String, Money>,
}

impl State {
    /// What is known of a gate where nothing is recorded yet.
    pub(crate) fn nothing_yet(project: &Project, gate: &Gate) -> Self {
        let now = tollgate_govern::State {
            thresholds: project.thresholds(),
            brand_voice: gates::brand_voice(project, gate),
            ..tollgate_govern::State::default()
        };
        Self { now, campaigns: BTreeMap::new() }
    }

    /// What the ledger says of a gate.
    pub(crate) fn read(
        view: &View,
        project: &Project,
        gate: &Gate,
        now_ms: u64,
    ) -> anyhow::Result<Self> {
        let mut state = Self::nothing_yet(project, gate);
        let now = &mut state.now;
        let name = &gate.name;
        let level = view.level(name)?;
        now.level = level.map(|held| LevelHeld::after(&held.change, held.since_ms));
        now.happened = view.happened(name)?;
        now.figures = view.figures(name)?;
        let oldest_ms = view.oldest_hold_ms(name)?;
        now.earliest_review_due_ms = oldest_ms.and_then(|since| review::due_ms(gate, since));
        let spent = |period| -> anyhow::Result<Money> {
            let Some(from_ms) = budget::window(period, now_ms) else { return Ok(Money::ZERO) };
            Ok(view.counts(name, from_ms, now_ms)?.spent)
        };
        if gate.budget.is_some() {
            now.spent = Spent {
                day: spent(Period::Day)?,
                week: spent(Period::Week)?,
                month: spent(Period::Month)?,
                campaign: Money::ZERO,
            };
        }
        Ok(state)
    }

    /// With what the gate is pinned to.
    pub(crate) fn pinned(mut self, ready: &Ready) -> Self {
        self.now.release = Some(ready.pinned.release.clone());
        self
    }

    /// Turns to a campaign: what was spent for others does not count.
    pub(super) fn turn_to(
        &mut self,
        view: Option<&View>,
        gate: &Gate,
        campaign: Option<&str>,
    ) -> anyhow::Result<()> {
        let Some(campaign) = campaign else {
            self.now.spent.campaign = Money::ZERO;
            return Ok(());
        };
        let spent = match (self.campaigns.get(campaign), view) {
            (Some(spent), _) => *spent,
            (None, Some(view)) => view.spent_on(&gate.name, campaign)?,
            (None, None) => Money::ZERO,
        };
        self.campaigns.insert(campaign.to_owned(), spent);
        self.now.spent.campaign = spent;
        Ok(())
    }

    /// Takes off what a run has cost, in every period that it was paid for in.
    pub(super) fn take_off(&mut self, gate: &Gate, facts: &Facts, paid_ms: u64, now_ms: u64) {
        let cost = gate.budget.as_ref().and_then(|budget| budget::cost(budget, facts));
        let Some(cost) = cost else { return };
        let spent = &mut self.now.spent;
        let periods = [
            (Period::Day, &mut spent.day),
            (Period::Week, &mut spent.week),
            (Period::Month, &mut spent.month),
            (Period::Campaign, &mut spent.campaign),
        ];
        for (period, sum) in periods {
            if budget::window(period, now_ms).is_none_or(|from_ms| from_ms <= paid_ms) {
                *sum = Money::of_micros(sum.micros().saturating_sub(cost.micros()));
            }
        }
    }

    /// A run was paid for.
    pub(super) fn spend(&mut self, campaign: Option<&str>, cost: Money) {
        let spent = &mut self.now.spent;
        for sum in [&mut spent.day, &mut spent.week, &mut spent.month, &mut spent.campaign] {
            *sum = sum.plus(cost);
        }
        if let Some(of_campaign) = campaign.and_then(|name| self.campaigns.get_mut(name)) {
            *of_campaign = of_campaign.plus(cost);
        }
    }
}

/// The reviews of a gate since its level last moved.
pub(crate) fn track(view: &View, gate: &Gate) -> anyhow::Result<TrackRecord> {
    Ok(view.track(&gate.name)?)
}
