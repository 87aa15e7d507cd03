//! The rule behind the version of a gate: the number of the last event that can change a later decision at it.
//!
//! Writers append on the condition that the version is still the one from which they decided. It must change with
//! everything that decisions read, or two writers could overspend a budget between them. And it must not change
//! with anything else, or writers at a busy gate would decide again and again for nothing: most runs are allowed or
//! held, and change nothing for the next one.
//!
//! Decisions read the level, the incidents since it changed, the figures, the spending, the releases, and one fact
//! about the queue: the time since which the earliest open hold waits, because an overdue review costs the gate a
//! level. So a hold that opens while an earlier one is open changes nothing, and neither does one that closes
//! before the earliest does.

use tollgate_model::EventKind;

use super::EventBody;

impl EventBody {
    /// Returns whether the event changes the version of its gate, however the queue is. Holds that it opens or
    /// closes may change a version, too: see [`changes_earliest_hold`].
    pub fn changes_gate_version(&self) -> bool {
        match &self.event {
            EventKind::Level(_)
            | EventKind::Rollout(_)
            // Counts as an incident, whether an output or a release was taken back.
            | EventKind::Rollback(_)
            | EventKind::Incident(_)
            | EventKind::Kpi(_)
            | EventKind::Spend(_) => true,
            // An enforced contract that fails by itself costs the gate a level, as an incident does.
            EventKind::Run(_) => !self.level_costing_contracts().is_empty(),
            // A change is one in another system, and an erasure only takes contents away. Reviews decide on their own
            // run, whose state is a condition of its own.
            EventKind::Claim(_)
            | EventKind::Review(_)
            | EventKind::Change(_)
            | EventKind::Erasure(_) => false,
        }
    }
}

/// Returns whether a hold that opens or closes changes the earliest one of its gate. `since_ms` is the time since
/// which it waits, and `earliest_other_ms` the earliest such time among the other open holds of the gate.
pub fn changes_earliest_hold(since_ms: u64, earliest_other_ms: Option<u64>) -> bool {
    earliest_other_ms.is_none_or(|other| since_ms < other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_earliest_hold_counts() {
        assert!(changes_earliest_hold(5, None));
        assert!(changes_earliest_hold(5, Some(6)));
        assert!(!changes_earliest_hold(5, Some(5)));
        assert!(!changes_earliest_hold(5, Some(4)));
    }
}
