//! Insight: what the ledger says about gates as a whole. The risks of all gates, and statistics of each gate for a
//! period.

mod calibration;
mod health;
mod latest;
mod period;
mod statistics;

use tollgate_govern::risk::{self, RiskMap};

use crate::autonomy::{GateStatus, StatusError};
use crate::host::Host;

pub use calibration::CalibrationStats;
pub use health::{DriftedMeasure, HealthStats};
pub use period::{Period, PeriodStart};
pub use statistics::{BudgetUse, GateStatistics, PeriodActivity, StatisticsError, WaitingOutputs};

/// The risks of all gates of a project.
#[derive(Debug)]
#[non_exhaustive]
pub struct RiskReport {
    pub map: RiskMap,
    /// The state of each gate that the map was built from.
    pub statuses: Vec<GateStatus>,
}

impl Host {
    /// Returns the risks of all gates of the project as they are now. Demotions that are due are recorded.
    pub async fn risk_report(&self) -> Result<RiskReport, StatusError> {
        let now_ms = self.shared.clock.now_ms();
        let statuses = self.gate_statuses().await?;
        let known: Vec<_> =
            statuses.iter().map(|status| (&status.gate, &status.state.inputs)).collect();
        let map = risk::build_risk_map(&known, now_ms);
        Ok(RiskReport { map, statuses })
    }
}
