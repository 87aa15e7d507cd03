//! Access to a project's ledger: its file, opening it, and finding the run that a person names.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use anyhow::bail;
use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser};
use tollgate_ledger::{Ledger, LedgerError, LedgerReader};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader, require_file_path};
use tollgate_project::Project;

use crate::ledger_file::LedgerFile;
use crate::{console, environment};

/// Default path of the ledger in a project.
const DEFAULT_LEDGER: &str = ".tollgate/ledger.db";

/// Command line options that locate the ledger.
#[derive(Args, Clone, Debug)]
pub(crate) struct LedgerArgs {
    /// Ledger file [default: `.tollgate/ledger.db` in the project].
    #[arg(
        long,
        env = environment::LEDGER.name,
        hide_env_values = true,
        value_name = "FILE",
        value_parser = ledger_path_parser()
    )]
    ledger: Option<PathBuf>,
}

/// Returns a parser that refuses names which would record nothing, before a command does anything.
fn ledger_path_parser() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| require_file_path(&path).map(|()| path))
}

impl LedgerArgs {
    /// Returns the path of the ledger.
    pub(crate) fn path(&self, project: &Project) -> PathBuf {
        self.ledger.clone().unwrap_or_else(|| project.folder.join(DEFAULT_LEDGER))
    }

    /// Opens the ledger for writing. One that does not exist is made when something is first recorded, so that a command
    /// that is refused leaves none.
    pub(crate) fn open(&self, project: &Project) -> anyhow::Result<Arc<dyn Ledger>> {
        let path = self.path(project);
        match SqliteLedger::is_recorded(&path) {
            true => Ok(Arc::new(SqliteLedger::open(&path)?)),
            false => Ok(self.on_demand(project)),
        }
    }

    /// Returns the ledger, which is opened for writing and made only when something is recorded.
    pub(crate) fn on_demand(&self, project: &Project) -> Arc<dyn Ledger> {
        Arc::new(LedgerFile::new(self.path(project), self.ledger.is_none()))
    }

    /// Opens the ledger for reading, or returns `None` if it does not exist. Warns if it lost its end or was replaced.
    pub(crate) fn reader_if_present(
        &self,
        project: &Project,
    ) -> anyhow::Result<Option<Box<dyn LedgerReader>>> {
        let path = self.path(project);
        if !SqliteLedger::is_recorded(&path) {
            return Ok(None);
        }
        Ok(Some(Box::new(open_reader(&path)?)))
    }

    /// Opens the ledger for reading. Fails if it does not exist, and warns if it lost its end or was replaced.
    pub(crate) fn view(&self, project: &Project) -> anyhow::Result<SqliteReader> {
        self.require_present(project)?;
        Ok(open_reader(&self.path(project))?)
    }

    /// Opens the ledger for reading, for a command that itself refuses or tells that it lost its end or was replaced.
    pub(crate) fn unwarned_view(&self, project: &Project) -> anyhow::Result<SqliteReader> {
        self.require_present(project)?;
        Ok(SqliteReader::open(&self.path(project))?)
    }

    /// Fails if the ledger has been named and does not exist: the name is wrong, or what is asked for is recorded nowhere.
    pub(crate) fn require_present_if_named(&self) -> anyhow::Result<()> {
        let Some(path) = &self.ledger else { return Ok(()) };
        if !SqliteLedger::is_recorded(path) {
            bail!(
                "there is no ledger `{}`, so nothing is released in it\n  name another one with `--ledger` or `{}`, or \
                 publish the gate there: `tollgate release GATE --by NAME`",
                path.display(),
                environment::LEDGER.name
            );
        }
        Ok(())
    }

    /// Fails if the ledger does not exist.
    pub(crate) fn require_present(&self, project: &Project) -> anyhow::Result<()> {
        let path = self.path(project);
        if !SqliteLedger::is_recorded(&path) {
            bail!(
                "nothing is recorded yet: there is no ledger `{}`; `tollgate release GATE --by NAME` publishes a gate and \
                 creates it",
                path.display()
            );
        }
        Ok(())
    }
}

/// Opens a ledger for reading. The first reader of a command warns if the ledger lost its end or was replaced.
pub(crate) fn open_reader(path: &Path) -> Result<SqliteReader, LedgerError> {
    static COMPARED: Once = Once::new();
    let reader = SqliteReader::open(path)?;
    COMPARED.call_once(|| match reader.require_recorded_head() {
        Ok(()) => {}
        Err(LedgerError::HeadMismatch(mismatch)) => {
            console::warn(format!("{}; `tollgate log verify` says more", mismatch.describe_fault()))
        }
        Err(error) => console::warn(error),
    });
    Ok(reader)
}
