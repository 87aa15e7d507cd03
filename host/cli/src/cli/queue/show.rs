//! `tollgate queue show`: prints a run for its reviewer.

use clap::Args;
use tollgate_api::QueuedRunDocument;
use tollgate_govern::review::{
    check_escalation_path, final_holds, possible_reviewers, possible_roles,
};
use tollgate_model::{
    Content, ContractCheck, Digest, Gate, ReasonKind, RecordedVerdict, RetainedContent, Subject,
    Verdict, count_hidden,
};

use super::list::QueueItem;
use super::outcome;
use crate::cli::log::event_summary;
use crate::cli::{clock, gate_state};
use crate::console::{self, BAD, DOUBT, QUIET, STRONG, paint, print_indented};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::shell_words::quote_word;
use crate::{checked_part, host_access, json_output, judgement_output, timestamps};
use tollgate::lookup::short_digest;
use tollgate::review::{PendingReview, ShownRun};

/// Shows a run for review: the output, the findings with their locations, the reasons for the hold, the history, and
/// the checklist.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate queue show 3fe52a7f50bd")]
pub(super) struct QueueShowCommand {
    /// Run digest, or an unambiguous prefix of it.
    #[arg(value_name = "RUN")]
    run: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl QueueShowCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        self.ledger.require_present(&project)?;
        let now_ms = clock::now_ms()?;
        let shown = host_access::with_ledger_host(project, &self.ledger, |host| {
            let shown = host.show_review(&self.run)?;
            // A demotion that is due is recorded, and printed.
            gate_state::read_status(host, &shown.gate.name)?;
            Ok(shown)
        })?;
        let ShownRun { pending, gate, release, .. } = &shown;
        let item = QueueItem { pending, gate: Some(gate), now_ms };
        if self.json {
            let document = QueuedRunDocument::new(&shown, now_ms);
            let document = document.with_command(approve_command(&item, gate));
            json_output::print_document(&document)?;
        } else {
            print_item(&item, gate, &find_final_holds(pending, Some(*release)));
        }
        Ok(Exit::Pass)
    }
}

/// Prints all that a reviewer needs. `final_holds` are the reasons that no approval lifts.
pub(super) fn print_item(item: &QueueItem<'_>, gate: &Gate, final_holds: &[&ReasonKind]) {
    let (row, run) = (&item.pending.queued, &item.pending.run);
    let name = paint(STRONG, short_digest(&row.run));
    let time = match row.closed_by {
        Some(seq) => format!("no longer waiting since event {seq}"),
        None => item.describe_wait(),
    };
    console::print(format!("{name}  {}  {}  {time}", row.gate, run.decision.ruling));
    item.describe_people().iter().for_each(|line| print_indented(line));
    if let Some(early) = run.early_text {
        console::print(format!("  {}", paint(DOUBT, event_summary::describe_early_text(early))));
    }
    let prompt = run.prompt.as_ref();
    let prompt = prompt.map(|prompt| format!("{} {}", prompt.name, prompt.version));
    let authors: Vec<_> = item.pending.authors.iter().map(ToString::to_string).collect();
    let authors = Some(authors.join(", ")).filter(|names| !names.is_empty());
    let edited_from = run.edited_from.map(|from| short_digest(&from));
    let rows = [
        ("prompt", prompt),
        ("model", run.model.clone()),
        ("author", authors),
        ("edited from", edited_from),
        ("release", Some(short_digest(&run.release))),
    ];
    for (key, value) in rows {
        let Some(value) = value else { continue };
        print_indented(&format!("{} {value}", paint(QUIET, format!("{key:12}"))));
    }
    print_output(item.pending);
    print_findings(item.pending);
    print_heading("reasons for the hold");
    for reason in &run.decision.reasons {
        print_indented(&format!("{:5} {reason}", reason.effect.to_string()));
    }
    let is_open = row.closed_by.is_none();
    if is_open {
        print_final_holds(final_holds, gate);
    }
    print_heading("history");
    for event in &item.pending.history {
        let (at, what) = (timestamps::format_time(event.event.at_ms), event.event.kind.name());
        let few = event_summary::summarize_event(event, None);
        console::print(format!("  {}  {what:8}  {few}", paint(QUIET, at)));
    }
    if is_open {
        print_review_help(item, gate);
        print_command(item, gate, final_holds);
    }
}

