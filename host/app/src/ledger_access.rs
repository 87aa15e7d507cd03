//! Access to a project's ledger: its file, opening it, and finding the run that a person names.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use tollgate_ledger::{
    EventQuery, PageCursor, RunSummary, SqliteLedger, SqliteReader, StoredEvent as Event,
};
use tollgate_model::{Digest, EventKind, Release, RunEvent};

use crate::files;
use crate::project::Project;

/// Default path of the ledger in a project.
const DEFAULT_LEDGER: &str = ".tollgate/ledger.db";
/// Digits of a digest that are shown to people. Enough to distinguish billions of runs.
const SHORT_DIGITS: usize = 12;
/// Maximum number of matching runs listed when a name is ambiguous.
const LISTED_RUNS_MAX: u32 = 4;

/// Command line options that locate the ledger.
#[derive(Args, Clone, Debug)]
pub(crate) struct LedgerArgs {
    /// Ledger file [default: `.tollgate/ledger.db` in the project].
    #[arg(long, env = "TOLLGATE_LEDGER", value_name = "FILE")]
    ledger: Option<PathBuf>,
}

impl LedgerArgs {
    /// Returns the path of the ledger.
    pub(crate) fn path(&self, project: &Project) -> PathBuf {
        self.ledger.clone().unwrap_or_else(|| project.folder.join(DEFAULT_LEDGER))
    }

    /// Opens the ledger for writing and creates it if it does not exist.
    pub(crate) fn open(&self, project: &Project) -> anyhow::Result<SqliteLedger> {
        let path = self.path(project);
        if self.ledger.is_none() && !path.exists() {
            // Judged outputs must not end up in the project's version control.
            let ignore = files::parent_folder(&path).join(".gitignore");
            files::write(&ignore, b"*\n")?;
        }
        Ok(SqliteLedger::open(&path)?)
    }

    /// Opens the ledger for reading. Fails if it does not exist.
    pub(crate) fn view(&self, project: &Project) -> anyhow::Result<SqliteReader> {
        let path = self.path(project);
        if !path.exists() {
            bail!(
                "nothing is recorded yet: there is no ledger `{}`; run `tollgate check --gate NAME FILE` to create it",
                path.display()
            );
        }
        Ok(SqliteReader::open(&path)?)
    }
}

/// Finds a run by its name, or by enough leading digits of it to be unambiguous.
pub(crate) fn find_run(view: &SqliteReader, prefix: &str) -> anyhow::Result<RunSummary> {
    let mut runs = view.runs_with_prefix(prefix, LISTED_RUNS_MAX)?;
    let names: Vec<_> = runs.iter().map(|run| short_digest(&run.run)).collect();
    match runs.len() {
        0 => bail!("there is no run `{prefix}` in the ledger: `tollgate log list` shows the runs"),
        1 => runs.pop().context("a run was found"),
        _ => {
            bail!("several runs begin with `{prefix}` ({} …): write more digits", names.join(", "))
        }
    }
}

/// Returns an event by its number.
pub(crate) fn event_by_number(view: &SqliteReader, seq: u64) -> anyhow::Result<Option<Event>> {
    let Some(before) = seq.checked_sub(1) else { return Ok(None) };
    let query = EventQuery { gate: None, kind: None, page: PageCursor::After(before), limit: 1 };
    Ok(view.events(&query)?.into_iter().find(|event| event.seq == seq))
}

/// Loads the release that judged a run, or `None` if the ledger no longer has it.
pub(crate) fn load_release(
    view: &SqliteReader,
    release: Digest,
) -> anyhow::Result<Option<Release>> {
    let Some(bytes) = view.content(release)? else { return Ok(None) };
    let parsed = serde_json::from_slice(&bytes);
    parsed.map(Some).with_context(|| format!("cannot read release {release} in the ledger"))
}

/// Returns the latest decision of a run from its history.
pub(crate) fn latest_decision(history: &[Event], run: Digest) -> Option<(&Event, &RunEvent)> {
    history.iter().rev().find_map(|event| match &event.event.kind {
        EventKind::Run(decided) if decided.run == run => Some((event, &**decided)),
        _ => None,
    })
}

/// Shortens a digest for people.
pub(crate) fn short_digest(digest: &Digest) -> String {
    digest.hex().chars().take(SHORT_DIGITS).collect()
}
