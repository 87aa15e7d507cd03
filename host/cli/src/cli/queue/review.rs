//! `tollgate queue review`: approves, edits, rejects or escalates a held output, or audits one that went out. Without
//! such an option, it asks on a terminal.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{ArgGroup, Args};
use tollgate_govern::review::check_review_start;
use tollgate_model::{
    ChecklistAnswer, Gate, GateName, NonBlankString, ReasonKind, Subject, TimeSpan,
};

use super::dialogue::{self, DialogueKind, ReviewDialogue, ReviewerAction};
use super::list::QueueItem;
use super::{ReviewerArgs, outcome, show};
use crate::cli::{block_on_runtime, clock, gate_state};
use crate::console::{self, QUIET, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::shell_words::quote_word;
use crate::{files, host_access};
use tollgate::Host;
use tollgate::intake::{JsonMembers, SubjectReader};
use tollgate::review::{
    ConductReviewError, ConductedReview, PendingReview, ReviewError, ReviewOutcome, ReviewRequest,
    ReviewSubmission,
};

/// Reviews a held output, or an output sampled for an audit.
///
/// Approving requires the gate's checklist, and an edited output is judged again. A refused review lists all
/// reasons and records nothing. If two people review the same output at once, the second is refused. In an audit,
/// an output is approved, or rejected if it should not have gone out.
///
/// On a terminal, without one of `--approve`, `--edit`, `--reject` and `--escalate`, the command shows the output, asks what
/// to do, and then the checklist question by question. An edited output is shown before it is asked about.
///
/// Exit code: 0 if the review was recorded as requested, 1 if it was refused or the output does not go out for
/// another reason, 2 if it could not be processed.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate queue review 3fe52a7f50bd --reviewer "Kim Osei"
  tollgate queue review 3fe52a7f50bd --approve --reviewer "Kim Osei" --check tone=yes
  tollgate queue review 3fe52a7f50bd --edit @better.txt --reviewer "Kim Osei" --check tone=yes
  tollgate queue review 3fe52a7f50bd --reject "the offer is over" --reviewer "Kim Osei""#)]
#[command(group(ArgGroup::new("act").args(["approve", "edit", "reject", "escalate"])))]
pub(super) struct ReviewCommand {
    /// Run digest, or an unambiguous prefix of it.
    #[arg(value_name = "RUN")]
    run: String,
    /// Approve the output unchanged.
    #[arg(long)]
    approve: bool,
    /// Replace the output by this file and approve it. The file contains the text, the JSON document, or the
    /// arguments of the action; `-` reads standard input.
    #[arg(long, value_name = "@FILE")]
    edit: Option<String>,
    /// Reject the output, with the reason.
    #[arg(long, value_name = "REASON")]
    reject: Option<NonBlankString>,
    /// Escalate the review to another person, with the reason.
    #[arg(long, value_name = "REASON")]
    escalate: Option<NonBlankString>,
    #[command(flatten)]
    reviewer: ReviewerArgs,
    /// Answer to a checklist item, e.g. `tone=yes`; may be repeated.
    #[arg(long = "check", value_name = "ITEM=ANSWER", value_parser = parse_item_pair)]
    checks: Vec<(NonBlankString, NonBlankString)>,
    /// Evidence for a checklist answer, e.g. `promises=the offer page`; may be repeated.
    #[arg(long, value_name = "ITEM=TEXT", value_parser = parse_item_pair)]
    evidence: Vec<(NonBlankString, NonBlankString)>,
    /// Time the reviewer spent, e.g. `3m`.
    #[arg(long, value_name = "SPAN")]
    time: Option<TimeSpan>,
    /// The original output, needed if the gate did not store it: JSON with `text`, `json` or `action`, and with
    /// the original `prompt` and `context`, as in the line that `tollgate check` read.
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl ReviewCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let project = require_project()?;
        self.ledger.require_present(&project)?;
        let answers = checklist_answers(&self.checks, &self.evidence)?;
        // The questions go to standard error, and the output that they are about to standard output.
        let can_ask = console::can_ask() && console::is_output_on_terminal();
        if !self.has_action() && !can_ask {
            bail!(
                "nothing says what to do with the output: pass `--approve`, `--edit`, `--reject` or `--escalate`, or run the \
                 command on a terminal that shows what it prints"
            );
        }
        let host = host_access::open_host_of(project, &self.ledger, cache)?;
        let exit = self.review(&host, answers);
        host.close();
        exit
    }

    fn review(&self, host: &Host, answers: Vec<ChecklistAnswer>) -> anyhow::Result<Exit> {
        let shown = host.show_review(&self.run)?;
        let (pending, gate) = (&shown.pending, &shown.gate);
        // A demotion that is due counts for this review, and is printed.
        gate_state::read_status(host, &gate.name)?;
        let errors = self.start_errors(pending, gate)?;
        if !errors.is_empty() {
            return Ok(outcome::print_refusal(pending, gate, &errors));
        }
        let release = host.active_release(&gate.name)?;
        let final_holds = show::find_final_holds(pending, release);
        let submission = ReviewSubmission::new(self.reviewer.to_reviewer());
        let (submission, request) = match self.has_action() {
            true => (submission.with_answers(answers), self.request(pending)?),
            false => match self.ask(pending, gate, &final_holds, submission, answers)? {
                Some(asked) => asked,
                None => {
                    console::note("nothing is recorded");
                    return Ok(Exit::Fail);
                }
            },
        };
        let submission = match self.time {
            Some(time) => submission.with_time_ms(time.as_ms()),
            None => submission,
        };
        let name = gate.name.clone();
        let conducted =
            block_on_runtime(async { Ok(host.review_shown(shown, &submission, &request).await) })?;
        let exit = match conducted {
            Ok(conducted) => self.print_review(&conducted),
            Err(ConductReviewError::Conflict { run, conflict }) => {
                return Ok(outcome::print_conflict(run, &conflict));
            }
            Err(ConductReviewError::AnotherRelease { run }) => {
                let error = ConductReviewError::AnotherRelease { run };
                return Ok(outcome::print_conflict(run, &error));
            }
            Err(error) => return Err(error.into()),
        };
        print_follow_up(host, &name)?;
        Ok(exit)
    }

    /// Returns why nothing is asked: nobody has to answer questions only to be refused.
    fn start_errors(
        &self,
        pending: &PendingReview,
        gate: &Gate,
    ) -> anyhow::Result<Vec<ReviewError>> {
        if self.has_action() {
            return Ok(Vec::new());
        }
        if let Some(closed_by) = pending.queued.closed_by {
            return Ok(vec![ReviewError::Closed(closed_by)]);
        }
        let (held, reviewer) = (pending.to_held_run(), self.reviewer.to_reviewer());
        let errors = check_review_start(gate, &held, &reviewer, clock::now_ms()?);
        Ok(errors.into_iter().map(ReviewError::Rule).collect())
    }

    fn has_action(&self) -> bool {
        self.approve || self.edit.is_some() || self.reject.is_some() || self.escalate.is_some()
    }

    /// Shows the output and asks for the review of it. `None` if the reviewer ends the input before.
    fn ask(
        &self,
        pending: &PendingReview,
        gate: &Gate,
        final_holds: &[&ReasonKind],
        submission: ReviewSubmission,
        given: Vec<ChecklistAnswer>,
    ) -> anyhow::Result<Option<(ReviewSubmission, ReviewRequest)>> {
        let shown_ms = clock::now_ms()?;
        let item = QueueItem { pending, gate: Some(gate), now_ms: shown_ms };
        show::print_item(&item, gate, final_holds);
        let kind = match pending.is_audit() {
            true => DialogueKind::Audit,
            false => DialogueKind::HeldOutput,
        };
        let asked = dialogue::ask_review(kind, gate, given, final_holds)?;
        let Some(ReviewDialogue { answers, action }) = asked else { return Ok(None) };
        let spent_ms = clock::now_ms()?.saturating_sub(shown_ms);
        let submission = submission.with_answers(answers).with_time_ms(spent_ms);
        let request = match action {
            ReviewerAction::Reject(reason) => ReviewRequest::Reject { reason },
            ReviewerAction::Escalate(reason) => ReviewRequest::Escalate { reason },
            ReviewerAction::Approve => {
                ReviewRequest::Approve { output: self.supplied_subject(pending)? }
            }
            ReviewerAction::Edit(text) => {
                ReviewRequest::Edit { text, output: self.supplied_subject(pending)? }
            }
        };
        Ok(Some((submission, request)))
    }

    fn request(&self, pending: &PendingReview) -> anyhow::Result<ReviewRequest> {
        if let Some(reason) = self.reject.clone() {
            return Ok(ReviewRequest::Reject { reason });
        }
        if let Some(reason) = self.escalate.clone() {
            return Ok(ReviewRequest::Escalate { reason });
        }
        let output = self.supplied_subject(pending)?;
        Ok(match self.edited_output()? {
            Some(text) => ReviewRequest::Edit { text, output },
            None => ReviewRequest::Approve { output },
        })
    }

    /// Reads the original output from a file: as the tool shows it, or as a line of `tollgate check` has it, with an `id` and
    /// a prompt without digest.
    fn supplied_subject(&self, pending: &PendingReview) -> anyhow::Result<Option<Subject>> {
        let Some(path) = &self.subject else { return Ok(None) };
        let text = files::read_text_or_stdin(path)?;
        if let Ok(subject) = serde_json::from_str(&text) {
            return Ok(Some(subject));
        }
        let reader = SubjectReader::default().with_pinned_prompt(pending.run.prompt.clone());
        let (_, subject) = match JsonMembers::read(&text) {
            Ok(members) => reader.read_members(&members),
            Err(error) => (None, Err(error)),
        };
        subject.map(Some).with_context(|| format!("cannot read the output in `{}`", path.display()))
    }

    fn edited_output(&self) -> anyhow::Result<Option<String>> {
        let Some(edit) = &self.edit else { return Ok(None) };
        let path = Path::new(edit.strip_prefix('@').unwrap_or(edit));
        files::read_text_or_stdin(path).map(Some)
    }

    fn print_review(&self, conducted: &ConductedReview) -> Exit {
        let ConductedReview { pending, gate, outcome, .. } = conducted;
        let exit = outcome::print_outcome(pending, gate, outcome, self.reviewer.name.as_str());
        if let ReviewOutcome::Decided(decided) | ReviewOutcome::Rejudged(decided) = outcome
            && let Some(change) = &decided.demotion
        {
            let (from, to) = (change.from, change.to);
            console::warn(format!("gate `{}` went from level {from} to level {to}", gate.name));
        }
        exit
    }
}