/// Returns the reasons of the latest decision that no approval lifts. An output that another release decided is judged
/// again when it is reviewed, so nothing is known of it yet.
pub(super) fn find_final_holds(
    pending: &PendingReview,
    active_release: Option<Digest>,
) -> Vec<&ReasonKind> {
    let is_current = active_release == Some(pending.run.release) && !pending.is_audit();
    if is_current { final_holds(&pending.run.decision.reasons) } else { Vec::new() }
}

fn print_final_holds(final_holds: &[&ReasonKind], gate: &Gate) {
    for kind in final_holds {
        let told =
            format!("no approval lifts this: {}", event_summary::single_line(&kind.to_string()));
        console::print(format!("  {}", paint(BAD, told)));
    }
    if !final_holds.is_empty() {
        console::print(format!("  {}", paint(QUIET, outcome::lift_remedy(gate))));
    }
}

fn print_output(pending: &PendingReview) {
    let (title, subject) = match &pending.run.content {
        RetainedContent::Full(subject) => ("the output", Some(subject)),
        RetainedContent::Masked(subject) => {
            ("the output, with personal data masked", Some(subject))
        }
        RetainedContent::Digest => ("the output is not stored: the reviewer needs a copy", None),
        RetainedContent::Erased => ("the output was erased", None),
    };
    print_heading(title);
    let Some(subject) = subject else { return print_indented(&pending.run.subject.to_string()) };
    let (before, text) = match &subject.content {
        Content::Text(text) => (None, text.as_str()),
        Content::Json(json) => (None, json.as_str()),
        Content::InvalidJson(invalid) => (None, invalid.as_str()),
        Content::Action { tool, arguments } => (Some(tool), arguments.as_str()),
    };
    if let Some(tool) = before {
        print_indented(&format!("call of `{tool}` with"));
    }
    print_text(text);
    let context = event_summary::single_line(&format!("context {}", subject.context.as_str()));
    console::print(format!("  {}", paint(QUIET, context)));
}

/// Prints the text that a reviewer wants to go out instead of the output.
pub(super) fn print_edited_output(text: &str) {
    print_heading("the edited output");
    print_text(text);
}

fn print_text(text: &str) {
    for line in text.lines() {
        console::print(format!("  {} {line}", paint(QUIET, "|")));
    }
    if let Some(note) = hidden_characters_note(text) {
        console::print(format!("  {}", paint(DOUBT, note)));
    }
}

/// Returns a note if an output has characters that its readers do not see.
fn hidden_characters_note(text: &str) -> Option<String> {
    match count_hidden(text) {
        0 => None,
        1 => Some("the output has 1 character that nobody sees, written as `\\u{…}` here".into()),
        count => Some(format!(
            "the output has {count} characters that nobody sees, written as `\\u{{…}}` here"
        )),
    }
}

fn print_findings(pending: &PendingReview) {
    print_heading("contract reports");
    if pending.details_erased {
        return print_indented("the reports were erased: run `tollgate check` on the output again");
    }
    let nothing = Subject::new(Content::Text(String::new()));
    let subject = match &pending.run.content {
        RetainedContent::Full(subject) | RetainedContent::Masked(subject) => subject,
        RetainedContent::Digest | RetainedContent::Erased => &nothing,
    };
    for check in &pending.run.checks {
        if check.verdicts.is_empty() {
            let name = checked_part::name_with_place(&check.contract, check);
            console::print(format!("  {}  {name}", paint(BAD, "not evaluated")));
        }
        check.verdicts.iter().for_each(|one| print_verdict(check, one, subject));
    }
    if let Some(note) = location_note(pending).filter(|_| has_findings(pending)) {
        console::print(format!("  {}", paint(QUIET, note)));
    }
}

fn print_verdict(check: &ContractCheck, one: &RecordedVerdict, subject: &Subject) {
    let contract = checked_part::name_with_place(&check.contract, check);
    match &one.result {
        Verdict::Report(report) => {
            console::print(format!(
                "  {}  {contract}",
                judgement_output::format_outcome(report.outcome)
            ));
            checked_part::print_findings(report, subject, check);
        }
        Verdict::Failure(failure) => {
            console::print(format!("  {}  {contract}", paint(BAD, "not evaluated")));
            print_indented(&failure.to_string());
        }
    }
}

