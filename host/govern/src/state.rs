//! The history of a gate as plain data. The caller fills it from its ledger.

use std::collections::BTreeMap;

use tollgate_model::{
    BudgetPeriod, Digest, LevelChangeReason, LevelEvent, LevelScheme, Money, Person, Release,
};
pub use tollgate_model::{KpiReading, LevelIncident};

use crate::score::ScoreThresholds;

/// History of a gate that its decisions depend on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GateState {
    /// Thresholds for delegation scores: those of the release, or of the draft if there is none.
    pub thresholds: ScoreThresholds,
    /// Level recorded in the ledger; `None` until it is changed for the first time.
    pub level: Option<RecordedLevel>,
    /// Incidents that were recorded since the level last changed, in the order of the ledger.
    pub incidents: Vec<LevelIncident>,
    /// Latest value of each performance figure, by its name.
    pub figures: BTreeMap<String, KpiReading>,
    /// Money spent in the current budget periods; [`crate::budget::period_ms`] has their
    /// times.
    pub spent: PeriodSpending,
    /// Due time of the open review that is due first.
    pub earliest_review_due_ms: Option<u64>,
    /// Digest of the brand voice document of the release, or of the draft if there is none; `None` if it could not be
    /// read.
    pub brand_voice: Option<Digest>,
    /// Release that decides; `None` for a gate without one.
    pub release: Option<Release>,
    /// Approval of the output that is being decided.
    pub approval: Option<OutputApproval>,
    /// Set if the output that is being decided is paid for: it is decided again, or was edited from one that was decided.
    /// Then no cap applies to it.
    pub is_paid_for: bool,
}

/// Level of autonomy as the ledger records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedLevel {
    pub scheme: LevelScheme,
    pub level: u8,
    pub since_ms: u64,
    /// Reason of the last change.
    pub reason: LevelChangeReason,
}

/// Money spent in the current budget periods, without the run that is being decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeriodSpending {
    pub day: Money,
    pub week: Money,
    pub month: Money,
    /// Spent for the campaign that the output belongs to.
    pub campaign: Money,
}

/// Approval of one output by one or more people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputApproval {
    /// Digest of the approved output; the approval counts for no other.
    pub subject: Digest,
    pub by: Vec<Person>,
    /// Set if a reviewer edited the output. Holds for its contents are then not lifted.
    pub edited: bool,
    /// Number of people who have to approve, as far as it was known at the review. The decision requires more where the
    /// reasons of this output ask for a second reviewer ([`crate::review::required_approvals`]).
    pub required_approvals: u8,
}

impl PeriodSpending {
    pub fn in_period(&self, period: BudgetPeriod) -> Money {
        match period {
            BudgetPeriod::Day => self.day,
            BudgetPeriod::Week => self.week,
            BudgetPeriod::Month => self.month,
            BudgetPeriod::Campaign => self.campaign,
        }
    }
}

impl GateState {
    /// Sets the release that decides, and what it pins for the rules.
    #[must_use]
    pub fn with_release(self, release: Release) -> Self {
        let (thresholds, brand_voice) = (release.score_thresholds, release.brand_voice);
        Self { thresholds, brand_voice, release: Some(release), ..self }
    }

    /// Applies a level change recorded at `at_ms`. The incidents and figures recorded before it no longer count.
    pub fn apply_level_change(&mut self, change: &LevelEvent, at_ms: u64) {
        self.level = Some(RecordedLevel::after_change(change, at_ms));
        self.incidents.clear();
        self.figures.values_mut().for_each(|reading| reading.is_new = false);
    }
}

impl RecordedLevel {
    /// Returns the level that a change recorded at `at_ms` leads to.
    pub fn after_change(change: &LevelEvent, at_ms: u64) -> Self {
        let LevelEvent { scheme, to, reason, .. } = change.clone();
        Self { scheme, level: to, since_ms: at_ms, reason }
    }
}
