//! Alerts of all gates of a project.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use tollgate_govern::alerts::{Alert, find_alerts};
use tollgate_ledger::{LedgerError, QueueKind, QueueLength};
use tollgate_model::{AlertKind, GateName, TextFileError};

use super::unreadable_gates;
use crate::autonomy::StatusError;
use crate::host::Host;

impl Host {
    /// Returns the alerts of the gates that have an active release or a file, the gravest first. Demotions that are due are
    /// recorded on the way. A gate whose state cannot be read has an alert that says so, and stops no other; only
    /// a ledger that cannot be read makes this fail.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// for alert in host.alerts().await? {
    ///     println!("{}: {}", alert.kind, alert.message);
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn alerts(&self) -> Result<Vec<Alert>, StatusError> {
        let (drafts, file_errors) = self.shared.project.read_sound_gates()?;
        let released = self.shared.active_releases()?;
        let mut names: BTreeSet<_> = drafts.into_iter().map(|draft| draft.name).collect();
        names.extend(released.keys().cloned());
        let mut alerts = file_alerts(&file_errors, |gate| released.contains_key(gate));
        for name in &names {
            match self.gate_status(name).await {
                Ok(status) => {
                    alerts.extend(find_alerts(&status.gate, &status.state.inputs, status.at_ms));
                }
                Err(error @ StatusError::Ledger(_)) => return Err(error),
                Err(error) => {
                    let message = format!("its state cannot be read: {}", with_causes(&error));
                    alerts.push(gate_alert(AlertKind::GateFailed, name.clone(), message));
                }
            }
        }
        sort_alerts(&mut alerts);
        Ok(alerts)
    }

    /// Returns how many outputs wait for a review at each gate. Gates at which none waits are left out. It blocks while it
    /// reads.
    pub fn queue_lengths(&self) -> Result<BTreeMap<GateName, QueueLength>, LedgerError> {
        let read =
            |reader: &dyn tollgate_ledger::LedgerReader| reader.queue_lengths(QueueKind::Review);
        Ok(self.shared.read_if_recorded(read)?.unwrap_or_default())
    }
}

/// Sorts alerts: the gravest first, and then by gate.
pub fn sort_alerts(alerts: &mut [Alert]) {
    alerts.sort_by(|one, next| {
        (one.kind, &one.gate, &one.subject).cmp(&(next.kind, &next.gate, &next.subject))
    });
}

/// Returns the alerts of gates whose files have errors. A gate that is released goes on without its file.
fn file_alerts(errors: &[TextFileError], is_released: impl Fn(&GateName) -> bool) -> Vec<Alert> {
    let unreadable = unreadable_gates(errors).into_iter().map(|(gate, message)| {
        let kind = match is_released(&gate) {
            true => AlertKind::CandidateRejected,
            false => AlertKind::GateFailed,
        };
        gate_alert(kind, gate, message)
    });
    unreadable.collect()
}

fn gate_alert(kind: AlertKind, gate: GateName, message: String) -> Alert {
    Alert { kind, gate: Some(gate), subject: String::new(), since_ms: None, message }
}

fn with_causes(error: &StatusError) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use tollgate_model::{EventKind, IncidentEvent, TextFile};

    use super::*;
    use crate::test_host::{START_MS, TestHost, gate_name, text};

    #[test]
    fn a_file_with_errors_stops_what_is_not_released() {
        let file = TextFile::new("gates/offers.toml", "task = 1");
        let message = "not a text".to_owned();
        let errors = [TextFileError { file, span: None, message, help: None }];
        let kind = |is_released| file_alerts(&errors, |_| is_released)[0].kind;
        assert_eq!(kind(true), AlertKind::CandidateRejected);
        assert_eq!(kind(false), AlertKind::GateFailed);
    }

    #[tokio::test]
    async fn an_incident_and_the_level_that_it_cost_are_told() {
        let world = TestHost::new();
        assert_eq!(world.host.alerts().await.unwrap(), []);
        let by = "Kim Osei".parse().unwrap();
        let incident = IncidentEvent { description: text("wrong name"), by, run: None };
        world.record(EventKind::Incident(incident)).await;
        let alerts = world.host.alerts().await.unwrap();
        let kinds: Vec<_> = alerts.iter().map(|alert| alert.kind).collect();
        assert_eq!(kinds, [AlertKind::Incident, AlertKind::LevelDemoted]);
        assert_eq!(alerts[0].gate, Some(gate_name()));
        assert_eq!(alerts[0].since_ms, Some(START_MS + 1));
        // The demotion was recorded on the way, and both are told until the level changes.
        assert_eq!(world.host.alerts().await.unwrap()[1].since_ms, Some(START_MS + 1));
    }

    #[tokio::test]
    async fn a_file_with_errors_hides_no_other_gate() {
        let world = TestHost::new();
        let file = world.project.folder.join("gates/offers.toml");
        std::fs::write(file, "task = 1\n").unwrap();
        let alerts = world.host.alerts().await.unwrap();
        let [alert] = alerts.as_slice() else { panic!("{alerts:?}") };
        assert_eq!(
            (alert.kind, alert.gate.as_ref().unwrap().as_str()),
            (AlertKind::GateFailed, "offers")
        );
        assert_eq!(alert.message, "the gate file cannot be read: it has 1 error");
    }
}
