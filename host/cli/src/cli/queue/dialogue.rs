//! The questions of `tollgate queue review` on a terminal: what to do, and then the checklist item by item, about the text
//! that would go out, or has gone out.
//!
//! Nothing is decided here. What is answered goes to the same rules as the options of the command; those of an approval are
//! asked before it is sent, so that no answer is lost.

use std::path::Path;

use tollgate_govern::review::check_answer;
use tollgate_model::{ChecklistAnswer, ChecklistItem, Gate, NonBlankString, ReasonKind};

use super::show;
use crate::cli::log::event_summary;
use crate::console::{self, QUIET, STRONG, paint};
use crate::files;

/// Answers of a reviewer.
pub(super) struct ReviewDialogue {
    pub(super) answers: Vec<ChecklistAnswer>,
    pub(super) action: ReviewerAction,
}

/// Choice of a reviewer about the output.
pub(super) enum ReviewerAction {
    Approve,
    /// Holds the edited output.
    Edit(String),
    /// Holds the reason.
    Reject(NonBlankString),
    /// Holds the reason.
    Escalate(NonBlankString),
}

/// Review that is asked for. It decides which actions the rules can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DialogueKind {
    /// The output waits for the review.
    HeldOutput,
    /// The output has gone out, so nobody can edit it or escalate it any more.
    Audit,
}

impl DialogueKind {
    fn actions(self) -> &'static [&'static str] {
        match self {
            Self::HeldOutput => &["approve", "edit", "reject", "escalate"],
            Self::Audit => &["approve", "reject"],
        }
    }

    fn list_actions(self) -> &'static str {
        match self {
            Self::HeldOutput => "approve, edit, reject or escalate",
            Self::Audit => "approve or reject",
        }
    }

    /// Returns the actions that need no answers, for a sentence.
    fn without_approval(self) -> &'static str {
        match self {
            Self::HeldOutput => "rejected or escalated",
            Self::Audit => "rejected",
        }
    }
}

/// Asks what to do and, for an output that would go out, the questions of the checklist. An edited output is shown before it is
/// asked about. `None` if the input ends before all is said. If there are reasons that no approval lifts, none is asked for.
pub(super) fn ask_review(
    kind: DialogueKind,
    gate: &Gate,
    given: Vec<ChecklistAnswer>,
    final_holds: &[&ReasonKind],
) -> anyhow::Result<Option<ReviewDialogue>> {
    console::note("Enter gives no answer, and Ctrl-D ends without a review");
    let mut answers = given;
    loop {
        let Some(action) = ask_action(kind)? else { return Ok(None) };
        let mut answers_about_edit = Vec::new();
        let asked = match &action {
            ReviewerAction::Approve if !final_holds.is_empty() => {
                warn_about_final_holds(final_holds);
                continue;
            }
            ReviewerAction::Approve => &mut answers,
            ReviewerAction::Edit(text) => {
                // Whatever was answered before is about another text.
                show::print_edited_output(text);
                &mut answers_about_edit
            }
            ReviewerAction::Reject(_) | ReviewerAction::Escalate(_) => {
                return Ok(Some(ReviewDialogue { answers, action }));
            }
        };
        match ask_checklist(kind, gate, asked)? {
            None => return Ok(None),
            Some(true) => {
                let answers = std::mem::take(asked);
                return Ok(Some(ReviewDialogue { answers, action }));
            }
            Some(false) => {
                let rest = kind.without_approval();
                console::warn(format!("with these answers, the output can only be {rest}"));
            }
        }
    }
}

