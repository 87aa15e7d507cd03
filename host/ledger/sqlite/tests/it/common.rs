//! A ledger file in a temporary folder.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;
use tollgate_ledger::conformance::fixtures::{assert_sound, entry};
use tollgate_ledger::{AppendedRange, Ledger};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::EventKind;

pub struct TestFile {
    pub folder: TempDir,
    pub ledger: SqliteLedger,
}

impl TestFile {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).unwrap();
        Self { folder, ledger }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    pub fn append(&self, at_ms: u64, kind: EventKind) -> AppendedRange {
        self.ledger.append_blocking(entry(at_ms, kind).into()).unwrap()
    }

    pub fn reader(&self) -> SqliteReader {
        SqliteReader::open(&self.path()).unwrap()
    }

    /// Asserts that the chain, contents, projections and pages are sound.
    pub fn assert_sound(&self) {
        assert_sound(&self.reader());
    }
}

/// Returns a function that opens a ledger in a new folder. The folders stay as long as the function.
pub fn open_ledgers() -> impl FnMut() -> Arc<dyn Ledger> {
    let mut folders = Vec::new();
    move || {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).unwrap();
        folders.push(folder);
        Arc::new(ledger)
    }
}