/// Prints consequences of the review: a demotion after an incident, or a promotion that is now possible.
fn print_follow_up(host: &Host, gate: &GateName) -> anyhow::Result<()> {
    if let Ok(proposal) = gate_state::read_status(host, gate)?.propose_promotion() {
        let (from, to) = (proposal.from, proposal.to);
        console::print(paint(
            QUIET,
            format!(
                "the track record allows a promotion from level {from} to {to}: see `tollgate gate promote {gate}`"
            ),
        ));
    }
    Ok(())
}

/// Combines answers with their evidence. Fails on duplicate answers or evidence without an answer.
fn checklist_answers(
    checks: &[(NonBlankString, NonBlankString)],
    evidence: &[(NonBlankString, NonBlankString)],
) -> anyhow::Result<Vec<ChecklistAnswer>> {
    let mut answers: Vec<ChecklistAnswer> = Vec::with_capacity(checks.len());
    for (item, answer) in checks {
        if answers.iter().any(|before| before.item == *item) {
            let option = format!("{item}=…");
            bail!("`{item}` is answered twice: pass `--check {}` once", quote_word(&option));
        }
        answers.push(ChecklistAnswer {
            item: item.clone(),
            answer: answer.clone(),
            evidence: None,
        });
    }
    for (item, text) in evidence {
        let answer = answers.iter_mut().find(|answer| answer.item == *item);
        let answer = answer.with_context(|| {
            let [given, missing] = ["…", "ANSWER"].map(|text| format!("{item}={text}"));
            let (given, missing) = (quote_word(&given), quote_word(&missing));
            format!("`--evidence {given}` has no answer: add `--check {missing}`")
        })?;
        if answer.evidence.replace(text.clone()).is_some() {
            bail!("`{item}` has two `--evidence` options: combine them in one");
        }
    }
    Ok(answers)
}

