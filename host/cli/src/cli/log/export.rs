//! `tollgate log export`: writes events in a form that can be verified without the database and without this
//! tool.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use tollgate_ledger::{EventQuery, LedgerReader, PageCursor};

use crate::cli::clock;
use crate::console;
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::files;
use crate::ledger_access::LedgerArgs;
use crate::timestamps::Since;

/// Number of events read per query.
const PAGE_EVENTS: u32 = 500;

/// Writes events as JSON lines, which `tollgate log verify FILE` verifies.
///
/// The export contains all gates, because a hash chain with gaps cannot be verified. `tollgate log list --gate NAME
/// --json` writes the events of one gate.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate log export -o export.jsonl
  tollgate log export --since 2026-03-01 --contents contents -o march.jsonl")]
pub(super) struct ExportCommand {
    /// Only events since then: a span (`7d`), a date, or a time in UTC.
    #[arg(long, value_name = "SPAN|DATE")]
    since: Option<Since>,
    /// Also write the contents of the events (outputs, details, releases) to this folder, one file each, named
    /// by its SHA-256.
    #[arg(long, value_name = "DIR")]
    contents: Option<PathBuf>,
    /// Output file [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl ExportCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let view = self.ledger.view(&require_project()?)?;
        let after = self.start_after(&view)?;
        let spinner = console::spinner("exporting");
        let events = match &self.output {
            Some(path) => {
                Ok(files::write_private_with(path, |file| write_events(&view, after, file))?)
            }
            None => write_events(&view, after, &mut *console::open_exact_output()),
        };
        spinner.finish_and_clear();
        console::note(format!("{} events", events?));
        if let Some(folder) = &self.contents {
            let contents = write_contents(&view, after, folder)?;
            console::note(format!("{contents} contents"));
        }
        Ok(Exit::Pass)
    }

    /// Returns the number of the last event before the export.
    fn start_after(&self, view: &dyn LedgerReader) -> anyhow::Result<u64> {
        let Some(since) = self.since else { return Ok(0) };
        let first = view.first_since(since.at_ms(clock::now_ms()?))?;
        let last = view.head()?.map_or(0, |(last, _)| last);
        Ok(first.map_or(last, |first| first.saturating_sub(1)))
    }
}

fn write_events(view: &dyn LedgerReader, after: u64, to: &mut dyn Write) -> anyhow::Result<u64> {
    Ok(view.export(after, &mut BufWriter::new(to))?)
}

/// Writes the contents that are still stored, and returns the number of new files.
fn write_contents(view: &dyn LedgerReader, mut after: u64, folder: &Path) -> anyhow::Result<u64> {
    let mut count = 0;
    loop {
        let page = PageCursor::After(after);
        let query = EventQuery { gate: None, kind: None, page, limit: PAGE_EVENTS };
        let events = view.events(&query)?;
        let Some(last) = events.last() else { return Ok(count) };
        after = last.seq;
        for attachment in events.iter().flat_map(|event| &event.contents) {
            let path = folder.join(attachment.digest.hex());
            if path.exists() {
                continue;
            }
            if let Some(bytes) = view.content(attachment.digest)? {
                files::write_private(&path, &bytes)?;
                count += 1;
            }
        }
    }
}
