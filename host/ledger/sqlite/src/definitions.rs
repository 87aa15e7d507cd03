//! Comparing what a file defines (tables, indexes, views and triggers) with what this version makes.
//!
//! A person who can write the file can add a trigger that deletes what is appended, or put a view without an end in
//! place of a table. So nothing else is read from a file whose definitions differ.

use std::fmt;
use std::path::Path;
use std::sync::OnceLock;

use rusqlite::Connection;
use tollgate_ledger::LedgerError;

use crate::error::database_error;
use crate::tables;

/// A row of `sqlite_schema`, without the page that it begins at.
#[derive(PartialEq, Eq)]
struct Definition {
    /// `table`, `index`, `view` or `trigger`.
    kind: String,
    name: String,
    /// The table that it belongs to.
    table: String,
    /// Empty for the indexes that SQLite adds for a key.
    sql: String,
}

impl fmt::Display for Definition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} `{}`", self.kind, self.name)
    }
}

/// Tables that `ANALYZE` adds, as SQLite stores them: statistics, by which it chooses how to search. They change no
/// answer.
const STATISTICS: [(&str, &str); 2] = [
    ("sqlite_stat1", "CREATE TABLE sqlite_stat1(tbl,idx,stat)"),
    ("sqlite_stat4", "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
];

impl Definition {
    fn is_statistics(&self) -> bool {
        let is_table = self.kind == "table" && self.name == self.table;
        is_table && STATISTICS.contains(&(self.name.as_str(), self.sql.as_str()))
    }
}

/// Fails if a file defines anything else than this version makes.
pub(crate) fn check_definitions(connection: &Connection, path: &Path) -> Result<(), LedgerError> {
    let expected = expected_definitions().map_err(|error| database_error(path, &error))?;
    compare_definitions(connection, path, expected)
}

/// Fails if a file defines anything else than the version before made.
pub(crate) fn check_former_definitions(
    connection: &Connection,
    path: &Path,
) -> Result<(), LedgerError> {
    let expected = define(tables::create_former_tables);
    let expected = expected.map_err(|error| database_error(path, &error))?;
    compare_definitions(connection, path, &expected)
}

fn compare_definitions(
    connection: &Connection,
    path: &Path,
    expected: &[Definition],
) -> Result<(), LedgerError> {
    let found = read_definitions(connection).map_err(|error| database_error(path, &error))?;
    match find_difference(expected, &found) {
        Some(difference) => Err(LedgerError::ForeignTables { path: path.into(), difference }),
        None => Ok(()),
    }
}

/// Returns the definitions of a new ledger. SQLite itself says how it stores them, and which indexes it adds.
fn expected_definitions() -> rusqlite::Result<&'static [Definition]> {
    static EXPECTED: OnceLock<Vec<Definition>> = OnceLock::new();
    if let Some(expected) = EXPECTED.get() {
        return Ok(expected);
    }
    let expected = define(tables::create_tables)?;
    Ok(EXPECTED.get_or_init(|| expected))
}

fn define(create: fn(&Connection) -> rusqlite::Result<()>) -> rusqlite::Result<Vec<Definition>> {
    let empty = Connection::open_in_memory()?;
    create(&empty)?;
    read_definitions(&empty)
}

fn read_definitions(connection: &Connection) -> rusqlite::Result<Vec<Definition>> {
    let mut statement =
        connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")?;
    let rows = statement.query_map([], |row| {
        // A changed byte may not be text any more, and is a difference like any other.
        let text = |column| -> rusqlite::Result<String> {
            let bytes = row.get_ref(column)?.as_bytes_or_null()?.unwrap_or_default();
            Ok(String::from_utf8_lossy(bytes).into_owned())
        };
        Ok(Definition { kind: text(0)?, name: text(1)?, table: text(2)?, sql: text(3)? })
    })?;
    rows.collect()
}

/// Returns the first difference as a clause. Statistics of SQLite are none.
fn find_difference(expected: &[Definition], found: &[Definition]) -> Option<String> {
    let mut missing: Vec<_> = expected.iter().collect();
    for definition in found.iter().filter(|definition| !definition.is_statistics()) {
        match missing.iter().position(|expected| *expected == definition) {
            Some(at) => {
                missing.remove(at);
            }
            None => {
                let is_same_name = |expected: &Definition| {
                    (&expected.kind, &expected.name) == (&definition.kind, &definition.name)
                };
                return Some(match expected.iter().any(is_same_name) {
                    true => format!("{definition} is defined differently"),
                    false => format!("{definition} does not belong to it"),
                });
            }
        }
    }
    missing.first().map(|definition| format!("{definition} is missing"))
}
