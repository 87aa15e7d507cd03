//! Rebuilding the projections from the events, and comparing the stored ones with them.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, TransactionBehavior};

use tollgate_ledger::storage::EventBody;
use tollgate_ledger::{LedgerError, ProjectionDifference};

use crate::SqliteReader;
use crate::apply::{AppliedEvent, apply_event, retain_content};
use crate::error::{WriterError, database_error};
use crate::tables::{self, PROJECTIONS};
use crate::upgrade::require_known_tables;

/// Differences listed per table and direction. A ledger with more needs a rebuild anyway.
const DIFFERENCES_MAX: u32 = 20;

/// Rebuilds all projections in one transaction.
pub(crate) fn rebuild(connection: &mut Connection) -> Result<(), WriterError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    require_known_tables(&transaction)?;
    rebuild_projections(&transaction)?;
    Ok(transaction.commit()?)
}

/// Rebuilds all projections in the transaction of the caller.
pub(crate) fn rebuild_projections(connection: &Connection) -> rusqlite::Result<()> {
    clear_projections(connection)?;
    replay_events(connection)?;
    connection.execute("DELETE FROM contents WHERE seq = 0", [])?;
    Ok(())
}

fn clear_projections(connection: &Connection) -> rusqlite::Result<()> {
    for (table, _) in PROJECTIONS {
        // The bytes of contents cannot be derived from the events, so the rows stay. Rows that no event
        // refers to keep sequence number 0 and are deleted at the end.
        connection.execute_batch(&match table {
            "contents" => "UPDATE contents SET seq = 0, until_ms = NULL, erased = NULL".to_owned(),
            table => format!("DELETE FROM {table}"),
        })?;
    }
    Ok(())
}

/// Applies every event to the projections.
fn replay_events(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare("SELECT seq, at_ms, gate, body FROM events ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let gate: String = row.get(2)?;
        let body: EventBody = crate::reader::json_column(row, 3)?;
        let at = AppliedEvent { connection, seq: row.get(0)?, at_ms: row.get(1)?, gate: &gate };
        apply_event(at, &body)?;
        body.contents.iter().try_for_each(|content| retain_content(at, content, None))?;
    }
    Ok(())
}

impl SqliteReader {
    pub(crate) fn check_projections(&self) -> Result<Vec<ProjectionDifference>, LedgerError> {
        // A separate connection, because the temporary tables created here shadow the real ones.
        let reader = self.open_bounded()?;
        let connection = reader.connection();
        let differences = connection
            .execute_batch("BEGIN")
            .and_then(|()| tables::create_shadow_projections(connection))
            .and_then(|()| replay_events(connection))
            .and_then(|()| compare_projections(connection));
        differences.map_err(|error| database_error(self.path(), &error))
    }
}

fn compare_projections(connection: &Connection) -> rusqlite::Result<Vec<ProjectionDifference>> {
    let mut found = Vec::new();
    for (table, columns) in PROJECTIONS {
        // `EXCEPT` only finds rows that are missing on one side.
        for (is_stored, present, absent) in [(true, "main", "temp"), (false, "temp", "main")] {
            let sql = format!(
                "SELECT {columns} FROM {present}.{table} EXCEPT SELECT {columns} FROM {absent}.{table}
                LIMIT {DIFFERENCES_MAX}"
            );
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map([], |row| {
                Ok(ProjectionDifference { table, row: format_row(row)?, is_stored })
            })?;
            found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
    }
    Ok(found)
}

fn format_row(row: &Row<'_>) -> rusqlite::Result<String> {
    let columns = row.as_ref().column_count();
    let columns: rusqlite::Result<Vec<_>> = (0..columns).map(|at| row.get_ref(at)).collect();
    let columns_text = columns?.into_iter().map(|value| match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => tollgate_model::encode_hex(bytes),
    });
    Ok(columns_text.collect::<Vec<_>>().join(" | "))
}
