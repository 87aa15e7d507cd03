//! Runs that wait for a review or an audit.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::review::{PendingReview, ShownRun};
use tollgate_govern::review;
use tollgate_model::{
    ChecklistItem, ContractCheck, Digest, FormatVersion, Gate, GateName, NonBlankString, Person,
    PromptRef, RetainedContent, RoleHolder, Ruling,
};

use crate::{ExplainedReason, LedgerEvent, Timestamp};

/// Runs that wait for a person, oldest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct QueueDocument {
    pub format: FormatVersion<1>,
    pub runs: Vec<QueueEntry>,
    /// Number of the event that the next page continues after; absent if no more runs wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Run in the queue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct QueueEntry {
    pub run: Digest,
    pub gate: GateName,
    /// Number of the event with which it entered the queue. Lists continue from it.
    pub seq: u64,
    pub waiting_for: QueuePurpose,
    /// Whether it still waits.
    pub open: bool,
    /// Time at which it entered the queue.
    pub since: Timestamp,
    /// Time by which it has to be reviewed; `null` if the gate sets no limit or has no active release.
    pub due: Option<Timestamp>,
    pub overdue: bool,
    /// Person that it was escalated to.
    pub escalated_to: Option<RoleHolder>,
    pub claimed_by: Option<Person>,
    /// End of the claim.
    pub claimed_until: Option<Timestamp>,
    /// People who have approved it so far.
    pub approved_by: Vec<Person>,
    /// Number of people who have to approve it; `null` if the gate has no active release.
    pub required_approvals: Option<u8>,
    /// People who requested or edited the output. They may not review it.
    pub authors: Vec<Person>,
    /// Run whose output a reviewer edited into this one.
    pub edited_from: Option<Digest>,
    /// Latest decision.
    pub decision: Ruling,
    pub reasons: Vec<ExplainedReason>,
}

/// Purpose for which a run waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum QueuePurpose {
    /// The output is held until it is approved.
    Review,
    /// The output went out and was sampled.
    Audit,
}

/// Run in the queue, with everything that its reviewer needs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct QueuedRunDocument {
    pub format: FormatVersion<1>,
    #[serde(flatten)]
    pub entry: QueueEntry,
    /// The output, as far as the gate keeps it.
    pub content: RetainedContent,
    /// Digest of the subject.
    pub subject: Digest,
    pub prompt: Option<PromptRef>,
    pub model: Option<String>,
    /// Release that judged the output.
    pub release: Digest,
    /// Number of the event with the latest decision.
    pub decision_event: u64,
    /// Release that is active, by whose rules it is reviewed.
    pub active_release: Digest,
    pub checks: Vec<ContractCheck>,
    /// Checklist of the active release.
    pub checklist: Vec<ChecklistItem>,
    /// People who may review: once the run is escalated, only those it was escalated to.
    pub reviewers: Vec<RoleHolder>,
    /// Roles whose holders may review. None once the run is escalated.
    pub roles: BTreeSet<NonBlankString>,
    /// All events that concern the run, oldest first.
    pub history: Vec<LedgerEvent>,
    /// Command line that approves the run, with all answers that are required; absent if a server writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl QueueEntry {
    /// Describes a run at a time. `gate` is the record of the active release, if there is one.
    pub fn new(pending: &PendingReview, gate: Option<&Gate>, now_ms: u64) -> Self {
        let (queued, decision) = (&pending.queued, &pending.run.decision);
        let due_ms = gate.and_then(|gate| review::review_due_ms(gate, queued.since_ms));
        let held = pending.to_held_run();
        let holder = gate.and_then(|gate| review::escalation_holder(gate, &held, now_ms));
        let claim = queued.claim.as_ref().filter(|claim| now_ms < claim.until_ms);
        let required = gate.map(|gate| review::required_approvals(gate, &decision.reasons));
        Self {
            run: queued.run,
            gate: queued.gate.clone(),
            seq: queued.seq,
            waiting_for: match pending.is_audit() {
                true => QueuePurpose::Audit,
                false => QueuePurpose::Review,
            },
            open: queued.closed_by.is_none(),
            since: Timestamp(queued.since_ms),
            due: due_ms.map(Timestamp),
            overdue: due_ms.is_some_and(|due_ms| due_ms <= now_ms),
            escalated_to: holder.cloned(),
            claimed_by: claim.map(|claim| claim.by.clone()),
            claimed_until: claim.map(|claim| Timestamp(claim.until_ms)),
            approved_by: pending.counting_approvals(gate, now_ms),
            required_approvals: required,
            authors: pending.authors.clone(),
            edited_from: queued.edited_from,
            decision: decision.ruling,
            reasons: decision.reasons.iter().map(Into::into).collect(),
        }
    }
}

impl QueuedRunDocument {
    /// Describes a run at a time for its reviewer.
    pub fn new(shown: &ShownRun, now_ms: u64) -> Self {
        let ShownRun { pending, gate, release, .. } = shown;
        let (run, held) = (&pending.run, pending.to_held_run());
        let reviewers = review::possible_reviewers(gate, &held, now_ms).into_iter();
        let history = pending.history.iter().map(|event| LedgerEvent::new(event, None));
        Self {
            format: FormatVersion,
            entry: QueueEntry::new(pending, Some(gate), now_ms),
            content: run.content.clone(),
            subject: run.subject,
            prompt: run.prompt.clone(),
            model: run.model.clone(),
            release: run.release,
            decision_event: pending.decision_event(),
            active_release: *release,
            checks: run.checks.clone(),
            checklist: gate.review.checklist.clone(),
            reviewers: reviewers.cloned().collect(),
            roles: review::possible_roles(gate, &held, now_ms),
            history: history.collect(),
            command: None,
        }
    }

    /// Adds the command line that approves the run.
    #[must_use]
    pub fn with_command(self, command: String) -> Self {
        Self { command: Some(command), ..self }
    }
}
