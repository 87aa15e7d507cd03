//! Counting reviews: a track record is about distinct outputs that somebody looked at.
//!
//! Thirty copies of one output say as much about the next output as one of them does, and an approval that took less time
//! than reading says nothing. Both are shown and do not count.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use tollgate_model::{CycleResult, Digest, Gate, ReviewCycle, TrackRecord};

/// Least time that an approval has to take to count, if the gate sets none. Within it, nobody reads even a short text and
/// answers a checklist about it.
pub const LEAST_REVIEW_MS_DEFAULT: u64 = 5_000;

/// Returns the least time that an approval has to take to count, in milliseconds.
pub fn least_review_ms(gate: &Gate) -> u64 {
    let autonomy = gate.autonomy.as_ref();
    let criteria = autonomy.and_then(|autonomy| autonomy.promotion.as_ref());
    let least = criteria.and_then(|criteria| criteria.least_review_time);
    least.map_or(LEAST_REVIEW_MS_DEFAULT, |span| span.as_ms())
}

/// Counts the reviews of a gate. An output counts once, with its worst result. An approval counts if it can have taken the
/// least time; edits and rejections always count, because they speak against the gate.
pub fn count_track_record(gate: &Gate, cycles: &[ReviewCycle]) -> TrackRecord {
    let least_ms = least_review_ms(gate);
    let mut record = TrackRecord::default();
    let mut results: BTreeMap<Digest, CycleResult> = BTreeMap::new();
    for cycle in cycles {
        if is_too_short(cycle, least_ms) {
            record.too_short = record.too_short.saturating_add(1);
            continue;
        }
        record.first_ms = match record.first_ms {
            0 => cycle.at_ms,
            first_ms => first_ms.min(cycle.at_ms),
        };
        record.last_ms = record.last_ms.max(cycle.at_ms);
        match results.entry(cycle.output) {
            Entry::Vacant(entry) => {
                entry.insert(cycle.result);
            }
            Entry::Occupied(mut entry) => {
                record.copies = record.copies.saturating_add(1);
                let worst = cycle.result.max(*entry.get());
                entry.insert(worst);
            }
        }
    }
    for result in results.values() {
        let count = match result {
            CycleResult::Approved => &mut record.approved,
            CycleResult::Edited => &mut record.edited,
            CycleResult::Rejected => &mut record.rejected,
        };
        *count = count.saturating_add(1);
    }
    record
}

/// Returns whether an approval took too little time. One of an unknown time did.
fn is_too_short(cycle: &ReviewCycle, least_ms: u64) -> bool {
    cycle.result == CycleResult::Approved && cycle.approval_ms.unwrap_or_default() < least_ms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::example;

    fn cycle(output: &str, result: CycleResult, approval_ms: u64) -> ReviewCycle {
        let approval_ms = (result == CycleResult::Approved).then_some(approval_ms);
        ReviewCycle { output: Digest::of(output), result, approval_ms, at_ms: 1_000 }
    }

    fn approved(output: &str, approval_ms: u64) -> ReviewCycle {
        cycle(output, CycleResult::Approved, approval_ms)
    }

    /// Returns the numbers of what counts, of copies and of what was too short.
    fn count(cycles: &[ReviewCycle]) -> ([u32; 3], u32, u32) {
        let record = count_track_record(&example(), cycles);
        assert_eq!(record.cycles() as usize, cycles.len());
        ([record.approved, record.edited, record.rejected], record.copies, record.too_short)
    }

    #[test]
    fn copies_of_an_output_count_once() {
        let copies = vec![approved("one", 60_000); 31];
        assert_eq!(count(&copies), ([1, 0, 0], 30, 0));
        let cycles =
            [copies, vec![approved("two", 60_000)], vec![approved("three", 0); 4]].concat();
        assert_eq!(count(&cycles), ([2, 0, 0], 30, 4));
    }

    #[test]
    fn the_worst_result_of_copies_counts() {
        let edited = cycle("one", CycleResult::Edited, 0);
        let rejected = cycle("one", CycleResult::Rejected, 0);
        let approved = approved("one", 60_000);
        assert_eq!(count(&[approved, edited]), ([0, 1, 0], 1, 0));
        assert_eq!(count(&[rejected, approved, edited]), ([0, 0, 1], 2, 0));
    }

    #[test]
    fn short_approvals_do_not_count_and_short_rejections_do() {
        assert_eq!(count(&[approved("one", 4_999)]), ([0, 0, 0], 0, 1));
        assert_eq!(count(&[approved("one", 5_000)]), ([1, 0, 0], 0, 0));
        let unknown = ReviewCycle { approval_ms: None, ..approved("one", 0) };
        assert_eq!(count(&[unknown]), ([0, 0, 0], 0, 1));
        assert_eq!(count(&[cycle("one", CycleResult::Rejected, 0)]), ([0, 0, 1], 0, 0));
    }

    #[test]
    fn the_gate_sets_the_least_time() {
        let mut gate = example();
        let promotion = gate.autonomy.as_mut().unwrap().promotion.as_mut().unwrap();
        promotion.least_review_time = Some("1m".parse().unwrap());
        assert_eq!(least_review_ms(&gate), 60_000);
        assert_eq!(count_track_record(&gate, &[approved("one", 59_999)]).too_short, 1);
        gate.autonomy = None;
        assert_eq!(least_review_ms(&gate), LEAST_REVIEW_MS_DEFAULT);
    }

    #[test]
    fn the_pace_is_that_of_reviews_that_are_long_enough() {
        let at = |at_ms, approval_ms| ReviewCycle { at_ms, ..approved("one", approval_ms) };
        let record = count_track_record(&example(), &[at(1, 0), at(7, 9_000), at(5, 9_000)]);
        assert_eq!((record.first_ms, record.last_ms), (5, 7));
    }
}
