//! Writes everything that the ledger has about a run as JSON.

use tollgate_api::{LedgerEvent, RunRecordDocument};
use tollgate_model::FormatVersion;

use super::{RunRecord, contracts, questions};
use crate::cli::log::missing_content;
use crate::json_output;

/// Prints the run as JSON.
pub(super) fn print_json(record: &RunRecord<'_>) -> anyhow::Result<()> {
    let answers = questions::find_answers(record)?;
    let (event, run) = record.latest_decision()?;
    let (_, judged) = contracts::event_with_checks(record)?;
    let history = record.history.iter().map(|event| LedgerEvent::new(event, None));
    json_output::print_document(&RunRecordDocument {
        format: FormatVersion,
        run: record.row.run,
        gate: record.row.gate.clone(),
        release: run.release,
        subject: run.subject,
        answers: answers.into(),
        decision: run.decision.clone(),
        early_text: run.early_text,
        checks: judged.checks.clone(),
        details_missing: missing_content::describe_missing_content(
            record.view,
            event,
            missing_content::is_details,
        )?,
        pinned: record.release.clone(),
        history: history.collect(),
    })
}
