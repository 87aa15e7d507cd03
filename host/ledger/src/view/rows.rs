//! From columns to the model's values. What does not fit was not written by this crate.

use std::error::Error;
use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;
use tollgate_model::Digest;

use crate::chain;
use crate::entry::number;

pub(crate) fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    Ok(Digest::from_bytes(row.get(column)?))
}

pub(crate) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    row.get::<_, String>(column)?.parse().map_err(|error| unfit(column, error))
}

pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| unfit(column, error))
}

/// An event, as `SELECT seq, at_ms, gate, kind, body, hash` has it.
pub(crate) fn event(row: &Row<'_>) -> rusqlite::Result<chain::Row> {
    Ok(chain::Row {
        seq: number(row.get(0)?),
        at_ms: number(row.get(1)?),
        gate: row.get(2)?,
        kind: row.get(3)?,
        body: row.get(4)?,
        hash: digest(row, 5)?,
    })
}

fn unfit(column: usize, error: impl Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
