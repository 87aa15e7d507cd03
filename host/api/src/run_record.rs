//! Everything that the ledger has about a run.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::records::RunRecord;
use tollgate_govern::answers::{RunAnswers, RunRequest};
use tollgate_model::{
    ChangeEvent, ContractCheck, Decision, Digest, EarlyText, FormatVersion, GateName, OutputId,
    Person, PromptRef, Release, RetainedContent, ReviewAction, RoleHolder,
};

use crate::{LedgerEvent, Timestamp, describe_missing_content};

/// Everything that the ledger has about a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RunRecordDocument {
    pub format: FormatVersion<1>,
    pub run: Digest,
    pub gate: GateName,
    /// Release of the latest decision.
    pub release: Digest,
    /// Digest of the subject.
    pub subject: Digest,
    #[serde(flatten)]
    pub answers: AuditAnswers,
    /// Latest decision.
    pub decision: Decision,
    /// Text that had gone out before the decision; absent if none had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub early_text: Option<EarlyText>,
    pub checks: Vec<ContractCheck>,
    /// Explanation why reasons and reports are absent; absent if they are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details_missing: Option<String>,
    /// Release with everything it pins; `null` if the ledger no longer has it.
    pub pinned: Option<Release>,
    /// All events that concern the run, oldest first.
    pub history: Vec<LedgerEvent>,
}

/// Answers to the eight questions that an audit asks of a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AuditAnswers {
    pub requested: OutputRequest,
    /// Output that was judged, as far as the gate keeps it: generated, or edited by a person.
    pub generated: RetainedContent,
    /// Run whose output was edited into this one; absent if the output is as it was generated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_from: Option<Digest>,
    /// Person who edited it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_by: Option<Person>,
    /// Reviews in order; for an edited output, the edit is the first one.
    pub reviewed: Vec<RecordedReview>,
    /// Digest of the output that was allowed; `null` if none was.
    pub accepted: Option<Digest>,
    /// Whether the gate blocked the output or a reviewer rejected it.
    pub rejected: bool,
    /// Changes in other systems that were recorded for the run.
    pub changed: Vec<ChangeEvent>,
    /// Time of the first judgement.
    pub at: Timestamp,
    /// Owner of the gate at the time of the run.
    pub owner: Option<RoleHolder>,
}

/// Request that led to an output.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct OutputRequest {
    pub by: Option<Person>,
    /// Person or program that handed the output in.
    pub submitted_by: Option<Person>,
    /// Id by which the caller knows the output.
    pub output_id: Option<OutputId>,
    pub prompt: Option<PromptRef>,
    pub model: Option<String>,
}

/// Review of a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecordedReview {
    pub at: Timestamp,
    pub by: Person,
    pub action: ReviewAction,
}

impl From<&RunRecord> for RunRecordDocument {
    fn from(record: &RunRecord) -> Self {
        let RunRecord { summary, decided, .. } = record;
        let (_, judged) = record.event_with_checks();
        let history = record.history.iter().map(|event| LedgerEvent::new(event, None));
        Self {
            format: FormatVersion,
            run: summary.run,
            gate: summary.gate.clone(),
            release: decided.release,
            subject: decided.subject,
            answers: record.answers.clone().into(),
            decision: decided.decision.clone(),
            early_text: decided.early_text,
            checks: judged.checks.clone(),
            details_missing: record.missing_details.as_ref().map(describe_missing_content),
            pinned: record.release.clone(),
            history: history.collect(),
        }
    }
}

impl From<RunAnswers> for AuditAnswers {
    fn from(answers: RunAnswers) -> Self {
        let review = |(at_ms, by, action)| RecordedReview { at: Timestamp(at_ms), by, action };
        Self {
            requested: answers.requested.into(),
            generated: answers.generated,
            edited_from: answers.edited.as_ref().map(|edit| edit.from),
            edited_by: answers.edited.and_then(|edit| edit.by),
            reviewed: answers.reviewed.into_iter().map(review).collect(),
            accepted: answers.accepted,
            rejected: answers.rejected,
            changed: answers.changed,
            at: Timestamp(answers.at_ms),
            owner: answers.owner,
        }
    }
}

impl From<RunRequest> for OutputRequest {
    fn from(request: RunRequest) -> Self {
        let RunRequest { by, submitted_by, output_id, prompt, model } = request;
        Self { by, submitted_by, output_id, prompt, model }
    }
}
