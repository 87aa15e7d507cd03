//! A ledger file that is opened for writing, and made, only when something is first recorded. Commands that read must
//! not make a ledger, and must not fail if it cannot be written.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tollgate_ledger::{
    Append, AppendedRange, BoxFuture, Checkpoint, Ledger, LedgerError, LedgerReader, PurgeResult,
};
use tollgate_ledger_sqlite::SqliteLedger;

use crate::current_project::keep_out_of_version_control;
use crate::files;
use crate::ledger_access::open_reader;

/// A ledger file, with its writer once there is one.
pub(crate) struct LedgerFile {
    path: PathBuf,
    /// Whether its folder belongs to the tool, and is kept out of version control.
    has_own_folder: bool,
    writer: Mutex<Option<SqliteLedger>>,
}

impl LedgerFile {
    pub(crate) fn new(path: PathBuf, has_own_folder: bool) -> Self {
        Self { path, has_own_folder, writer: Mutex::default() }
    }

    fn open_writer(&self) -> Result<SqliteLedger, LedgerError> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = &*writer {
            return Ok(opened.clone());
        }
        if self.has_own_folder && !self.path.exists() {
            // Judged outputs must not end up in the project's version control.
            let folder = files::parent_folder(&self.path);
            let unwritable = |error| LedgerError::DiskFailure {
                path: folder.into(),
                reason: format!("{:#}", anyhow::Error::from(error)),
            };
            keep_out_of_version_control(folder).map_err(unwritable)?;
        }
        let opened = SqliteLedger::open(&self.path)?;
        *writer = Some(opened.clone());
        Ok(opened)
    }
}

impl Ledger for LedgerFile {
    fn append(&self, append: Append) -> BoxFuture<'_, Result<AppendedRange, LedgerError>> {
        Box::pin(async move { self.open_writer()?.append(append).await })
    }

    fn purge_erased(&self) -> BoxFuture<'_, Result<PurgeResult, LedgerError>> {
        Box::pin(async move { self.open_writer()?.purge_erased().await })
    }

    fn append_blocking(&self, append: Append) -> Result<AppendedRange, LedgerError> {
        self.open_writer()?.append_blocking(append)
    }

    fn open_reader(&self) -> Result<Box<dyn LedgerReader>, LedgerError> {
        if !SqliteLedger::is_recorded(&self.path) {
            return Err(LedgerError::NotFound(self.path.clone()));
        }
        Ok(Box::new(open_reader(&self.path)?))
    }

    fn checkpoint(
        &self,
        at_ms: u64,
        key: &str,
        sign: &dyn Fn(&[u8]) -> Vec<u8>,
    ) -> Result<Option<Checkpoint>, LedgerError> {
        self.open_writer()?.checkpoint(at_ms, key, sign)
    }

    fn rebuild(&self) -> Result<(), LedgerError> {
        self.open_writer()?.rebuild()
    }

    fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(opened) = writer {
            opened.close();
        }
    }
}
