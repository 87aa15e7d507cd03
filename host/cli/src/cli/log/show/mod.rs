//! `tollgate log show`: prints everything that the ledger has about one run, or one event.

mod contracts;
mod questions;

use std::ops::Deref;

use anyhow::{anyhow, bail};
use clap::Args;
use tollgate::lookup;
use tollgate::records::{RunRecord, RunRecordError};
use tollgate_api::{RunRecordDocument, describe_missing_content, indented_json_text};
use tollgate_ledger::LedgerReader;
use tollgate_model::{EventKind, Ruling, RunEvent};

use super::run_standing::RunStanding;
use super::{event_summary, list, missing_content};
use crate::console::{self, QUIET, STRONG, paint, print_indented};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::json_output;
use crate::ledger_access::LedgerArgs;

/// Maximum number of digits of an event number. Longer digit strings are run digests, which are shown with 12 digits.
const EVENT_DIGITS_MAX: usize = 11;

/// Shows a run with its request, output, reviews, decision, owner, changes, reports and history. Or shows an
/// event.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate log show 3fe52a7f50bd
  tollgate log show 17 --json")]
pub(super) struct LogShowCommand {
    /// Run digest, or an unambiguous prefix of it, or the number of an event.
    #[arg(value_name = "RUN|SEQ")]
    id: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

/// A run that is shown, with the ledger that it is from.
struct ShownRun<'v> {
    view: &'v dyn LedgerReader,
    record: RunRecord,
}

impl LogShowCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let view = self.ledger.view(&require_project()?)?;
        match parse_event_number(&self.id) {
            Some(seq) => self.show_event(&view, seq)?,
            None => {
                let record = load_record(&view, &self.id)?;
                if self.json {
                    json_output::print_document(&RunRecordDocument::from(&record))?;
                } else {
                    ShownRun { view: &view, record }.print()?;
                }
            }
        }
        Ok(Exit::Pass)
    }

    fn show_event(&self, view: &dyn LedgerReader, seq: u64) -> anyhow::Result<()> {
        let Some(event) = lookup::event_by_number(view, seq)? else {
            let last = view.head()?.map_or(0, |(last, _)| last);
            bail!(
                "there is no event {seq}: the last event is {last}; `tollgate log list` lists events"
            );
        };
        let standing = list::run_standing(view, &event)?;
        if self.json {
            return json_output::print_document(&list::event_line(&event, standing));
        }
        list::print_event(&event, standing.as_ref(), 0);
        console::print(format!("  {} {}", paint(QUIET, "hash"), event.hash));
        let what = indented_json_text(&event.event.kind)?;
        what.lines().for_each(|line| console::print(format!("  {line}")));
        for attachment in
            event.contents.iter().filter(|attachment| event.erased.contains(&attachment.digest))
        {
            let gone = missing_content::describe_missing_content(view, &event, |part| {
                part == attachment.kind
            })?
            .unwrap_or_default();
            console::print(format!("  {} {gone}", paint(QUIET, attachment.digest)));
        }
        Ok(())
    }
}

/// Parses the number of an event, with or without `#`. Returns `None` for a run digest.
fn parse_event_number(id: &str) -> Option<u64> {
    let digits = id.strip_prefix('#').unwrap_or(id);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number && digits.len() <= EVENT_DIGITS_MAX)
}

fn load_record(view: &dyn LedgerReader, run: &str) -> anyhow::Result<RunRecord> {
    RunRecord::load(view, lookup::find_run(view, run)?).map_err(|error| match error {
        RunRecordError::NotJudged { .. } => anyhow!("{error}: run `tollgate log verify`"),
        error => error.into(),
    })
}

impl Deref for ShownRun<'_> {
    type Target = RunRecord;

    fn deref(&self) -> &RunRecord {
        &self.record
    }
}

impl ShownRun<'_> {
    /// Returns the latest decision of the output that a reviewer edited this one to; `None` if nobody edited it.
    fn edited_run(&self) -> Option<&RunEvent> {
        self.history.iter().rev().find_map(|event| match &event.event.kind {
            EventKind::Run(run) if run.edited_from == Some(self.summary.run) => Some(&**run),
            _ => None,
        })
    }

    /// Describes what came of an edit; empty if there was none.
    fn edit_note(&self) -> String {
        let edited = self.edited_run();
        edited.map_or_else(String::new, |run| format!(", {}", describe_edited_run(run)))
    }

    fn print(&self) -> anyhow::Result<()> {
        let (name, ruling) =
            (lookup::short_digest(&self.summary.run), self.decided.decision.ruling);
        let standing = RunStanding::new(ruling, &self.history, self.summary.run)
            .or_rejected(&self.history, self.summary.run);
        console::print(format!(
            "{}  {}  {}",
            paint(STRONG, name),
            self.summary.gate,
            paint(standing.style(), standing.describe_in_full() + &self.edit_note())
        ));
        console::print(paint(QUIET, self.summary.run));
        if let Some(early) = self.decided.early_text {
            console::print(event_summary::describe_early_text(early));
        }
        questions::print_answers(self)?;
        print_heading(&format!("reasons for the decision `{ruling}`"));
        self.print_reasons()?;
        print_heading("contract reports");
        contracts::print_checks(self)?;
        print_heading("history");
        for event in &self.history {
            list::print_event(event, list::run_standing(self.view, event)?.as_ref(), 0);
        }
        Ok(())
    }

    fn print_reasons(&self) -> anyhow::Result<()> {
        if let Some(missing) = &self.missing_details {
            print_indented(&describe_missing_content(missing));
            return Ok(());
        }
        let reasons = &self.decided.decision.reasons;
        if reasons.is_empty() {
            print_indented("no rule held or blocked it");
        }
        for reason in reasons {
            let effect = serde_json::to_string(&reason.effect)?;
            let lifted = if reason.lifted { ", lifted by the approval" } else { "" };
            let effect = format!("{}{lifted}", effect.trim_matches('"'));
            print_indented(&format!("{effect}: {}", reason.kind));
        }
        Ok(())
    }
}

/// Describes the decision on an edited output, with its run.
fn describe_edited_run(run: &RunEvent) -> String {
    let name = lookup::short_digest(&run.run);
    match run.decision.ruling {
        Ruling::Allow => format!("edited: the edited output was allowed (run {name})"),
        Ruling::Hold => format!("edited: the edited output is held (run {name})"),
        Ruling::Block => format!("edited: the edited output was blocked (run {name})"),
        other => format!("edited: the edited output got `{other}` (run {name})"),
    }
}

fn print_heading(text: &str) {
    console::print(paint(STRONG, text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_short_numbers_as_events_and_everything_else_as_runs() {
        assert_eq!([parse_event_number("17"), parse_event_number("#17")], [Some(17); 2]);
        for run in ["3fe52a7f50bd", "123456789012", "sha256:12", "", "#", "+1", "1a"] {
            assert_eq!(parse_event_number(run), None, "{run}");
        }
    }
}