/// Asks each item of the checklist that has no answer yet, and then once more each that an approval lacks. Returns whether
/// the answers allow an approval, or `None` if the input ends.
fn ask_checklist(
    kind: DialogueKind,
    gate: &Gate,
    answers: &mut Vec<ChecklistAnswer>,
) -> anyhow::Result<Option<bool>> {
    let is_unanswered = |item: &ChecklistItem, answers: &[ChecklistAnswer]| {
        answers.iter().all(|answer| answer.item != item.item)
    };
    if !ask_items(kind, gate, answers, is_unanswered)? {
        return Ok(None);
    }
    if has_all_answers(gate, answers) {
        return Ok(Some(true));
    }
    let is_open =
        |item: &ChecklistItem, answers: &[ChecklistAnswer]| check_answer(item, answers).is_some();
    if !ask_items(kind, gate, answers, is_open)? {
        return Ok(None);
    }
    Ok(Some(has_all_answers(gate, answers)))
}

fn warn_about_final_holds(final_holds: &[&ReasonKind]) {
    for kind in final_holds {
        let told = event_summary::single_line(&kind.to_string());
        console::warn(format!("no approval lifts this: {told}"));
    }
}

/// Returns whether the answers allow an approval. Warns about each that does not.
fn has_all_answers(gate: &Gate, answers: &[ChecklistAnswer]) -> bool {
    let items = gate.review.checklist.iter();
    let errors: Vec<_> = items.filter_map(|item| check_answer(item, answers)).collect();
    errors.iter().for_each(|error| console::warn(event_summary::single_line(&error.to_string())));
    errors.is_empty()
}

/// Asks the questions of the checklist that `is_asked` chooses, and adds or replaces their answers. Returns `false` if the
/// input ends.
fn ask_items(
    kind: DialogueKind,
    gate: &Gate,
    answers: &mut Vec<ChecklistAnswer>,
    is_asked: impl Fn(&ChecklistItem, &[ChecklistAnswer]) -> bool,
) -> anyhow::Result<bool> {
    for item in &gate.review.checklist {
        if !is_asked(item, answers) {
            continue;
        }
        match ask_item(item)? {
            Answered::Given(answer) => {
                answers.retain(|before| before.item != answer.item);
                answers.push(answer);
            }
            Answered::Skipped => {
                let rest = kind.without_approval();
                console::note(format!("  without an answer, the output can only be {rest}"));
            }
            Answered::EndOfInput => return Ok(false),
        }
    }
    Ok(true)
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
    // A line of its own would look like another question.
    let question = question.replace('\n', " ");
    let answer = loop {
        let Some(line) = console::ask(&question)? else { return Ok(Answered::EndOfInput) };
        let Ok(answer) = line.trim().parse() else { return Ok(Answered::Skipped) };
        match refuse_answer(item, &answer) {
            None => break answer,
            Some(refusal) => console::warn(refusal),
        }
    };
    let mut evidence = None;
    if item.evidence {
        let Some(line) = console::ask(paint(QUIET, "  what did you look at"))? else {
            return Ok(Answered::EndOfInput);
        };
        evidence = line.trim().parse().ok();
    }
    Ok(Answered::Given(ChecklistAnswer { item: item.item.clone(), answer, evidence }))
}

/// Returns why a text is no answer to a question: it is neither the one that an approval needs, nor `yes` or `no`.
fn refuse_answer(item: &ChecklistItem, answer: &NonBlankString) -> Option<String> {
    let required = item.answer.as_ref()?.as_str();
    let is_same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    let mut expected = vec![required];
    expected.extend(["yes", "no"].into_iter().filter(|word| !is_same(word, required)));
    if expected.iter().any(|word| is_same(word, answer.as_str())) {
        return None;
    }
    let expected: Vec<_> = expected.iter().map(|word| format!("`{word}`")).collect();
    let expected = expected.join(" or ");
    Some(format!("`{answer}` is not an expected answer: write {expected}, or only press Enter"))
}

