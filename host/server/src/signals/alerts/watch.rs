//! Looks for alerts every few seconds: in the ledger and the project, and at the gates as this server runs them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tollgate::autonomy::StatusError;
use tollgate::insight::Alert;
use tollgate::{ErrorKind, HostError};
use tollgate_api::{AlertNotice, AlertNoticeType, Timestamp, join_causes};
use tollgate_model::{AlertKind, FormatVersion, GateName};

use super::active_alerts::{ActiveAlerts, AlertChange};
use super::webhook::NoticeQueue;
use crate::live::{Candidate, GateState, LiveGates};
use crate::signals::metrics::Metrics;

/// Time between two looks: an owner who is told within seconds can act on it.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Smallest pause in relation to the time that a look takes. So looking never takes more than a twentieth of one
/// processor, however many gates there are.
const PAUSE_RATIO: u32 = 20;

/// Watcher of alerts.
pub(crate) struct AlertWatch {
    live: LiveGates,
    metrics: Metrics,
    /// Messages to the webhook; `None` if there is no webhook.
    notices: Option<NoticeQueue>,
    active: Mutex<ActiveAlerts>,
    current: ArcSwap<Vec<Alert>>,
    /// Whether the last decision could not be recorded.
    is_recording_broken: AtomicBool,
}

impl AlertWatch {
    pub(super) fn new(live: LiveGates, metrics: Metrics, notices: Option<NoticeQueue>) -> Self {
        let (active, current) = (Mutex::default(), ArcSwap::default());
        Self { live, metrics, notices, active, current, is_recording_broken: AtomicBool::default() }
    }

    /// Notes whether a decision could be recorded. Reading the ledger does not tell that it can be written.
    pub(crate) fn note_recording(&self, is_recorded: bool) {
        self.is_recording_broken.store(!is_recorded, Ordering::Relaxed);
    }

    /// Returns the alerts that have not ended, the gravest first, as they were found last.
    pub(crate) fn current(&self) -> Arc<Vec<Alert>> {
        self.current.load_full()
    }

    /// Looks for alerts until the server shuts down.
    pub(crate) async fn run(self: Arc<Self>, mut shutdown: watch::Receiver<bool>) {
        loop {
            let started = Instant::now();
            self.look().await;
            let pause = LOOK_INTERVAL.max(started.elapsed() * PAUSE_RATIO);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = shutdown.wait_for(|begun| *begun) => return,
            }
        }
    }

    /// Looks for alerts once, and tells the webhook what began and what ended.
    pub(crate) async fn look(&self) {
        let host = self.live.host();
        let now_ms = host.now_ms();
        let runtime = tokio::runtime::Handle::current();
        // Reading the ledger blocks.
        let found = tokio::task::spawn_blocking(move || runtime.block_on(host.alerts())).await;
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(%error, "looking for alerts failed");
                self.metrics.record_ledger_read_error();
                return;
            }
        };
        let mut alerts = match found {
            Ok(alerts) => alerts,
            Err(error) => self.alerts_without(&error),
        };
        alerts.extend(live_alerts(&self.live));
        if self.is_recording_broken.load(Ordering::Relaxed) {
            let message = "decisions cannot be recorded, so nothing is decided".to_owned();
            alerts.push(project_alert(AlertKind::LedgerUnavailable, message));
        }
        let mut active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = active.replace(alerts, now_ms);
        self.current.store(Arc::new(active.to_vec()));
        changes.iter().for_each(|change| self.tell(change, now_ms));
    }

    /// Returns the alerts while the ledger or the project cannot be read. What was known before is not over because of
    /// that.
    fn alerts_without(&self, error: &StatusError) -> Vec<Alert> {
        self.metrics.record_ledger_read_error();
        let kind = match error {
            StatusError::Gates(_) => AlertKind::ProjectUnreadable,
            _ => AlertKind::LedgerUnavailable,
        };
        let message = match error.kind() {
            // It may name files of the operator, who is the one to read it.
            ErrorKind::Internal | ErrorKind::NotReady | ErrorKind::BrokenRecord => {
                join_causes(error)
            }
            _ => error.to_string(),
        };
        let mut alerts =
            self.active.lock().unwrap_or_else(PoisonError::into_inner).told_by_ledger();
        alerts.push(project_alert(kind, message));
        alerts
    }

    fn tell(&self, change: &AlertChange, now_ms: u64) {
        let (notice, alert) = match change {
            AlertChange::Begun(alert) => (AlertNoticeType::Begun, alert),
            AlertChange::Ended(alert) => (AlertNoticeType::Ended, alert),
        };
        let (kind, gate) = (alert.kind.as_str(), alert.gate.as_ref().map(GateName::as_str));
        match notice {
            AlertNoticeType::Begun => tracing::warn!(kind, gate, message = alert.message, "alert"),
            AlertNoticeType::Ended => tracing::info!(kind, gate, "an alert has ended"),
        }
        if let Some(notices) = &self.notices {
            let (format, timestamp) = (FormatVersion, Timestamp(now_ms));
            notices.push(&AlertNotice { format, notice, timestamp, data: alert.into() });
        }
    }
}

/// Returns the alerts that the gates as this server runs them are the cause of.
fn live_alerts(live: &LiveGates) -> Vec<Alert> {
    let project = live.project_error();
    let mut alerts: Vec<_> = project
        .map(|reason| project_alert(AlertKind::ProjectUnreadable, reason))
        .into_iter()
        .collect();
    for gate in live.all() {
        let mut add = |kind, message: &str| {
            let (gate, message) = (Some(gate.name().clone()), message.to_owned());
            alerts.push(Alert { kind, gate, subject: String::new(), since_ms: None, message });
        };
        if let GateState::Failed { reason } = &*gate.state() {
            add(AlertKind::GateFailed, reason);
        }
        if let Candidate::Failed { reason, .. } = &*gate.candidate() {
            add(AlertKind::CandidateRejected, reason);
        }
    }
    alerts
}

fn project_alert(kind: AlertKind, message: String) -> Alert {
    Alert { kind, gate: None, subject: String::new(), since_ms: None, message }
}
