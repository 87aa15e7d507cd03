//! The projections made anew from the events, and held against those that are stored.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use crate::apply::{At, apply, hold};
use crate::entry::Body;
use crate::error::told;
use crate::schema::{self, Opened, TABLES};
use crate::{Error, View};

/// Differences that are told; whoever has more rebuilds.
const DIFFERENCES_MAX: u32 = 20;

/// A row of a projection that is not what the events say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which projection.
    pub table: &'static str,
    /// The row, its columns in their order.
    pub row: String,
    /// Whether the row is stored; otherwise it should be.
    pub is_stored: bool,
}

/// Makes the projections anew, in one transaction.
pub(crate) fn rebuild(opened: &mut Opened) -> Result<(), Error> {
    let path = opened.path.clone();
    let transaction = opened.connection.transaction().map_err(|error| told(&path, &error))?;
    let done = clear(&transaction)
        .and_then(|()| replay(&transaction))
        .and_then(|()| transaction.execute("DELETE FROM contents WHERE seq = 0", []))
        .and_then(|_| transaction.commit());
    done.map_err(|error| told(&path, &error))
}

fn clear(connection: &Connection) -> rusqlite::Result<()> {
    for (table, _) in TABLES {
        // The bytes of contents are no projection.
        connection.execute_batch(&match table {
            "contents" => "UPDATE contents SET seq = 0, until_ms = NULL, erased = NULL".to_owned(),
            table => format!("DELETE FROM {table}"),
        })?;
    }
    Ok(())
}

/// Applies every event.
fn replay(connection: &Connection) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare("SELECT seq, at_ms, gate, body FROM events ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let gate: String = row.get(2)?;
        let body: Body = crate::view::json(row, 3)?;
        let at = At { connection, seq: row.get(0)?, at_ms: row.get(1)?, gate: &gate };
        apply(at, &body)?;
        body.contents.iter().try_for_each(|held| hold(at, held, None))?;
    }
    Ok(())
}

impl View {
    /// Holds the projections against the events, and tells where they differ; none is all right.
    pub fn check(&self) -> Result<Vec<Difference>, Error> {
        // A connection of its own: here the names of the projections come to mean others.
        let view = Self::open(&self.path)?;
        let connection = &view.connection;
        let differences = connection
            .execute_batch("BEGIN")
            .and_then(|()| schema::shadow(connection))
            .and_then(|()| replay(connection))
            .and_then(|()| differences(connection));
        differences.map_err(|error| told(&self.path, &error))
    }
}

fn differences(connection: &Connection) -> rusqlite::Result<Vec<Difference>> {
    let mut found = Vec::new();
    for (table, columns) in TABLES {
        for (is_stored, one, other) in [(true, "main", "temp"), (false, "temp", "main")] {
            let sql = format!(
                "SELECT {columns} FROM {one}.{table} EXCEPT SELECT {columns} FROM {other}.{table}
                LIMIT {DIFFERENCES_MAX}"
            );
            let mut statement = connection.prepare(&sql)?;
            let rows = statement
                .query_map([], |row| Ok(Difference { table, row: written(row)?, is_stored }))?;
            found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
    }
    Ok(found)
}

fn written(row: &Row<'_>) -> rusqlite::Result<String> {
    let columns = row.as_ref().column_count();
    let columns: rusqlite::Result<Vec<_>> = (0..columns).map(|at| row.get_ref(at)).collect();
    let words = columns?.into_iter().map(|value| match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => tollgate_model::hex(bytes),
    });
    Ok(words.collect::<Vec<_>>().join(" | "))
}
