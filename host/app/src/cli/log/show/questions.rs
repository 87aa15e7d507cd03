//! The eight questions that must be answerable later, each under its heading.

use anyhow::Context;
use tollgate_govern::answers::{self, Answers};
use tollgate_ledger::Recorded as Event;
use tollgate_model::{Act, Content, Kept, Ruling, RunEvent, Subject, What};

use super::{Known, heading, said};
use crate::cli::log::{kept, words};
use crate::{moments, recorded};

/// Answers them.
pub(super) fn tell(known: &Known<'_>) -> anyhow::Result<()> {
    let answers = of(known)?;
    heading("what was requested");
    tell_requested(&answers);
    heading("what was generated");
    tell_generated(known)?;
    heading("who reviewed it");
    tell_reviewed(known, &answers);
    heading("what was accepted");
    said(&accepted(known, &answers)?);
    heading("what was rejected");
    said(&rejected(known, &answers)?);
    heading("what changed in which system");
    if answers.changed.is_empty() {
        said("nothing was told");
    }
    answers.changed.iter().for_each(|one| said(&format!("{}: {}", one.system, one.change)));
    heading("when");
    said(&format!("judged {}", moments::shown(answers.at_ms)));
    heading("who owned the decision");
    let owner = answers.owner.as_ref().map(ToString::to_string);
    said(&owner.unwrap_or("nobody: the gate named no owner".into()));
    Ok(())
}

/// The answers, as the rules have them.
pub(super) fn of(known: &Known<'_>) -> anyhow::Result<Answers> {
    let answers = answers::about(known.row.run, &known.events());
    answers.with_context(|| {
        let run = known.row.run;
        format!("no event of the ledger judged run {run}: `tollgate log verify` says more")
    })
}

fn tell_requested(answers: &Answers) {
    let requested = &answers.requested;
    let by = requested.by.as_ref().map(ToString::to_string);
    said(&format!("by {}", by.unwrap_or("somebody who was not told".into())));
    match &requested.prompt {
        Some(prompt) => {
            said(&format!(
                "with the prompt {} {} ({})",
                prompt.name, prompt.version, prompt.digest
            ));
        }
        None => said("with a prompt that was not told, or none"),
    }
    said(&format!("of the model {}", requested.model.as_deref().unwrap_or("that was not told")));
}

fn tell_generated(known: &Known<'_>) -> anyhow::Result<()> {
    let (event, run) = known.decided()?;
    said(&run.subject.to_string());
    match &run.content {
        Kept::Full(subject) => tell_subject("kept in full", subject),
        Kept::Masked(subject) => tell_subject("kept without what is personal", subject),
        Kept::Digest => said("not kept: the gate keeps nothing of an output but its digest"),
        Kept::Erased => {
            let gone = kept::gone(known.view, event, kept::is_output)?;
            said(&gone.unwrap_or("erased".into()));
        }
    }
    Ok(())
}

fn tell_subject(how: &str, subject: &Subject) {
    let (kind, text) = match &subject.content {
        Content::Text(text) => ("a text".to_owned(), text.as_str()),
        Content::Json(json) => ("a JSON document".to_owned(), json.as_str()),
        Content::Action { tool, arguments } => (format!("a call of `{tool}`"), arguments.as_str()),
    };
    said(&format!("{kind}, {how}:"));
    text.lines().for_each(|line| said(&format!("| {line}")));
    if subject.context.as_str() != "{}" {
        said("what was known of it:");
        said(&format!("| {}", subject.context.as_str()));
    }
}

fn tell_reviewed(known: &Known<'_>, answers: &Answers) {
    if answers.reviewed.is_empty() {
        said("nobody");
    }
    for event in &known.history {
        let What::Review(review) = &event.event.what else { continue };
        if review.run != known.row.run {
            continue;
        }
        let role = review.role.as_ref().map(|role| format!(" ({role})")).unwrap_or_default();
        let lasted = review.time_ms.map(|ms| format!(", after {}", moments::lasted(ms)));
        let (at, act) = (moments::shown(event.event.at_ms), words::act(&review.act));
        said(&format!("{at}  {}{role}: {act}{}", review.by, lasted.unwrap_or_default()));
        for answer in &review.answers {
            let evidence = answer.evidence.as_ref().map(|seen| format!(" (looked at: {seen})"));
            let evidence = evidence.unwrap_or_default();
            said(&format!("  {}: {}{evidence}", answer.item, answer.answer));
        }
    }
}

fn accepted(known: &Known<'_>, answers: &Answers) -> anyhow::Result<String> {
    let (_, run) = known.decided()?;
    Ok(match answers.accepted {
        Some(accepted) => match taken_back(&known.history) {
            Some(when) => format!("{accepted}, and taken back {when}"),
            None if accepted == run.subject => format!("{accepted}, as it was generated"),
            None => format!("{accepted}, as a reviewer edited it{}", edited_to(known)),
        },
        None if run.decision.ruling == Ruling::Hold && !answers.rejected => waiting(run),
        None => "nothing".into(),
    })
}

/// Nothing has been accepted yet.
fn waiting(run: &RunEvent) -> String {
    match run.decision.would_be {
        Some(would_be) => {
            format!("nothing: the gate was in shadow, and would have said {would_be}")
        }
        None => "nothing yet: it is held".into(),
    }
}

/// The run that the edited output was judged in.
fn edited_to(known: &Known<'_>) -> String {
    let later = known.history.iter().rev().find_map(|event| match &event.event.what {
        What::Run(run) if run.edited_from == Some(known.row.run) => Some(run.run),
        _ => None,
    });
    later.map(|run| format!(" (run {})", recorded::short(&run))).unwrap_or_default()
}

/// When an output was taken back.
pub(super) fn taken_back(history: &[Event]) -> Option<String> {
    history.iter().find_map(|event| match &event.event.what {
        What::Rollback(rollback) => {
            let at = moments::shown(event.event.at_ms);
            Some(format!("{at} by {}: {}", rollback.by, rollback.reason))
        }
        _ => None,
    })
}

fn rejected(known: &Known<'_>, answers: &Answers) -> anyhow::Result<String> {
    let by = answers.reviewed.iter().find_map(|(_, by, act)| match act {
        Act::Reject { reason } => Some(format!("the output, by {by}: {reason}")),
        Act::Edit { .. } => Some(format!("the output as it was generated: {by} edited it")),
        _ => None,
    });
    let (_, run) = known.decided()?;
    let by_gate = run.decision.ruling == Ruling::Block || answers.rejected;
    Ok(by.unwrap_or(if by_gate { "the output, by the gate" } else { "nothing" }.into()))
}
