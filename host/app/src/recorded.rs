//! The ledger of a project: where it lies, how it is opened, and which run a person means.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use tollgate_ledger::{Ledger, RunRow, View};

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

/// A digest as people read it.
pub(crate) fn short(digest: &tollgate_model::Digest) -> String {
    digest.hex().chars().take(SHORT_DIGITS).collect()
}
