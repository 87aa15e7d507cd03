//! The questions of `tollgate gate new` on a terminal.

use tollgate_project::{AnswerError, GateDraft, GateQuestion};

use crate::console::{self, QUIET, paint};

/// Asks the open questions of a draft one after the other, and each again until its answer fits the gate. Enter skips a
/// question, and the end of the input all that are left.
pub(super) fn ask_open_questions(draft: &mut GateDraft) -> anyhow::Result<()> {
    let questions = draft.questions();
    if questions.is_empty() {
        return Ok(());
    }
    console::note(format!(
        "{} questions: Enter skips one, Ctrl-D all that are left, Ctrl-C ends without a gate",
        questions.len()
    ));
    for question in questions {
        if !ask(draft, &question)? {
            break;
        }
    }
    Ok(())
}

/// Asks one question. Returns whether to go on.
fn ask(draft: &mut GateDraft, question: &GateQuestion) -> anyhow::Result<bool> {
    let key = question.keys.first().map(String::as_str).unwrap_or_default();
    let list = if question.is_list { " (commas between several, - for none)" } else { "" };
    let asked = format!("{} {}{list}", paint(QUIET, key), question.question);
    loop {
        let Some(answer) = console::ask(&asked)? else { return Ok(false) };
        if answer.trim().is_empty() {
            return Ok(true);
        }
        match draft.answer_question(&question.question, &answer) {
            Ok(()) => return Ok(true),
            Err(AnswerError::Refused(errors)) => {
                for error in errors.0 {
                    let help = error.help.map(|help| format!(": {help}")).unwrap_or_default();
                    console::warn(format!("{}{help}", error.message));
                }
            }
            Err(error) => console::warn(error),
        }
    }
}
