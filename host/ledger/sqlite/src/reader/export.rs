//! Export of events. `tollgate-ledger` defines the lines.

use std::io::{self, Write};

use tollgate_ledger::LedgerError;
use tollgate_ledger::storage::{ExportWriter, genesis_hash};
use tollgate_model::Digest;

use super::{SqliteReader, rows::event_row};
use crate::error::database_error;
use crate::number::to_sql;

enum ExportError {
    Database(rusqlite::Error),
    Output(io::Error),
}

impl SqliteReader {
    pub(super) fn export(&self, after: u64, output: &mut dyn Write) -> Result<u64, LedgerError> {
        self.write_export(after, output).map_err(|error| match error {
            ExportError::Database(error) => database_error(&self.path, &error),
            ExportError::Output(error) => LedgerError::DiskFailure {
                path: self.path.clone(),
                reason: format!("the export cannot be written: {error}"),
            },
        })
    }

    fn write_export(&self, after: u64, output: &mut dyn Write) -> Result<u64, ExportError> {
        // A single snapshot, so that events appended meanwhile do not end up in half of the export.
        let transaction = self.connection.unchecked_transaction()?;
        let hash = if after == 0 {
            genesis_hash(&self.id)
        } else {
            let sql = "SELECT hash FROM events WHERE seq = ?1";
            let hash = transaction.query_row(sql, [to_sql(after)], |row| row.get(0))?;
            Digest::from_bytes(hash)
        };
        let mut export = ExportWriter::start(output, &self.id, after, hash)?;
        let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events WHERE seq > ?1
            ORDER BY seq";
        let mut statement = transaction.prepare(sql)?;
        let mut rows = statement.query([to_sql(after)])?;
        while let Some(row) = rows.next()? {
            export.write(event_row(row)?)?;
        }
        Ok(export.finish()?)
    }
}

impl From<rusqlite::Error> for ExportError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
