//! Insight: what the ledger says about gates as a whole. The risks of all gates, and statistics of each gate for a
//! period.

mod alerts;
mod calibration;
mod health;
mod latest;
mod overview;
mod period;
mod statistics;

use std::path::Path;

use tollgate_govern::GateState;
use tollgate_govern::read::find_placeholders;
use tollgate_govern::risk::{self, RiskMap};
use tollgate_model::{Digest, GateName, TextFileError};

use crate::autonomy::{GateStatuses, StatusError};
use crate::host::Host;

pub use alerts::sort_alerts;
pub use calibration::CalibrationStats;
pub use health::{DriftedMeasure, HealthStats};
pub use overview::{GateOverview, OverviewError};
pub use period::{Period, PeriodStart};
pub use statistics::{BudgetUse, GateStatistics, PeriodActivity, StatisticsError, WaitingOutputs};
pub use tollgate_govern::alerts::Alert;

/// The risks of all gates of a project.
#[derive(Debug)]
#[non_exhaustive]
pub struct RiskReport {
    pub map: RiskMap,
    /// The states of the gates that the map was built from, and errors of gate files that are left out.
    pub gates: GateStatuses,
}

impl Host {
    /// Returns the risks of the gates that [`Host::gate_statuses`] returns; gate files that cannot be read are to fix. Demotions
    /// that are due are recorded. A brand voice document is compared with the agreed one as the project has it now, also if a
    /// release has pinned it.
    pub async fn risk_report(&self) -> Result<RiskReport, StatusError> {
        let now_ms = self.shared.clock.now_ms();
        let gates = self.gate_statuses().await?;
        let project = &self.shared.project;
        let states: Vec<_> = gates
            .statuses
            .iter()
            .map(|status| GateState {
                brand_voice: project.read_brand_voice(&status.gate).map(Digest::of),
                ..status.state.inputs.clone()
            })
            .collect();
        let known = gates.statuses.iter().map(|status| &status.gate).zip(&states);
        let mut map = risk::build_risk_map(&known.collect::<Vec<_>>(), now_ms);
        for (gate, problem) in unreadable_gates(&gates.file_errors) {
            map.add_unreadable(gate, problem);
        }
        Ok(RiskReport { map, gates })
    }
}

/// Returns the gates whose files have errors, each with the problem in a sentence. A file whose name is no name of a gate
/// is left out.
fn unreadable_gates(errors: &[TextFileError]) -> Vec<(GateName, String)> {
    let by_file = errors.chunk_by(|one, next| one.file.name() == next.file.name());
    let unreadable = by_file.filter_map(|errors| {
        let file = &errors.first()?.file;
        let stem = Path::new(file.name()).file_stem()?;
        let (count, what) = match find_placeholders(file.text()).len() {
            0 => (errors.len(), "error"),
            count => (count, "placeholder"),
        };
        let plural = if count == 1 { "" } else { "s" };
        let problem = format!("the gate file cannot be read: it has {count} {what}{plural}");
        Some((stem.to_str()?.parse().ok()?, problem))
    });
    unreadable.collect()
}
