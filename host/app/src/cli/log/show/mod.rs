//! `tollgate log show`: all that the ledger has on one run, or on one event.

mod contracts;
mod questions;
mod written;

use anyhow::bail;
use clap::Args;
use tollgate_ledger::{Recorded as Event, RunRow, View};
use tollgate_model::{Event as Happened, Release, RunEvent};

use super::kept;
use super::list;
use super::words::Written;
use crate::cli::gate;
use crate::console::{self, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::recorded::{self, Recorded};

/// A number of fewer digits is that of an event; what people are shown of a run has more.
const EVENT_DIGITS_MAX: usize = 11;

/// Shows a run: what was requested and generated, who reviewed it, what was accepted, rejected and
/// changed, when, who owned the decision, and everything that was said of it. Or shows an event.
///
/// Examples: tollgate log show 3fe52a7f50bd
///           tollgate log show 17 --json
#[derive(Args)]
pub(super) struct Show {
    /// A run, or as much of its name as tells it from the others; or the number of an event.
    #[arg(value_name = "RUN|SEQ")]
    id: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

/// All that is known of a run.
struct Known<'v> {
    view: &'v View,
    row: RunRow,
    history: Vec<Event>,
    release: Option<Release>,
}

impl Show {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let view = self.recorded.view(&gate::project()?)?;
        match number(&self.id) {
            Some(seq) => self.event(&view, seq)?,
            None => {
                let row = recorded::run_named(&view, &self.id)?;
                let history = view.history(row.run)?;
                let release = recorded::release(&view, row.release)?;
                let known = Known { view: &view, row, history, release };
                if self.json { written::write(&known)? } else { known.tell()? }
            }
        }
        Ok(Exit::Pass)
    }

    fn event(&self, view: &View, seq: u64) -> anyhow::Result<()> {
        let Some(event) = recorded::event_at(view, seq)? else {
            let last = view.head()?.map_or(0, |(last, _)| last);
            bail!(
                "there is no event {seq}: the last one is {last}; `tollgate log list` shows them"
            );
        };
        let decided = list::decided(view, &event)?;
        if self.json {
            console::say(serde_json::to_string_pretty(&Written::of(&event, decided))?);
            return Ok(());
        }
        list::say(&event, decided, 0);
        console::say(format!("  {} {}", paint(QUIET, "hash"), event.hash));
        let what = serde_json::to_string_pretty(&event.event.what)?;
        what.lines().for_each(|line| console::say(format!("  {}", harmless(line))));
        for held in event.contents.iter().filter(|held| event.erased.contains(&held.digest)) {
            let gone = kept::gone(view, &event, |part| part == held.part)?.unwrap_or_default();
            console::say(format!("  {} {gone}", paint(QUIET, held.digest)));
        }
        Ok(())
    }
}

/// The number of an event, with or without `#`.
fn number(id: &str) -> Option<u64> {
    let digits = id.strip_prefix('#').unwrap_or(id);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number && digits.len() <= EVENT_DIGITS_MAX)
}

impl Known<'_> {
    /// How it was decided the last time.
    fn decided(&self) -> anyhow::Result<(&Event, &RunEvent)> {
        let found = recorded::decided(&self.history, self.row.run);
        found.ok_or_else(|| {
            anyhow::anyhow!(
                "the ledger names run {} and has no event that judged it: `tollgate log verify`",
                self.row.run
            )
        })
    }

    fn events(&self) -> Vec<Happened> {
        self.history.iter().map(|event| event.event.clone()).collect()
    }

    fn tell(&self) -> anyhow::Result<()> {
        let (event, run) = self.decided()?;
        let (name, ruling) = (recorded::short(&self.row.run), run.decision.ruling);
        console::say(format!(
            "{}  {}  {}",
            paint(STRONG, name),
            self.row.gate,
            paint(list::style(ruling), ruling)
        ));
        console::say(paint(QUIET, self.row.run));
        questions::tell(self)?;
        heading(&format!("why the decision is `{ruling}`"));
        self.tell_reasons(event, run)?;
        heading("what the contracts said");
        contracts::tell(self)?;
        heading("what happened, one after the other");
        for event in &self.history {
            list::say(event, list::decided(self.view, event)?, 0);
        }
        Ok(())
    }

    fn tell_reasons(&self, event: &Event, run: &RunEvent) -> anyhow::Result<()> {
        if let Some(gone) = kept::gone(self.view, event, kept::is_details)? {
            said(&gone);
            return Ok(());
        }
        if run.decision.reasons.is_empty() {
            said("no rule held or blocked it");
        }
        for reason in &run.decision.reasons {
            let effect = serde_json::to_string(&reason.effect)?;
            let lifted = if reason.lifted { ", lifted by the approval" } else { "" };
            let effect = format!("{}{lifted}", effect.trim_matches('"'));
            said(&format!("{effect}: {}", reason.cause));
        }
        Ok(())
    }
}

fn heading(text: &str) {
    console::say(paint(STRONG, text));
}

/// A line below a heading; what others wrote may have several.
fn said(text: &str) {
    harmless(text).lines().for_each(|line| console::say(format!("  {line}")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_events_and_all_else_is_a_run() {
        assert_eq!([number("17"), number("#17")], [Some(17); 2]);
        for run in ["3fe52a7f50bd", "123456789012", "sha256:12", "", "#", "+1", "1a"] {
            assert_eq!(number(run), None, "{run}");
        }
    }
}
