//! Statistics of gates for a period, compared with the previous period of the same length.

use tollgate_govern::budget;
use tollgate_govern::metrics::{self, ActivityCounts, GateRates};
use tollgate_ledger::{LedgerError, LedgerReader, QueueKind, QueueQuery};
use tollgate_model::{BudgetPeriod, Gate, GateName, Money};
use tollgate_project::{GateReadError, Project};

use super::calibration::{CalibrationStats, calibration_stats};
use super::health::{HealthStats, health_stats};
use super::period::{Period, PeriodStart};
use crate::gate::GoverningRecordError;
use crate::gate::governing_record::read_governing_gate;
use crate::host::Host;
use crate::records::GateScope;

/// Statistics of one gate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GateStatistics {
    pub gate: GateName,
    pub period: Period,
    pub now: PeriodActivity,
    /// The same for the previous period.
    pub before: PeriodActivity,
    pub waiting: WaitingOutputs,
    /// The use of each cap in the current budget periods.
    pub budgets: Vec<BudgetUse>,
    /// Currency of the budget. `None` if the gate has no budget.
    pub currency: Option<String>,
    pub calibration: CalibrationStats,
    pub health: HealthStats,
    /// The same for the previous period.
    pub health_before: HealthStats,
}

/// Activity of a gate in a period.
#[derive(Clone, Debug, Default)]
pub struct PeriodActivity {
    pub counts: ActivityCounts,
    pub rates: GateRates,
}

/// Outputs that wait for a review now.
#[derive(Clone, Copy, Debug)]
pub struct WaitingOutputs {
    pub count: usize,
    /// Since when the oldest waits, in milliseconds since 1970.
    pub oldest_ms: Option<u64>,
}

/// Amount spent of a budget cap.
#[derive(Clone, Debug)]
pub struct BudgetUse {
    pub period: BudgetPeriod,
    /// Name of the campaign, if the cap is one per campaign.
    pub campaign: Option<String>,
    pub cap: Money,
    pub spent: Money,
}

/// The reason why statistics cannot be computed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StatisticsError {
    #[error("cannot read gate `{gate}`, which sets the budget caps to compare with")]
    Gate { gate: GateName, source: Box<GoverningRecordError> },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Returns statistics of one gate, or of all that have recorded events. It blocks while it reads.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// use tollgate::insight::PeriodStart;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let gate = "welcome-email".parse()?;
    /// let statistics = host.gate_statistics(Some(&gate), PeriodStart::Last("7d".parse()?))?;
    /// assert_eq!(statistics[0].now.counts.runs, 0);
    /// assert_eq!(statistics[0].waiting.count, 0);
    /// # Ok(()) }
    /// ```
    pub fn gate_statistics(
        &self,
        gate: Option<&GateName>,
        start: PeriodStart,
    ) -> Result<Vec<GateStatistics>, StatisticsError> {
        self.statistics_of(start, |reader| match gate {
            Some(gate) => Ok(vec![gate.clone()]),
            None => reader.gates(),
        })
    }

    /// Returns statistics of those gates of a scope that have recorded events. It blocks while it reads.
    pub fn scoped_statistics(
        &self,
        scope: &GateScope,
        start: PeriodStart,
    ) -> Result<Vec<GateStatistics>, StatisticsError> {
        let statistics = self.statistics_of(start, |reader| {
            let mut gates = reader.gates()?;
            gates.retain(|gate| scope.includes(gate));
            Ok(gates)
        });
        match statistics {
            // A ledger that is not made yet has no events.
            Err(StatisticsError::Ledger(LedgerError::NotFound(_))) => Ok(Vec::new()),
            statistics => statistics,
        }
    }

    fn statistics_of(
        &self,
        start: PeriodStart,
        gates: impl FnOnce(&dyn LedgerReader) -> Result<Vec<GateName>, LedgerError>,
    ) -> Result<Vec<GateStatistics>, StatisticsError> {
        let (now_ms, project) = (self.shared.clock.now_ms(), &self.shared.project);
        let period = Period::new(start, now_ms);
        self.shared.read(|reader| {
            let names = gates(reader)?.into_iter();
            names.map(|name| gate_statistics(project, reader, name, period)).collect()
        })
    }
}

fn gate_statistics(
    project: &Project,
    view: &dyn LedgerReader,
    name: GateName,
    period: Period,
) -> Result<GateStatistics, StatisticsError> {
    let Period { from_ms, to_ms, before_from_ms, .. } = period;
    let before = match from_ms.checked_sub(1) {
        Some(before_ms) => period_activity(view, &name, before_from_ms, before_ms)?,
        None => PeriodActivity::default(),
    };
    let record = find_gate(view, project, &name)?;
    let held =
        QueueQuery { gate: Some(name.clone()), kind: QueueKind::Review, after: 0, limit: u32::MAX };
    let budget = record.as_ref().and_then(|gate| gate.budget.as_ref());
    Ok(GateStatistics {
        now: period_activity(view, &name, from_ms, to_ms)?,
        before,
        waiting: WaitingOutputs {
            count: view.queue(&held)?.len(),
            oldest_ms: view.oldest_hold_ms(&name)?,
        },
        budgets: record.as_ref().map_or(Ok(Vec::new()), |gate| budget_uses(view, gate, to_ms))?,
        currency: budget.map(|budget| budget.currency.to_string()),
        calibration: calibration_stats(view, &name, from_ms, record.as_ref())?,
        health: health_stats(view, &name, from_ms, None)?,
        health_before: health_stats(view, &name, before_from_ms, Some(from_ms))?,
        gate: name,
        period,
    })
}

/// Returns the gate record whose rules apply, or `None` if the gate has neither a release nor a file.
fn find_gate(
    view: &dyn LedgerReader,
    project: &Project,
    name: &GateName,
) -> Result<Option<Gate>, StatisticsError> {
    match read_governing_gate(view, project, name) {
        Ok(gate) => Ok(Some(gate)),
        Err(GoverningRecordError::File(
            GateReadError::Unknown { .. } | GateReadError::NoFolder(_),
        )) => Ok(None),
        Err(error) => Err(StatisticsError::Gate { gate: name.clone(), source: Box::new(error) }),
    }
}

fn period_activity(
    view: &dyn LedgerReader,
    gate: &GateName,
    from_ms: u64,
    to_ms: u64,
) -> Result<PeriodActivity, LedgerError> {
    let counts = view.counts(gate, from_ms, to_ms)?;
    Ok(PeriodActivity { counts, rates: metrics::compute_rates(&counts) })
}

/// Returns the amount spent of each cap in the current budget period.
fn budget_uses(
    view: &dyn LedgerReader,
    gate: &Gate,
    now_ms: u64,
) -> Result<Vec<BudgetUse>, LedgerError> {
    let Some(budget) = &gate.budget else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for period in BudgetPeriod::ALL {
        let Some(cap) = budget.cap(period) else { continue };
        match budget::period_ms(period, now_ms) {
            Some(times) => {
                let spent = view.counts(&gate.name, *times.start(), *times.end())?.spent;
                all.push(BudgetUse { period, campaign: None, cap, spent });
            }
            None => {
                all.extend(view.campaigns(&gate.name)?.into_iter().map(|(name, spent)| BudgetUse {
                    period,
                    campaign: Some(name),
                    cap,
                    spent,
                }))
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
