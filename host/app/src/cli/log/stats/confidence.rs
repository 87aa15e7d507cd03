//! Whether the model is as sure as it is right: its confidence beside what reviewers said.

use std::collections::BTreeMap;

use tollgate_govern::calibration::{self, Class, Reviewed};
use tollgate_ledger::View;
use tollgate_model::{Act, Digest, Gate, GateName, ReviewEvent, Share, What};

use super::health::model_confidence;
use super::latest::Latest;
use crate::recorded;

/// The latest reviews that are looked at: more say nothing else, and take time to read.
const REVIEWS_MAX: usize = 10_000;

/// What the reviews say.
pub(super) struct Confidence {
    /// Reviewed outputs whose confidence is known.
    pub known: usize,
    /// Reviewed outputs whose confidence nobody told, or is not kept.
    pub unknown: usize,
    /// From the least sure to the surest, without the empty ones.
    pub classes: Vec<Class>,
    pub expected_error: Option<Share>,
    pub suggested: Option<Share>,
    /// What the gate wants to see approved; nothing is suggested without.
    pub approval_rate: Option<Share>,
}

/// Looks at the reviews since a moment.
pub(super) fn of(
    view: &View,
    gate: &GateName,
    from_ms: u64,
    record: Option<&Gate>,
) -> anyhow::Result<Confidence> {
    let approved = approved(view, gate, from_ms)?;
    let mut reviewed = Vec::new();
    for (run, approved) in &approved {
        if let Some(confidence) = confidence(view, *run)? {
            reviewed.push(Reviewed { confidence, approved: *approved });
        }
    }
    let approval_rate =
        record.and_then(|gate| Some(gate.autonomy.as_ref()?.promotion.as_ref()?.approval_rate));
    let suggest = |rate| calibration::suggested_threshold(&reviewed, rate);
    let classes = calibration::reliability(&reviewed);
    Ok(Confidence {
        known: reviewed.len(),
        unknown: approved.len() - reviewed.len(),
        classes: classes.into_iter().filter(|class| class.count > 0).collect(),
        expected_error: calibration::expected_error(&reviewed),
        suggested: approval_rate.and_then(suggest),
        approval_rate,
    })
}

/// The outputs that were reviewed, and whether they were approved as they were.
fn approved(view: &View, gate: &GateName, from_ms: u64) -> anyhow::Result<BTreeMap<Digest, bool>> {
    let mut approved = BTreeMap::new();
    let latest = Latest { gate, kind: "review", from_ms, before_ms: None, count: REVIEWS_MAX };
    for event in latest.read(view)? {
        if let What::Review(review) = &event.event.what {
            count(&mut approved, review);
        }
    }
    Ok(approved)
}

/// An output that anybody edited or rejected was not approved as it was.
fn count(approved: &mut BTreeMap<Digest, bool>, review: &ReviewEvent) {
    let is_approved = match review.act {
        Act::Approve => true,
        Act::Edit { .. } | Act::Reject { .. } => false,
        Act::Escalate { .. } => return,
    };
    approved.entry(review.run).and_modify(|before| *before &= is_approved).or_insert(is_approved);
}

/// How sure the model was of a run's output, as far as that is kept.
fn confidence(view: &View, run: Digest) -> anyhow::Result<Option<Share>> {
    let Some(row) = view.run(run)? else { return Ok(None) };
    let Some(event) = recorded::event_at(view, row.seq)? else { return Ok(None) };
    let What::Run(judged) = event.event.what else { return Ok(None) };
    Ok(model_confidence(&judged))
}
