//! `tollgate log export`: events that anybody can verify, without the database and without this
//! tool.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use tollgate_ledger::{EventsWanted, Page, View};

use crate::cli::{clock, gate};
use crate::console;
use crate::exit::Exit;
use crate::files;
use crate::moments::Since;
use crate::recorded::Recorded;

/// Events that are looked at together.
const PAGE: u32 = 500;

/// Writes events as JSON lines, which `tollgate log verify FILE` verifies.
///
/// All gates are in it: a chain with gaps proves nothing. `tollgate log list --gate NAME --json` writes those of
/// one gate.
///
/// Examples: tollgate log export -o export.jsonl
///           tollgate log export --since 2026-03-01 --contents contents -o march.jsonl
#[derive(Args)]
pub(super) struct Export {
    /// Only from then on: `7d`, a day, or a moment in UTC.
    #[arg(long, value_name = "SPAN|DATE")]
    since: Option<Since>,
    /// Also write what the events hold (outputs, details, releases) into this folder, a file for
    /// each, called as its SHA-256.
    #[arg(long, value_name = "DIR")]
    contents: Option<PathBuf>,
    /// Where to [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    recorded: Recorded,
}

impl Export {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let view = self.recorded.view(&gate::project()?)?;
        let after = self.after(&view)?;
        let working = console::spinner("exporting");
        let events = match &self.output {
            Some(path) => files::write_with(path, |file| write(&view, after, file)),
            None => write(&view, after, &mut std::io::stdout().lock()),
        };
        working.finish_and_clear();
        console::note(format!("{} events", events?));
        if let Some(folder) = &self.contents {
            let contents = write_contents(&view, after, folder)?;
            console::note(format!("{contents} contents"));
        }
        Ok(Exit::Pass)
    }

    /// The event behind which the export begins.
    fn after(&self, view: &View) -> anyhow::Result<u64> {
        let Some(since) = self.since else { return Ok(0) };
        let first = view.first_since(since.at_ms(clock::now_ms()?))?;
        let last = view.head()?.map_or(0, |(last, _)| last);
        Ok(first.map_or(last, |first| first.saturating_sub(1)))
    }
}

fn write(view: &View, after: u64, to: &mut dyn Write) -> anyhow::Result<u64> {
    Ok(view.export(after, &mut BufWriter::new(to))?)
}

/// Writes what the events hold and is still there. Tells how many files there are then.
fn write_contents(view: &View, mut after: u64, folder: &Path) -> anyhow::Result<u64> {
    let mut count = 0;
    loop {
        let page = Page::After(after);
        let wanted = EventsWanted { gate: None, kind: None, page, limit: PAGE };
        let events = view.events(&wanted)?;
        let Some(last) = events.last() else { return Ok(count) };
        after = last.seq;
        for held in events.iter().flat_map(|event| &event.contents) {
            let path = folder.join(held.digest.hex());
            if path.exists() {
                continue;
            }
            if let Some(bytes) = view.content(held.digest)? {
                files::write(&path, &bytes)?;
                count += 1;
            }
        }
    }
}
