//! Kinds of alerts.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kind of an alert: what somebody should look at now.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum AlertKind {
    /// The ledger cannot be read or written, so nothing is decided.
    LedgerUnavailable,
    /// The project cannot be read. What was released goes on.
    ProjectUnreadable,
    /// The gate cannot be loaded, so it checks nothing.
    GateFailed,
    /// What the files of the gate make cannot be loaded, or its cases fail. What was released goes on.
    CandidateRejected,
    /// A person reported an incident since the level last changed.
    Incident,
    /// A contract gives no answer, even about an ordinary output.
    ContractFailed,
    /// A figure is outside its threshold.
    ThresholdBroken,
    /// The gate lost a level, and nobody has changed its level since.
    LevelDemoted,
    /// The money of a budget period is spent.
    BudgetReached,
    /// The money of a budget period is nearly spent.
    BudgetWarning,
    /// An output has waited for its review longer than the gate allows.
    ReviewOverdue,
    /// The gate record was not reviewed by its date.
    RecordOverdue,
    /// An approval, an exception or a sign-off of the gate record is not valid today.
    RecordPartInvalid,
}

impl AlertKind {
    pub const ALL: [Self; 13] = [
        Self::LedgerUnavailable,
        Self::ProjectUnreadable,
        Self::GateFailed,
        Self::CandidateRejected,
        Self::Incident,
        Self::ContractFailed,
        Self::ThresholdBroken,
        Self::LevelDemoted,
        Self::BudgetReached,
        Self::BudgetWarning,
        Self::ReviewOverdue,
        Self::RecordOverdue,
        Self::RecordPartInvalid,
    ];

    /// Returns the name of the kind, as in JSON and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LedgerUnavailable => "ledger-unavailable",
            Self::ProjectUnreadable => "project-unreadable",
            Self::GateFailed => "gate-failed",
            Self::CandidateRejected => "candidate-rejected",
            Self::Incident => "incident",
            Self::ContractFailed => "contract-failed",
            Self::ThresholdBroken => "threshold-broken",
            Self::LevelDemoted => "level-demoted",
            Self::BudgetReached => "budget-reached",
            Self::BudgetWarning => "budget-warning",
            Self::ReviewOverdue => "review-overdue",
            Self::RecordOverdue => "record-overdue",
            Self::RecordPartInvalid => "record-part-invalid",
        }
    }
}

impl fmt::Display for AlertKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_everywhere() {
        for kind in AlertKind::ALL {
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{kind}\""));
        }
        assert!(AlertKind::ALL.is_sorted(), "the gravest first");
    }
}
