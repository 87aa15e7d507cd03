//! The ledger of a project: where it lies, how it is opened, and which run a person means.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use tollgate_ledger::{EventsWanted, Ledger, Page, Recorded as Event, RunRow, View};
use tollgate_model::{Digest, Release, RunEvent, What};

use crate::files;
use crate::project::Project;

/// Where a project's ledger lies, if nothing else is said.
const DEFAULT: &str = ".tollgate/ledger.db";
/// How much of a run's name people are shown: enough for billions of runs.
const SHORT_DIGITS: usize = 12;
/// How many runs are named to whoever meant several.
const NAMED_MAX: u32 = 4;

/// Where the ledger lies.
#[derive(Args, Clone, Debug)]
pub(crate) struct Recorded {
    /// The file of the ledger [default: `.tollgate/ledger.db` in the project].
    #[arg(long, env = "TOLLGATE_LEDGER", value_name = "FILE")]
    ledger: Option<PathBuf>,
}

impl Recorded {
    /// The ledger's file.
    pub(crate) fn path(&self, project: &Project) -> PathBuf {
        self.ledger.clone().unwrap_or_else(|| project.folder.join(DEFAULT))
    }

    /// The ledger, to be written; it is made where there is none.
    pub(crate) fn open(&self, project: &Project) -> anyhow::Result<Ledger> {
        let path = self.path(project);
        if self.ledger.is_none() && !path.exists() {
            // What is judged is nobody's business who reads the project's sources.
            let ignore = files::folder_of(&path).join(".gitignore");
            files::write(&ignore, b"*\n")?;
        }
        Ok(Ledger::open(&path)?)
    }

    /// The ledger, to be read. It has to be there.
    pub(crate) fn view(&self, project: &Project) -> anyhow::Result<View> {
        let path = self.path(project);
        if !path.exists() {
            bail!(
                "nothing is recorded yet: there is no ledger `{}`; `tollgate check --gate NAME FILE` makes it",
                path.display()
            );
        }
        Ok(View::open(&path)?)
    }
}

/// The run that a person means: its name, or as much of it as tells it from every other.
pub(crate) fn run_named(view: &View, named: &str) -> anyhow::Result<RunRow> {
    let mut found = view.runs_named(named, NAMED_MAX)?;
    let names: Vec<_> = found.iter().map(|run| short(&run.run)).collect();
    match found.len() {
        0 => bail!("there is no run `{named}` in the ledger: `tollgate log list` shows them"),
        1 => found.pop().context("a run was found"),
        _ => bail!("several runs begin with `{named}` ({} …): write more of it", names.join(", ")),
    }
}

/// An event by its number.
pub(crate) fn event_at(view: &View, seq: u64) -> anyhow::Result<Option<Event>> {
    let Some(before) = seq.checked_sub(1) else { return Ok(None) };
    let wanted = EventsWanted { gate: None, kind: None, page: Page::After(before), limit: 1 };
    Ok(view.events(&wanted)?.into_iter().find(|event| event.seq == seq))
}

/// What judged a run, with everything pinned; nothing, where the ledger does not have it any more.
pub(crate) fn release(view: &View, release: Digest) -> anyhow::Result<Option<Release>> {
    let Some(bytes) = view.content(release)? else { return Ok(None) };
    let parsed = serde_json::from_slice(&bytes);
    parsed.map(Some).with_context(|| format!("the release {release} in the ledger is none"))
}

/// How a run was decided the last time, of everything that happened to it.
pub(crate) fn decided(history: &[Event], run: Digest) -> Option<(&Event, &RunEvent)> {
    history.iter().rev().find_map(|event| match &event.event.what {
        What::Run(decided) if decided.run == run => Some((event, &**decided)),
        _ => None,
    })
}

/// A digest as people read it.
pub(crate) fn short(digest: &Digest) -> String {
    digest.hex().chars().take(SHORT_DIGITS).collect()
}
