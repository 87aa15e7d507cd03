//! Alerts: what somebody should look at now.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::insight::Alert;
use tollgate_model::{AlertKind, FormatVersion, GateName};

use crate::Timestamp;

/// Alerts that have not ended, the gravest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlertsDocument {
    pub format: FormatVersion<1>,
    pub alerts: Vec<AlertEntry>,
}

/// Something that somebody should look at now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AlertEntry {
    pub kind: AlertKind,
    /// Gate; absent if the alert is about the whole project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateName>,
    /// Part of the gate, such as a contract, a figure or a budget period; absent if the alert is about the whole gate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Time since which the cause is there. A server that does not know it gives the time at which it found the cause, and
    /// a command gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Explanation in a sentence, for people.
    pub message: String,
}

/// Message to a webhook: an alert has begun or ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AlertNotice {
    pub format: FormatVersion<1>,
    #[serde(rename = "type")]
    pub notice: AlertNoticeType,
    /// Time at which the server noticed it.
    pub timestamp: Timestamp,
    pub data: AlertEntry,
}

/// Type of a message to a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub enum AlertNoticeType {
    #[serde(rename = "alert.begun")]
    Begun,
    #[serde(rename = "alert.ended")]
    Ended,
}

impl AlertsDocument {
    pub fn new(alerts: &[Alert]) -> Self {
        Self { format: FormatVersion, alerts: alerts.iter().map(Into::into).collect() }
    }
}

impl From<&Alert> for AlertEntry {
    fn from(alert: &Alert) -> Self {
        let Alert { kind, gate, subject, since_ms, message } = alert;
        Self {
            kind: *kind,
            gate: gate.clone(),
            subject: (!subject.is_empty()).then(|| subject.clone()),
            since: since_ms.map(Timestamp),
            message: message.clone(),
        }
    }
}
