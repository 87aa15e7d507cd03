//! Overviews of gates: the state of each beside its statistics.

use tollgate_govern::metrics;
use tollgate_ledger::LedgerError;
use tollgate_model::{Digest, GateName, TimeSpan};

use super::period::PeriodStart;
use super::statistics::{GateStatistics, PeriodActivity, StatisticsError};
use crate::autonomy::{GateStatus, StatusError};
use crate::host::Host;

const WEEK: TimeSpan = TimeSpan::from_days(7);

/// State and statistics of a gate.
#[derive(Debug)]
#[non_exhaustive]
pub struct GateOverview {
    pub status: GateStatus,
    /// Digest of the active release; `None` if there is none.
    pub release: Option<Digest>,
    /// Activity of today (UTC); `None` if nothing is recorded yet.
    pub today: Option<PeriodActivity>,
    /// Statistics of seven days, today included, beside the seven days before; `None` if nothing is recorded yet.
    pub week: Option<GateStatistics>,
}

/// The reason why there is no overview of a gate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverviewError {
    #[error(transparent)]
    Status(#[from] StatusError),
    #[error(transparent)]
    Statistics(#[from] StatisticsError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Returns the overview of a gate, and records a demotion that is due, as [`Host::gate_status`] does.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let overview = host.gate_overview(&"welcome-email".parse()?).await?;
    /// assert_eq!(overview.release, None);
    /// assert_eq!(overview.today.unwrap().counts.runs, 0);
    /// # Ok(()) }
    /// ```
    pub async fn gate_overview(&self, gate: &GateName) -> Result<GateOverview, OverviewError> {
        let status = self.gate_status(gate).await?;
        let now_ms = status.at_ms;
        let read = |reader: &dyn tollgate_ledger::LedgerReader| {
            let counts = reader.counts(gate, now_ms, now_ms)?;
            Ok::<_, LedgerError>((reader.active_release(gate)?, counts))
        };
        let (release, today) = self.shared.read_if_recorded(read)?.unzip();
        let activity = |counts| PeriodActivity { counts, rates: metrics::compute_rates(&counts) };
        let week = match today {
            Some(_) => self.gate_statistics(Some(gate), PeriodStart::Last(WEEK))?.pop(),
            None => None,
        };
        let (release, today) = (release.flatten(), today.map(activity));
        Ok(GateOverview { status, release, today, week })
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Ruling;

    use super::*;
    use crate::test_host::{TestHost, gate_name};

    #[tokio::test]
    async fn has_what_happened_today_and_in_seven_days() {
        let world = TestHost::new();
        let runs = |overview: &GateOverview| {
            let today = overview.today.as_ref().unwrap().counts.runs;
            let week = overview.week.as_ref().unwrap();
            (today, week.now.counts.runs, week.before.counts.runs, week.waiting.count)
        };
        world.record_run("one", Ruling::Hold).await;
        let overview = world.host.gate_overview(&gate_name()).await.unwrap();
        assert_eq!(runs(&overview), (1, 1, 0, 1));
        let day_ms = 24 * 60 * 60 * 1000;
        world.now_ms.fetch_add(day_ms, std::sync::atomic::Ordering::Relaxed);
        world.record_run("two", Ruling::Allow).await;
        let overview = world.host.gate_overview(&gate_name()).await.unwrap();
        assert_eq!(runs(&overview), (1, 2, 0, 1));
        world.now_ms.fetch_add(7 * day_ms, std::sync::atomic::Ordering::Relaxed);
        let overview = world.host.gate_overview(&gate_name()).await.unwrap();
        assert_eq!(runs(&overview), (0, 0, 2, 1));
    }
}