/// Parses `ITEM=TEXT`, split at the first `=`.
fn parse_item_pair(text: &str) -> Result<(NonBlankString, NonBlankString), String> {
    let unfit = || format!("`{text}` is not of the form `ITEM=TEXT`");
    let (item, said) = text.split_once('=').ok_or_else(unfit)?;
    Ok((item.parse().map_err(|_| unfit())?, said.parse().map_err(|_| unfit())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item_pairs(texts: &[&str]) -> Vec<(NonBlankString, NonBlankString)> {
        texts.iter().map(|text| parse_item_pair(text).unwrap()).collect()
    }

    #[test]
    fn combines_answers_with_evidence_and_rejects_duplicates() {
        let all = checklist_answers(
            &item_pairs(&["tone=yes", "promises=a=b"]),
            &item_pairs(&["promises=the page"]),
        );
        let all = all.unwrap();
        assert_eq!((all[0].answer.as_str(), &all[0].evidence), ("yes", &None));
        assert_eq!(all[1].answer.as_str(), "a=b", "splits at the first `=` only");
        assert_eq!(all[1].evidence.as_ref().unwrap().as_str(), "the page");
        for (checks, evidence) in [
            (&["tone=yes", "tone=no"][..], &[][..]),
            (&["tone=yes"], &["promises=the page"]),
            (&["tone=yes"], &["tone=a", "tone=b"]),
        ] {
            assert!(
                checklist_answers(&item_pairs(checks), &item_pairs(evidence)).is_err(),
                "{checks:?}"
            );
        }
        assert!(["tone", "=yes", "tone="].iter().all(|text| parse_item_pair(text).is_err()));
    }
}
