//! The state of a gate for the rules: read from the ledger, and updated in memory within a batch.

use std::collections::BTreeMap;

use tollgate_govern::{PeriodSpending, RecordedLevel, budget, review};
use tollgate_ledger::{LedgerError, LedgerReader};
use tollgate_model::{BudgetPeriod, Digest, Gate, Money, Release};
use tollgate_project::Project;

/// The inputs of the rules about a gate, and the spending of its campaigns.
#[derive(Clone, Debug, Default)]
pub struct GateState {
    pub inputs: tollgate_govern::GateState,
    /// Version of the gate from which the inputs were read. An append can be made conditional on it.
    pub version: u64,
    campaigns: BTreeMap<String, Money>,
}

impl GateState {
    /// Returns the state of a gate that a release decides at, before anything is recorded.
    pub fn of_release(release: &Release) -> Self {
        let inputs = tollgate_govern::GateState::default().with_release(release.clone());
        Self { inputs, ..Self::default() }
    }

    /// Returns the state of a gate that was never released, before anything is recorded. What a release would pin is
    /// read from the project.
    pub fn of_draft(project: &Project, gate: &Gate) -> Self {
        let inputs = tollgate_govern::GateState {
            thresholds: project.thresholds(),
            brand_voice: project.read_brand_voice(gate).map(Digest::of),
            ..tollgate_govern::GateState::default()
        };
        Self { inputs, ..Self::default() }
    }

    /// Adds what the ledger has about the gate.
    pub fn with_recorded(
        self,
        view: &dyn LedgerReader,
        gate: &Gate,
        now_ms: u64,
    ) -> Result<Self, LedgerError> {
        let mut state = self;
        let now = &mut state.inputs;
        let name = &gate.name;
        // Read before everything else, so that what changes in between is found when appending.
        state.version = view.gate_version(name)?;
        let level = view.level(name)?;
        now.level = level.map(|held| RecordedLevel::after_change(&held.change, held.since_ms));
        now.incidents = view.level_incidents(name)?;
        now.figures = view.figures(name)?;
        let oldest_ms = view.oldest_hold_ms(name)?;
        now.earliest_review_due_ms = oldest_ms.and_then(|since| review::review_due_ms(gate, since));
        let spent = |period| -> Result<Money, LedgerError> {
            let Some(times) = budget::period_ms(period, now_ms) else {
                return Ok(Money::ZERO);
            };
            Ok(view.counts(name, *times.start(), *times.end())?.spent)
        };
        if gate.budget.is_some() {
            now.spent = PeriodSpending {
                day: spent(BudgetPeriod::Day)?,
                week: spent(BudgetPeriod::Week)?,
                month: spent(BudgetPeriod::Month)?,
                campaign: Money::ZERO,
            };
        }
        Ok(state)
    }

    /// Selects the campaign whose spending counts for the next decision.
    pub(crate) fn select_campaign(
        &mut self,
        view: Option<&dyn LedgerReader>,
        gate: &Gate,
        campaign: Option<&str>,
    ) -> Result<(), LedgerError> {
        let Some(campaign) = campaign else {
            self.inputs.spent.campaign = Money::ZERO;
            return Ok(());
        };
        let spent = match (self.campaigns.get(campaign), view) {
            (Some(spent), _) => *spent,
            (None, Some(view)) => view.spent_on_campaign(&gate.name, campaign)?,
            (None, None) => Money::ZERO,
        };
        self.campaigns.insert(campaign.to_owned(), spent);
        self.inputs.spent.campaign = spent;
        Ok(())
    }

    /// Adds the cost of a run to the spending.
    pub(crate) fn add_cost(&mut self, campaign: Option<&str>, cost: Money) {
        let spent = &mut self.inputs.spent;
        for sum in [&mut spent.day, &mut spent.week, &mut spent.month, &mut spent.campaign] {
            *sum = sum.plus(cost);
        }
        if let Some(of_campaign) = campaign.and_then(|name| self.campaigns.get_mut(name)) {
            *of_campaign = of_campaign.plus(cost);
        }
    }
}

#[cfg(test)]
mod tests;
