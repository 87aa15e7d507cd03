//! Conversion of columns into values of the model. A value that does not fit was not written by this crate.

use std::error::Error;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;
use tollgate_ledger::EventRow;
use tollgate_model::{Digest, Person};

use crate::number::from_sql;

pub(crate) fn digest_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    Ok(Digest::from_bytes(row.get(column)?))
}

pub(crate) fn parse_column<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    row.get::<_, String>(column)?.parse().map_err(|error| conversion_error(column, error))
}

/// Reads the name of a person from a record.
pub(crate) fn person_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Person> {
    let name: String = row.get(column)?;
    Person::from_record(&name).map_err(|error| conversion_error(column, error))
}

/// Reads a list of names of people from a record.
pub(crate) fn people_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<Person>> {
    let names: Vec<String> = json_column(row, column)?;
    let people: Result<_, _> = names.iter().map(|name| Person::from_record(name)).collect();
    people.map_err(|error| conversion_error(column, error))
}

pub(crate) fn json_column<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| conversion_error(column, error))
}

/// Reads an event from a row of `SELECT seq, at_ms, gate, kind, body, hash`.
pub(crate) fn event_row(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        seq: from_sql(row.get(0)?),
        at_ms: from_sql(row.get(1)?),
        gate: row.get(2)?,
        kind: row.get(3)?,
        body: row.get(4)?,
        hash: digest_column(row, 5)?,
    })
}

fn conversion_error(column: usize, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
