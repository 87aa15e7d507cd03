//! Prints the eight facts that an audit asks of a run, each under its heading.

use tollgate::lookup;
use tollgate_govern::answers::{self, OutputEdit, RunAnswers};
use tollgate_ledger::StoredEvent;
use tollgate_model::{
    Content, EventKind, PromptRef, RetainedContent, ReviewAction, Ruling, RunEvent, Subject,
};

use super::{ShownRun, describe_edited_run, print_heading, print_indented};
use crate::cli::log::{event_summary, missing_content};
use crate::timestamps;

/// Prints all eight answers.
pub(super) fn print_answers(record: &ShownRun<'_>) -> anyhow::Result<()> {
    let answers = &record.answers;
    print_heading("what was requested");
    print_requested(answers);
    print_heading("what was generated");
    print_generated(record, answers)?;
    print_heading("who reviewed it");
    print_reviewed(record, answers);
    print_heading("what was accepted");
    print_indented(&describe_accepted(record, answers));
    print_heading("what was rejected");
    print_indented(&describe_rejected(record, answers));
    print_heading("what changed in which system");
    if answers.changed.is_empty() {
        print_indented("no change was reported");
    }
    answers
        .changed
        .iter()
        .for_each(|one| print_indented(&format!("{}: {}", one.system, one.change)));
    print_heading("when");
    print_indented(&format!("judged at {}", timestamps::format_time(answers.at_ms)));
    print_heading("who owned the decision");
    let owner = answers.owner.as_ref().map(ToString::to_string);
    print_indented(&owner.unwrap_or("nobody: the gate has no owner".into()));
    Ok(())
}

fn print_requested(answers: &RunAnswers) {
    let requested = &answers.requested;
    let by = requested.by.as_ref().map(ToString::to_string);
    print_indented(&format!("by {}", by.unwrap_or("an unknown person".into())));
    if let Some(person) = &requested.submitted_by {
        print_indented(&format!("handed in by {person}"));
    }
    match requested.output_id.as_ref().map(|id| &id.text) {
        Some(Some(text)) => print_indented(&format!("under the id `{text}`")),
        Some(None) => print_indented("under an id that was erased or not kept"),
        None => {}
    }
    match &requested.prompt {
        Some(PromptRef { name, version, digest }) if digest.is_empty() => {
            print_indented(&format!("with the prompt {name} {version}, without its digest"));
        }
        Some(PromptRef { name, version, digest }) => {
            print_indented(&format!("with the prompt {name} {version} ({digest})"));
        }
        None => print_indented("no prompt was reported"),
    }
    let until_edited = if answers.edited.is_some() { ", before it was edited" } else { "" };
    let model = requested.model.as_ref();
    let model = model.map(|model| format!("by the model {model}{until_edited}"));
    print_indented(&model.unwrap_or("no model was reported".into()));
}

fn print_generated(record: &ShownRun<'_>, answers: &RunAnswers) -> anyhow::Result<()> {
    let run = &record.decided;
    print_indented(&run.subject.to_string());
    if let Some(edit) = &answers.edited {
        let from = lookup::short_digest(&edit.from);
        print_indented(&format!("edited by {} from the output of run {from}", editor_name(edit)));
    }
    match &run.content {
        RetainedContent::Full(subject) => print_subject("stored in full", subject),
        RetainedContent::Masked(subject) => {
            print_subject("stored with personal data masked", subject)
        }
        RetainedContent::Digest => {
            print_indented("not stored: the gate keeps only the digest of an output")
        }
        RetainedContent::Erased => {
            let gone = missing_content::describe_missing_content(
                record.view,
                &record.event,
                missing_content::is_output,
            )?;
            print_indented(&gone.unwrap_or("erased".into()));
        }
    }
    Ok(())
}

fn print_subject(how: &str, subject: &Subject) {
    let (kind, text) = match &subject.content {
        Content::Text(text) => ("a text".to_owned(), text.as_str()),
        Content::Json(json) => ("a JSON document".to_owned(), json.as_str()),
        Content::InvalidJson(invalid) => {
            ("a text that should be JSON and is not".to_owned(), invalid.as_str())
        }
        Content::Action { tool, arguments } => (format!("a call of `{tool}`"), arguments.as_str()),
    };
    print_indented(&format!("{kind}, {how}:"));
    text.lines().for_each(|line| print_indented(&format!("| {line}")));
    if subject.context.as_str() != "{}" {
        print_indented("context:");
        print_indented(&format!("| {}", subject.context.as_str()));
    }
}

/// Returns the person who edited an output.
fn editor_name(edit: &OutputEdit) -> String {
    edit.by.as_ref().map_or("an unknown person".into(), ToString::to_string)
}

