//! Approving. Once enough people have approved an output, it is decided again: on the recorded reports or, if the
//! gate has changed since, on new ones.

use tollgate_govern::OutputApproval;
use tollgate_govern::review::NextStep;
use tollgate_ledger::LedgerError;
use tollgate_model::{
    Decision, Gate, Reason, ReasonEffect, ReasonKind, ReviewAction, Ruling, Subject,
};

use super::{ConductReviewError, ReviewError, ReviewOutcome, ReviewResult, ReviewSession};
use crate::gate::OutputDigestError;
use crate::gate::decider::{DecidedRun, GateDecider, RunOrigin};
use crate::gate::judging::JudgedOutput;
use crate::lookup::find_incident;
use crate::review::pending_review::KnownOutput;

/// The decision that an approval applies to.
enum ApprovalTarget {
    /// An output with a decision that the reviewer was shown.
    AlreadyShown(Box<JudgedOutput>, Box<Decision>),
    /// A new decision with reasons that no reviewer has been shown.
    NewDecision(Box<DecidedRun>),
}

impl ReviewSession<'_> {
    /// Approves the output. `given` is the output as the reviewer has it, if the ledger does not.
    pub async fn approve(
        &self,
        decider: &mut GateDecider,
        provided: Option<Subject>,
    ) -> Result<ReviewResult, ConductReviewError> {
        let gate = decider.loaded.gate.clone();
        let is_same = self.pending.run.release == decider.loaded.snapshot.digest;
        let named = self.incident_error(decider)?;
        let output = match self.may_approve(&gate, is_same, provided, named)? {
            Ok(output) => output,
            Err(errors) => return Ok(ReviewResult::refused(errors)),
        };
        let (judged, decision) = match self.approval_target(decider, is_same, output).await? {
            ApprovalTarget::AlreadyShown(judged, decision) => (judged, decision),
            ApprovalTarget::NewDecision(redecided) => {
                return Ok(self.rejudged_result(decider, *redecided));
            }
        };
        // The state may have been read again since, and the result depends on the gate as it was then.
        if let Some(error) = self.incident_error(decider)? {
            return Ok(ReviewResult::refused(vec![error]));
        }
        match self.conclude(&gate, &decision, &ReviewAction::Approve) {
            Err(refusals) => Ok(ReviewResult::refused_by_rules(refusals)),
            Ok(NextStep::DecideAgain(approved)) => {
                Ok(self.decide_again(decider, &judged, approved)?)
            }
            Ok(NextStep::AnotherPerson { remaining }) => {
                let entries = vec![self.review_entry(&gate, ReviewAction::Approve)];
                Ok(self.result(ReviewOutcome::MoreApprovalsNeeded(remaining), entries))
            }
            Ok(_) => Err(ConductReviewError::UnexpectedStep),
        }
    }

    /// Returns the output if it may be approved, otherwise every reason against it. The rules are consulted in
    /// either case, so that the reviewer sees all reasons at once.
    fn may_approve(
        &self,
        gate: &Gate,
        is_same: bool,
        given: Option<Subject>,
        named: Option<ReviewError>,
    ) -> Result<Result<KnownOutput, Vec<ReviewError>>, OutputDigestError> {
        let mut errors = self.general_errors(gate);
        errors.extend(named);
        let output = self.pending.resolve_output(given)?;
        if is_same && self.pending.details_erased {
            errors.push(ReviewError::DetailsErased);
        }
        if !is_same && matches!(output, Ok(KnownOutput::Masked(_))) {
            errors.push(ReviewError::GateChanged);
        }
        Ok(match output {
            Ok(output) if errors.is_empty() => Ok(output),
            output => {
                errors.extend(output.err());
                let rules = self.conclude(gate, &self.pending.run.decision, &ReviewAction::Approve);
                errors.extend(rules.err().into_iter().flatten().map(ReviewError::Rule));
                Err(errors)
            }
        })
    }

    /// Returns the error that an incident names the run. It is read from the ledger as it is now, because the incident
    /// may have been recorded after the run was read.
    fn incident_error(&self, decider: &GateDecider) -> Result<Option<ReviewError>, LedgerError> {
        let Some(reader) = decider.reader() else { return Ok(None) };
        let run = self.pending.queued.run;
        let history = reader.history(run)?;
        let incident = find_incident(&history, run);
        Ok(incident.map(|incident| ReviewError::NamedByIncident(incident.description.clone())))
    }

    /// Determines what the reviewer approves: the recorded decision, or the one of the changed gate if it holds for
    /// no reason that the reviewer has not been shown.
    async fn approval_target(
        &self,
        decider: &mut GateDecider,
        is_same: bool,
        output: KnownOutput,
    ) -> Result<ApprovalTarget, ConductReviewError> {
        let decision = &self.pending.run.decision;
        if is_same {
            let judged = JudgedOutput::from_record(&self.pending.run, output.into_subject());
            return Ok(ApprovalTarget::AlreadyShown(judged.into(), decision.clone().into()));
        }
        let judged = decider.loaded.judge(output.into_subject(), self.now_ms).await?;
        let redecided = decider.decide(&judged, &self.rerun_origin(None), self.now_ms)?;
        if redecided.decision.ruling == Ruling::Block
            || !has_seen_all(decision, &redecided.decision)
        {
            return Ok(ApprovalTarget::NewDecision(redecided.into()));
        }
        // This decision was only a trial, so the state is read again without it.
        decider.refresh(self.now_ms)?;
        // The changed gate may allow the output without a review, but the approval must still follow the rules.
        let decision = Decision { ruling: Ruling::Hold, ..redecided.decision };
        Ok(ApprovalTarget::AlreadyShown(judged.into(), decision.into()))
    }

    /// Decides an approved output again. It goes out unless another reason holds it.
    fn decide_again(
        &self,
        decider: &mut GateDecider,
        judged: &JudgedOutput,
        approved: OutputApproval,
    ) -> Result<ReviewResult, LedgerError> {
        let decided = decider.decide(judged, &self.rerun_origin(Some(approved)), self.now_ms)?;
        if decided.decision.ruling == Ruling::Hold {
            let still_held = decided.decision.reasons.into_iter().filter(is_hold);
            let errors = still_held.map(|reason| ReviewError::StillHeld(reason.kind));
            return Ok(ReviewResult::refused(errors.collect()));
        }
        Ok(self.decided_result(decider, ReviewAction::Approve, decided))
    }

    /// Returns the origin of a rerun of this run. The run was paid for when it was first judged.
    fn rerun_origin(&self, approved: Option<OutputApproval>) -> RunOrigin {
        RunOrigin {
            rerun_of: Some(self.pending.queued.run),
            output_id: self.pending.run.output_id.clone(),
            edited_from: self.pending.run.edited_from,
            approved,
            is_paid_for: true,
            early_text: self.pending.run.early_text,
            ..RunOrigin::default()
        }
    }

    /// Records what the changed gate decides, and nothing of the review.
    fn rejudged_result(&self, decider: &GateDecider, mut rejudged: DecidedRun) -> ReviewResult {
        let entries = std::mem::take(&mut rejudged.entries);
        self.result(ReviewOutcome::Rejudged(Box::new(rejudged)), entries).decided_by(decider)
    }
}

fn is_hold(reason: &Reason) -> bool {
    reason.effect == ReasonEffect::Hold
}

/// Returns whether a reviewer who was shown one decision has seen every reason that holds in the other.
pub(crate) fn has_seen_all(shown: &Decision, redecided: &Decision) -> bool {
    let known: Vec<_> = shown.reasons.iter().map(|reason| reason_identity(&reason.kind)).collect();
    redecided.reasons.iter().filter(|reason| is_hold(reason)).all(|reason| match &reason.kind {
        // The reviewer is the human that this reason asks for.
        ReasonKind::Oversight { .. } => true,
        cause => known.contains(&reason_identity(cause)),
    })
}

/// Returns what identifies a reason. Text that it quotes may be redacted in the record.
fn reason_identity(cause: &ReasonKind) -> String {
    match cause {
        ReasonKind::Finding { contract, rule, severity, .. } => {
            format!("{contract} {rule} {severity}")
        }
        ReasonKind::Failure { contract, kind, .. } => format!("{contract} {kind}"),
        other => {
            let mut other = other.clone();
            if let Some(pointer) = other.pointer_mut() {
                pointer.clear();
            }
            other.to_string()
        }
    }
}
