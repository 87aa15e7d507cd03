//! Calibration of the model: compares its stated confidence with the approvals of reviewers.

use std::collections::BTreeMap;

use tollgate_govern::calibration::{self, ConfidenceClass, ReviewedOutput};
use tollgate_ledger::{LedgerError, LedgerReader};
use tollgate_model::{Digest, EventKind, Gate, GateName, ReviewAction, ReviewEvent, Share};

use super::health::model_confidence;
use super::latest::LatestEvents;
use crate::lookup;

/// Maximum number of latest reviews that are read. More hardly change the result and take time to read.
const REVIEWS_MAX: usize = 10_000;

/// Calibration of the model over the reviewed outputs of a gate.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CalibrationStats {
    /// Number of reviewed outputs with a known confidence.
    pub known: usize,
    /// Number of reviewed outputs whose confidence was not stated or is no longer stored.
    pub unknown: usize,
    /// Classes by ascending confidence, without empty ones.
    pub classes: Vec<ConfidenceClass>,
    /// Expected calibration error. `None` without a known confidence.
    pub expected_error: Option<Share>,
    /// Confidence threshold that would reach `approval_rate`; `None` without such a threshold or rate.
    pub suggested_threshold: Option<Share>,
    /// Approval rate that the gate requires for a promotion; `None` if it sets none.
    pub approval_rate: Option<Share>,
}

/// Computes the calibration over the reviews since `from_ms`.
pub(super) fn calibration_stats(
    view: &dyn LedgerReader,
    gate: &GateName,
    from_ms: u64,
    record: Option<&Gate>,
) -> Result<CalibrationStats, LedgerError> {
    let approved = approval_by_run(view, gate, from_ms)?;
    let mut reviewed = Vec::new();
    for (run, approved) in &approved {
        if let Some(confidence) = confidence_of_run(view, *run)? {
            reviewed.push(ReviewedOutput { confidence, approved: *approved });
        }
    }
    let approval_rate =
        record.and_then(|gate| Some(gate.autonomy.as_ref()?.promotion.as_ref()?.approval_rate));
    let suggest = |rate| calibration::suggest_threshold(&reviewed, rate);
    let classes = calibration::reliability_table(&reviewed);
    Ok(CalibrationStats {
        known: reviewed.len(),
        unknown: approved.len() - reviewed.len(),
        classes: classes.into_iter().filter(|class| class.count > 0).collect(),
        expected_error: calibration::expected_calibration_error(&reviewed),
        suggested_threshold: approval_rate.and_then(suggest),
        approval_rate,
    })
}

/// Returns the reviewed outputs, each with whether it was approved unchanged.
fn approval_by_run(
    view: &dyn LedgerReader,
    gate: &GateName,
    from_ms: u64,
) -> Result<BTreeMap<Digest, bool>, LedgerError> {
    let mut approved = BTreeMap::new();
    let latest =
        LatestEvents { gate, kind: "review", from_ms, before_ms: None, count: REVIEWS_MAX };
    for event in latest.read(view)? {
        if let EventKind::Review(review) = &event.event.kind {
            add_review(&mut approved, review);
        }
    }
    Ok(approved)
}

/// Adds a review. An output counts as approved only if no reviewer edited or rejected it.
fn add_review(approved: &mut BTreeMap<Digest, bool>, review: &ReviewEvent) {
    let is_approved = match review.action {
        ReviewAction::Approve => true,
        ReviewAction::Edit { .. } | ReviewAction::Reject { .. } => false,
        ReviewAction::Escalate { .. } => return,
    };
    approved.entry(review.run).and_modify(|before| *before &= is_approved).or_insert(is_approved);
}

/// Returns the confidence that the model stated for the run's output, if it is stored.
fn confidence_of_run(view: &dyn LedgerReader, run: Digest) -> Result<Option<Share>, LedgerError> {
    let Some(row) = view.run(run)? else { return Ok(None) };
    let Some(event) = lookup::event_by_number(view, row.seq)? else { return Ok(None) };
    let EventKind::Run(judged) = event.event.kind else { return Ok(None) };
    Ok(model_confidence(&judged))
}
