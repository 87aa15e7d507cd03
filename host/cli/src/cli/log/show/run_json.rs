//! Writes everything that the ledger has about a run as JSON.

use serde::Serialize;
use tollgate_ledger::StoredEvent;
use tollgate_model::{
    ChangeEvent, ContractCheck, Decision, Digest, GateName, OutputId, Person, PromptRef, Release,
    RetainedContent, ReviewAction, RoleHolder,
};

use super::{RunRecord, contracts, questions};
use crate::cli::log::event_summary::EventJson;
use crate::cli::log::missing_content;
use crate::{console, timestamps};

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RunJson<'k> {
    run: Digest,
    gate: &'k GateName,
    release: Digest,
    subject: Digest,
    requested: RequestJson,
    generated: RetainedContent,
    reviewed: Vec<ReviewJson>,
    accepted: Option<Digest>,
    rejected: bool,
    changed: Vec<ChangeEvent>,
    at: String,
    owner: Option<RoleHolder>,
    decision: &'k Decision,
    checks: &'k [ContractCheck],
    /// Explanation why reasons and reports are absent; absent if they are stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    details_missing: Option<String>,
    /// Release with everything it pins; `null` if the ledger no longer has it.
    pinned: Option<&'k Release>,
    history: Vec<EventJson<'k>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct RequestJson {
    by: Option<Person>,
    submitted_by: Option<Person>,
    output_id: Option<OutputId>,
    prompt: Option<PromptRef>,
    model: Option<String>,
}

#[derive(Serialize)]
struct ReviewJson {
    at: String,
    by: Person,
    action: ReviewAction,
}

/// Prints the run as JSON.
pub(super) fn print_json(record: &RunRecord<'_>) -> anyhow::Result<()> {
    let answers = questions::find_answers(record)?;
    let (event, run) = record.latest_decision()?;
    let (_, judged) = contracts::event_with_checks(record)?;
    let requested = answers.requested;
    let reviewed = answers.reviewed.into_iter();
    let history = record.history.iter().map(|event: &StoredEvent| EventJson::new(event, None));
    let written = RunJson {
        run: record.row.run,
        gate: &record.row.gate,
        release: run.release,
        subject: run.subject,
        requested: RequestJson {
            by: requested.by,
            submitted_by: requested.submitted_by,
            output_id: requested.output_id,
            prompt: requested.prompt,
            model: requested.model,
        },
        generated: answers.generated,
        reviewed: reviewed
            .map(|(at_ms, by, action)| ReviewJson {
                at: timestamps::format_rfc3339(at_ms),
                by,
                action,
            })
            .collect(),
        accepted: answers.accepted,
        rejected: answers.rejected,
        changed: answers.changed,
        at: timestamps::format_rfc3339(answers.at_ms),
        owner: answers.owner,
        decision: &run.decision,
        checks: &judged.checks,
        details_missing: missing_content::describe_missing_content(
            record.view,
            event,
            missing_content::is_details,
        )?,
        pinned: record.release.as_ref(),
        history: history.collect(),
    };
    console::print(serde_json::to_string_pretty(&written)?);
    Ok(())
}