fn print_reviewed(record: &ShownRun<'_>, answers: &RunAnswers) {
    if answers.reviewed.is_empty() {
        print_indented("nobody");
    }
    let run = &record.decided;
    for event in record.all_events() {
        let EventKind::Review(review) = &event.event.kind else { continue };
        if !answers::is_review_of(review, run) {
            continue;
        }
        let role = review.role.as_ref().map(|role| format!(" ({role})")).unwrap_or_default();
        let lasted =
            review.time_ms.map(|ms| format!(", after {}", timestamps::format_duration(ms)));
        let at = timestamps::format_time(event.event.at_ms);
        let act = describe_review_act(record, run, &review.action);
        print_indented(&format!("{at}  {}{role}: {act}{}", review.by, lasted.unwrap_or_default()));
        for answer in &review.answers {
            let evidence = answer.evidence.as_ref().map(|seen| format!(" (evidence: {seen})"));
            let evidence = evidence.unwrap_or_default();
            print_indented(&format!("  {}: {}{evidence}", answer.item, answer.answer));
        }
    }
}

/// Describes the act of a reviewer. An edit is named by the run of the edited output, which people can look up.
fn describe_review_act(record: &ShownRun<'_>, run: &RunEvent, act: &ReviewAction) -> String {
    match (act, record.edited_run()) {
        (ReviewAction::Edit { edited }, _) if *edited == run.subject => {
            "edit to this output".into()
        }
        (ReviewAction::Edit { edited }, Some(later)) if *edited == later.subject => {
            format!("edit, judged as run {}", lookup::short_digest(&later.run))
        }
        _ => event_summary::describe_act(act),
    }
}

fn describe_accepted(record: &ShownRun<'_>, answers: &RunAnswers) -> String {
    let run = &record.decided;
    match answers.accepted {
        Some(accepted) => match describe_rollback(&record.history) {
            Some(when) => format!("{accepted}, retracted {when}"),
            None if accepted == run.subject => match &answers.edited {
                Some(edit) => format!("{accepted}, as {} edited it", editor_name(edit)),
                None => format!("{accepted}, as generated"),
            },
            None => format!("{accepted}, as a reviewer edited it{}", edited_run_note(record)),
        },
        None if run.decision.ruling == Ruling::Hold && !answers.rejected => {
            describe_waiting(run, record.edited_run())
        }
        None => "nothing".into(),
    }
}

/// Describes a run of which nothing has been accepted yet. `edited` is the run of the output that it was edited to.
fn describe_waiting(run: &RunEvent, edited: Option<&RunEvent>) -> String {
    match (run.decision.would_be, edited) {
        (Some(would_be), _) => {
            format!("nothing: the gate is in shadow, the decision would have been `{would_be}`")
        }
        (None, Some(edited)) if edited.decision.ruling == Ruling::Hold => {
            format!("nothing yet: {}", describe_edited_run(edited))
        }
        (None, Some(edited)) => format!("nothing: {}", describe_edited_run(edited)),
        (None, None) => "nothing yet: the output is held".into(),
    }
}

/// Returns a note with the run in which the edited output was judged; empty if there is none.
fn edited_run_note(record: &ShownRun<'_>) -> String {
    let edited = record.edited_run();
    edited.map(|run| format!(" (run {})", lookup::short_digest(&run.run))).unwrap_or_default()
}

/// Describes when, by whom and why the output was retracted, or returns `None` if it was not.
pub(super) fn describe_rollback(history: &[StoredEvent]) -> Option<String> {
    history.iter().find_map(|event| match &event.event.kind {
        EventKind::Rollback(rollback) => {
            let at = timestamps::format_time(event.event.at_ms);
            Some(format!("{at} by {}: {}", rollback.by, rollback.reason))
        }
        _ => None,
    })
}

/// Describes the generated output that a reviewer's text replaced, here or in the run that it was edited from.
fn describe_replaced(answers: &RunAnswers) -> String {
    let by = answers.reviewed.iter().find_map(|(_, by, act)| match act {
        ReviewAction::Edit { .. } => Some(by),
        _ => None,
    });
    match (&answers.edited, by) {
        (Some(edit), _) => {
            let from = lookup::short_digest(&edit.from);
            format!("the output of run {from}: {} edited it", editor_name(edit))
        }
        (None, Some(by)) => format!("the generated output: {by} edited it"),
        (None, None) => "nothing".into(),
    }
}

fn describe_rejected(record: &ShownRun<'_>, answers: &RunAnswers) -> String {
    let rejected = answers.reviewed.iter().find_map(|(_, by, act)| match act {
        ReviewAction::Reject { reason } => Some(format!("the output, by {by}: {reason}")),
        _ => None,
    });
    let run = &record.decided;
    let by_gate = run.decision.ruling == Ruling::Block || answers.rejected;
    let rejected = rejected.or_else(|| by_gate.then(|| "the output, by the gate".into()));
    rejected.unwrap_or_else(|| describe_replaced(answers))
}