/// Asks what to do until it is said, with all that belongs to it.
fn ask_action(kind: DialogueKind) -> anyhow::Result<Option<ReviewerAction>> {
    let listed = kind.list_actions();
    loop {
        let Some(line) = console::ask(paint(STRONG, listed))? else { return Ok(None) };
        match find_actions(kind, &line).as_slice() {
            ["approve"] => return Ok(Some(ReviewerAction::Approve)),
            ["edit"] => return Ok(ask_edited_output()?.map(ReviewerAction::Edit)),
            ["reject"] => return Ok(ask_reason()?.map(ReviewerAction::Reject)),
            ["escalate"] => return Ok(ask_reason()?.map(ReviewerAction::Escalate)),
            [one, other, ..] => {
                let word = line.trim();
                console::warn(format!("`{word}` can be `{one}` or `{other}`: write more of it"));
            }
            _ => console::warn(format!("write {listed}, or how the word begins")),
        }
    }
}

/// Asks for a reason until there is one. `None` if the input ends.
fn ask_reason() -> anyhow::Result<Option<NonBlankString>> {
    loop {
        let Some(line) = console::ask(paint(QUIET, "  reason"))? else { return Ok(None) };
        match line.trim().parse() {
            Ok(reason) => return Ok(Some(reason)),
            Err(_) => console::warn("a reason is needed"),
        }
    }
}

/// Asks for the file with the edited output until one can be read. It can be named as the option names it. `None` if the
/// input ends.
fn ask_edited_output() -> anyhow::Result<Option<String>> {
    loop {
        let Some(line) = console::ask(paint(QUIET, "  file with the edited output"))? else {
            return Ok(None);
        };
        let path = line.trim();
        let path = path.strip_prefix('@').unwrap_or(path);
        if path.is_empty() {
            console::warn("a file is needed");
            continue;
        }
        match files::read_given_text(Path::new(path)) {
            Ok(text) => return Ok(Some(text)),
            Err(error) => console::warn(format!("{:#}", anyhow::Error::from(error))),
        }
    }
}

/// Returns the actions that a word names or begins.
fn find_actions(kind: DialogueKind, word: &str) -> Vec<&'static str> {
    let word = word.trim().to_lowercase();
    let is_meant = |action: &&str| !word.is_empty() && action.starts_with(&word);
    kind.actions().iter().copied().filter(is_meant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_named_by_its_beginning() {
        for (word, actions) in [
            ("a", &["approve"][..]),
            (" Reject ", &["reject"]),
            ("es", &["escalate"]),
            ("ed", &["edit"]),
            ("e", &["edit", "escalate"]),
            ("", &[]),
            ("approved", &[]),
        ] {
            assert_eq!(find_actions(DialogueKind::HeldOutput, word), actions, "{word}");
        }
    }

    #[test]
    fn an_audit_offers_no_action_that_the_rules_refuse() {
        for (word, actions) in
            [("a", &["approve"][..]), ("r", &["reject"]), ("edit", &[]), ("escalate", &[])]
        {
            assert_eq!(find_actions(DialogueKind::Audit, word), actions, "{word}");
        }
        for kind in [DialogueKind::HeldOutput, DialogueKind::Audit] {
            let listed: Vec<_> = kind.list_actions().split([',', ' ']).collect();
            assert!(kind.actions().iter().all(|action| listed.contains(action)), "{listed:?}");
        }
    }

    #[test]
    fn an_answer_is_the_required_one_or_yes_or_no() {
        let item = |answer: Option<&str>| ChecklistItem {
            item: "tone".parse().unwrap(),
            question: "Is it friendly?".parse().unwrap(),
            answer: answer.map(|answer| answer.parse().unwrap()),
            evidence: false,
        };
        let refuse = |required: Option<&str>, answer: &str| {
            refuse_answer(&item(required), &answer.parse().unwrap())
        };
        for answer in ["yes", "Yes", "NO"] {
            assert_eq!(refuse(Some("yes"), answer), None, "{answer}");
        }
        let refusal = "`maybe` is not an expected answer: write `yes` or `no`, or only press Enter";
        assert_eq!(refuse(Some("yes"), "maybe").as_deref(), Some(refusal));
        assert_eq!(refuse(Some("checked"), "Checked"), None);
        assert_eq!(refuse(None, "anything"), None);
    }
}
