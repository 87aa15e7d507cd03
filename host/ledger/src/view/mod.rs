//! Reading a ledger. Each question is answered from its own snapshot, and never blocks the writer.
//! Lists are paged by key, so the last page costs as much as the first.

mod events;
mod queue;
mod rows;
mod runs;
mod state;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Params, Row};
use tollgate_model::Digest;

pub use events::{EventQuery, PageCursor, StoredEvent};
pub use queue::{QueueKind, QueueQuery, QueuedRun};
pub(crate) use rows::{event_row, json_column};
pub(crate) use runs::batch_line_seq;
pub use runs::{RunQuery, RunSummary};
pub use state::{
    ActivityCounts, CurrentLevel, KpiReading, LevelIncident, ReleaseState, TrackRecord,
};

use crate::entry::from_sql;
use crate::error::database_error;
use crate::{LedgerError, schema};

/// A ledger opened for reading.
pub struct SqliteReader {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    id: [u8; 16],
}

impl SqliteReader {
    /// Opens the ledger in a file for reading, whether or not a process is writing it.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let schema::OpenedLedger { connection, path, id } = schema::open_to_read(path)?;
        Ok(Self { connection, path, id })
    }

    /// Returns the random bytes that distinguish this ledger from every other.
    pub fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// Returns number and hash of the last event, or `None` if the ledger is empty.
    pub fn head(&self) -> Result<Option<(u64, Digest)>, LedgerError> {
        let sql = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1";
        self.query_one(sql, [], |row| Ok((from_sql(row.get(0)?), rows::digest_column(row, 1)?)))
    }

    fn query_one<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, LedgerError> {
        let found = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let found = statement.query_row(values, read);
            found.optional()
        });
        found.map_err(|error| database_error(&self.path, &error))
    }

    fn query_many<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, LedgerError> {
        let found = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let found: rusqlite::Result<Vec<T>> = statement.query_map(values, read)?.collect();
            found
        });
        found.map_err(|error| database_error(&self.path, &error))
    }
}
