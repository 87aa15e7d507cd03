//! The questions of `tollgate queue review` on a terminal: the checklist item by item, and then what to do.
//!
//! Nothing is decided here. What is answered goes to the same rules as the options of the command.

use std::path::Path;

use tollgate_model::{ChecklistAnswer, ChecklistItem, Gate, NonBlankString};

use crate::console::{self, QUIET, STRONG, paint};
use crate::files;

/// What a reviewer answered.
pub(super) struct ReviewDialogue {
    pub(super) answers: Vec<ChecklistAnswer>,
    pub(super) action: ReviewerAction,
}

/// What a reviewer chose to do with the output.
pub(super) enum ReviewerAction {
    Approve,
    /// Holds the edited output.
    Edit(String),
    /// Holds the reason.
    Reject(NonBlankString),
    /// Holds the reason.
    Escalate(NonBlankString),
}

const ACTIONS: [&str; 4] = ["approve", "edit", "reject", "escalate"];

/// Asks the questions of the checklist that have no answer yet, and what to do. `None` if the input ends before that is
/// said.
pub(super) fn ask_review(
    gate: &Gate,
    given: Vec<ChecklistAnswer>,
) -> anyhow::Result<Option<ReviewDialogue>> {
    console::note("Enter gives no answer, and Ctrl-D ends without a review");
    let mut answers = given;
    for item in &gate.review.checklist {
        if answers.iter().any(|answer| answer.item == item.item) {
            continue;
        }
        match ask_item(item)? {
            Answered::Given(answer) => answers.push(answer),
            Answered::Skipped => {}
            Answered::EndOfInput => return Ok(None),
        }
    }
    let action = ask_action()?;
    Ok(action.map(|action| ReviewDialogue { answers, action }))
}

enum Answered {
    Given(ChecklistAnswer),
    Skipped,
    EndOfInput,
}

fn ask_item(item: &ChecklistItem) -> anyhow::Result<Answered> {
    let needed = item.answer.as_ref().map(|answer| format!(" (an approval needs `{answer}`)"));
    let needed = needed.unwrap_or_default();
    let question = format!("{}  {}{needed}", paint(STRONG, &item.item), item.question);
    let Some(line) = console::ask(question)? else { return Ok(Answered::EndOfInput) };
    let Ok(answer) = line.trim().parse() else { return Ok(Answered::Skipped) };
    let mut evidence = None;
    if item.evidence {
        let Some(line) = console::ask(paint(QUIET, "  what did you look at"))? else {
            return Ok(Answered::EndOfInput);
        };
        evidence = line.trim().parse().ok();
    }
    Ok(Answered::Given(ChecklistAnswer { item: item.item.clone(), answer, evidence }))
}

/// Asks what to do until it is said, with all that belongs to it.
fn ask_action() -> anyhow::Result<Option<ReviewerAction>> {
    loop {
        let Some(line) = console::ask(paint(STRONG, "approve, edit, reject or escalate"))? else {
            return Ok(None);
        };
        let detail = match find_action(&line) {
            Some("approve") => return Ok(Some(ReviewerAction::Approve)),
            Some("edit") => "  file with the edited output",
            Some(_) => "  reason",
            None => {
                console::warn("write one of the four words, or how it begins");
                continue;
            }
        };
        let Some(detail) = console::ask(paint(QUIET, detail))? else { return Ok(None) };
        let detail = detail.trim();
        match (find_action(&line), detail.parse::<NonBlankString>()) {
            (Some("edit"), _) => match files::read_text(Path::new(detail)) {
                Ok(text) => return Ok(Some(ReviewerAction::Edit(text))),
                Err(error) => console::warn(format!("{:#}", anyhow::Error::from(error))),
            },
            (Some("reject"), Ok(reason)) => return Ok(Some(ReviewerAction::Reject(reason))),
            (Some("escalate"), Ok(reason)) => return Ok(Some(ReviewerAction::Escalate(reason))),
            _ => console::warn("a reason is needed"),
        }
    }
}

/// Returns the action that a word names or begins, unless it begins two of them.
fn find_action(word: &str) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    let mut begun = ACTIONS.into_iter().filter(|action| action.starts_with(&word));
    let found = begun.next().filter(|_| !word.is_empty())?;
    begun.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_named_by_its_beginning() {
        for (word, action) in [
            ("a", Some("approve")),
            (" Reject ", Some("reject")),
            ("es", Some("escalate")),
            ("ed", Some("edit")),
            ("e", None),
            ("", None),
            ("approved", None),
        ] {
            assert_eq!(find_action(word), action, "{word}");
        }
    }
}