fn has_findings(pending: &PendingReview) -> bool {
    let verdicts = pending.run.checks.iter().flat_map(|check| &check.verdicts);
    verdicts.filter_map(|one| one.result.report()).any(|report| !report.findings.is_empty())
}

/// Returns a note if locations in findings refer to more than the stored output.
fn location_note(pending: &PendingReview) -> Option<&'static str> {
    match pending.run.content {
        RetainedContent::Masked(_) => {
            Some("locations refer to the unmasked output and may be shifted here")
        }
        RetainedContent::Digest | RetainedContent::Erased => {
            Some("locations are bytes or lines of the output, which is not stored")
        }
        RetainedContent::Full(_) => None,
    }
}

fn print_review_help(item: &QueueItem<'_>, gate: &Gate) {
    let review = &gate.review;
    print_heading("checklist");
    for check in &review.checklist {
        let takes = check.answer.as_ref().map(|answer| format!("  required answer `{answer}`"));
        let evidence = if check.evidence { ", evidence required" } else { "" };
        let takes = takes.unwrap_or_default();
        print_indented(&format!("{:12} {}{takes}{evidence}", check.item.as_str(), check.question));
    }
    if review.checklist.is_empty() {
        print_indented("none");
    }
    print_heading("who may review");
    print_possible_reviewers(item, gate);
    if let Some(holder) = item.escalated_to() {
        print_indented(&format!("escalated to {holder}"));
    }
    let not = review.may_not.iter().chain(&gate.author).chain(&item.pending.authors);
    let mut not: Vec<_> = not.map(ToString::to_string).collect();
    not.sort();
    not.dedup();
    if !not.is_empty() {
        print_indented(&format!("but not {}", not.join(", ")));
    }
    let required = item.required_approvals().unwrap_or(1);
    print_indented(&format!("required approvals: {required}"));
    let short = check_escalation_path(gate).filter(|path| path.named < usize::from(required));
    if let Some(short) = short.filter(|_| item.escalated_to().is_some()) {
        print_indented(&short.to_string());
    }
}

/// Prints the command that approves the run, or the one that rejects it if no approval is possible.
fn print_command(item: &QueueItem<'_>, gate: &Gate, final_holds: &[&ReasonKind]) {
    if final_holds.is_empty() {
        print_heading("command to approve");
        // Line breaks of an answer belong to it. As escapes, they begin no line that looks like another statement.
        let command = approve_command(item, gate).replace('\n', r"'$'\n''");
        console::print(format!("  {command}"));
    } else {
        let run = short_digest(&item.pending.queued.run);
        print_heading("command to reject");
        print_indented(&format!("tollgate queue review {run} --reject REASON --reviewer NAME"));
    }
}

/// Prints who may review the run. Those who have approved it may do anything but approve it again.
fn print_possible_reviewers(item: &QueueItem<'_>, gate: &Gate) {
    let held = item.pending.to_held_run();
    let (people, roles) =
        (possible_reviewers(gate, &held, item.now_ms), possible_roles(gate, &held, item.now_ms));
    for holder in &people {
        let has_approved = held.approved_by.contains(&holder.name);
        let note = if has_approved { ", who has approved it already" } else { "" };
        print_indented(&format!("{holder}{note}"));
    }
    for role in &roles {
        print_indented(&format!("anybody with the role `{role}`"));
    }
    if people.is_empty() && roles.is_empty() {
        print_indented("nobody whom the gate names: release it with other people in `[review]`");
    }
}

/// Returns the command that approves the run, with all required answers.
fn approve_command(item: &QueueItem<'_>, gate: &Gate) -> String {
    let run = short_digest(&item.pending.queued.run);
    let mut command = format!("tollgate queue review {run} --approve --reviewer NAME");
    for check in &gate.review.checklist {
        let answer = check.answer.as_ref().map_or("ANSWER", |answer| answer.as_str());
        command.push_str(&format!(" --check {}", quote_word(&format!("{}={answer}", check.item))));
        if check.evidence {
            let evidence = format!("{}=SOURCE", check.item);
            command.push_str(&format!(" --evidence {}", quote_word(&evidence)));
        }
    }
    command
}

fn print_heading(text: &str) {
    console::print(paint(STRONG, text));
}
