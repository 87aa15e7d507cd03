//! What is recorded, to be read: a snapshot for each question, beside the writer and never in its
//! way. Lists come in pages that go on from a key, so that the last page costs what the first does.

mod events;
mod queue;
mod rows;
mod runs;
mod state;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Params, Row};
use tollgate_model::Digest;

pub use events::{EventsWanted, Page, Recorded};
pub use queue::{Waiting, WaitingFor, WaitingWanted};
pub(crate) use rows::{event, json};
pub(crate) use runs::line_seq;
pub use runs::{RunRow, RunsWanted};
pub use state::{Counts, Happened, LevelNow, Measured, ReleaseState, TrackRecord};

use crate::entry::number;
use crate::error::told;
use crate::{Error, schema};

/// A ledger that is read.
pub struct View {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    id: [u8; 16],
}

impl View {
    /// Opens the ledger of a file to read it, whoever writes it.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let schema::Opened { connection, path, id } = schema::open_to_read(path)?;
        Ok(Self { connection, path, id })
    }

    /// What tells this ledger from every other.
    pub fn id(&self) -> &[u8; 16] {
        &self.id
    }

    /// The last event's number and hash.
    pub fn head(&self) -> Result<Option<(u64, Digest)>, Error> {
        let sql = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1";
        self.one(sql, [], |row| Ok((number(row.get(0)?), rows::digest(row, 1)?)))
    }

    fn one<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        let found = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let found = statement.query_row(values, read);
            found.optional()
        });
        found.map_err(|error| told(&self.path, &error))
    }

    fn many<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let found = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let found: rusqlite::Result<Vec<T>> = statement.query_map(values, read)?.collect();
            found
        });
        found.map_err(|error| told(&self.path, &error))
    }
}
