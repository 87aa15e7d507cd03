//! The alerts that have not ended: what began and what ended since the last look.

use std::collections::BTreeMap;

use tollgate::insight::Alert;
use tollgate_model::{AlertKind, GateName, reveal_hidden};

/// Characters of a message. Causes of errors can be long, and their beginning says the most.
const MESSAGE_CHARACTERS_MAX: usize = 500;

/// The alerts that have not ended.
#[derive(Debug, Default)]
pub(super) struct ActiveAlerts(BTreeMap<AlertKey, Alert>);

/// What tells one alert from every other. The gravest is first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct AlertKey {
    kind: AlertKind,
    gate: Option<GateName>,
    subject: String,
}

/// An alert that began or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AlertChange {
    Begun(Alert),
    Ended(Alert),
}

impl ActiveAlerts {
    /// Replaces the alerts by those that are found now, and returns what began and what ended. Of two that are about the
    /// same, the later one counts. One whose beginning nobody knows begins when it is found.
    pub(super) fn replace(&mut self, found: Vec<Alert>, now_ms: u64) -> Vec<AlertChange> {
        let mut before = std::mem::take(&mut self.0);
        let mut changes = Vec::new();
        for alert in found {
            let key = AlertKey::of(&alert);
            let known = before.remove(&key).or_else(|| self.0.remove(&key));
            let since_ms = known.as_ref().and_then(|known| known.since_ms);
            let since_ms = alert.since_ms.or(since_ms).unwrap_or(now_ms);
            let message = to_single_line(&alert.message);
            let alert = Alert { since_ms: Some(since_ms), message, ..alert };
            if known.is_none() {
                changes.push(AlertChange::Begun(alert.clone()));
            }
            self.0.insert(key, alert);
        }
        changes.extend(before.into_values().map(AlertChange::Ended));
        changes
    }

    /// Returns the alerts, the gravest first.
    pub(super) fn to_vec(&self) -> Vec<Alert> {
        self.0.values().cloned().collect()
    }

    /// Returns the alerts that only the ledger tells about.
    pub(super) fn told_by_ledger(&self) -> Vec<Alert> {
        let told = self.0.values().filter(|alert| match alert.kind {
            AlertKind::LedgerUnavailable
            | AlertKind::ProjectUnreadable
            | AlertKind::GateFailed
            | AlertKind::CandidateRejected => false,
            AlertKind::Incident
            | AlertKind::ContractFailed
            | AlertKind::ThresholdBroken
            | AlertKind::LevelDemoted
            | AlertKind::BudgetReached
            | AlertKind::BudgetWarning
            | AlertKind::ReviewOverdue
            | AlertKind::RecordOverdue
            | AlertKind::RecordPartInvalid => true,
        });
        told.cloned().collect()
    }
}

impl AlertKey {
    fn of(alert: &Alert) -> Self {
        Self { kind: alert.kind, gate: alert.gate.clone(), subject: alert.subject.clone() }
    }
}

/// Returns a message in one line in which nothing is hidden.
fn to_single_line(message: &str) -> String {
    let shown = reveal_hidden(message).replace(['\r', '\n', '\t'], " ");
    match shown.char_indices().nth(MESSAGE_CHARACTERS_MAX) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(kind: AlertKind, subject: &str, since_ms: Option<u64>, message: &str) -> Alert {
        let gate = Some("mail".parse().unwrap());
        Alert { kind, gate, subject: subject.into(), since_ms, message: message.into() }
    }

    fn words(changes: &[AlertChange]) -> Vec<String> {
        let word = |change: &AlertChange| match change {
            AlertChange::Begun(alert) => format!("begun {} {}", alert.kind, alert.subject),
            AlertChange::Ended(alert) => format!("ended {} {}", alert.kind, alert.subject),
        };
        changes.iter().map(word).collect()
    }

    #[test]
    fn tells_each_beginning_and_each_end_once() {
        let mut active = ActiveAlerts::default();
        let warning = alert(AlertKind::BudgetWarning, "day", None, "8 of 10");
        let changes = active.replace(vec![warning.clone()], 5);
        assert_eq!(words(&changes), ["begun budget-warning day"]);
        let more = Alert { message: "9 of 10".into(), ..warning.clone() };
        assert_eq!(active.replace(vec![more], 6), []);
        let [kept] = active.to_vec().try_into().unwrap();
        assert_eq!((kept.since_ms, kept.message.as_str()), (Some(5), "9 of 10"));
        let other = alert(AlertKind::BudgetReached, "day", None, "10 of 10");
        let changes = active.replace(vec![other], 7);
        assert_eq!(words(&changes), ["begun budget-reached day", "ended budget-warning day"]);
        assert_eq!(words(&active.replace(Vec::new(), 8)), ["ended budget-reached day"]);
        let changes = active.replace(vec![warning], 9);
        assert_eq!(words(&changes), ["begun budget-warning day"]);
        assert_eq!(active.to_vec()[0].since_ms, Some(9));
    }

    #[test]
    fn the_later_of_two_about_the_same_counts() {
        let mut active = ActiveAlerts::default();
        let of_file = alert(AlertKind::GateFailed, "", None, "it has 1 error");
        let of_server = alert(AlertKind::GateFailed, "", None, "line 3: unknown key");
        let changes = active.replace(vec![of_file, of_server], 5);
        assert_eq!(active.to_vec()[0].message, "line 3: unknown key");
        assert_eq!(words(&changes), ["begun gate-failed "]);
    }

    #[test]
    fn a_time_that_the_record_has_counts() {
        let mut active = ActiveAlerts::default();
        active.replace(vec![alert(AlertKind::Incident, "3", Some(3), "x")], 5);
        assert_eq!(active.to_vec()[0].since_ms, Some(3));
    }

    #[test]
    fn messages_are_short_lines() {
        assert_eq!(to_single_line("a\nb\u{202e}c"), "a b\\u{202e}c");
        let long = to_single_line(&"é".repeat(MESSAGE_CHARACTERS_MAX + 1));
        assert_eq!(long.chars().count(), MESSAGE_CHARACTERS_MAX + 1);
    }
}
