//! The projection of gate versions. `tollgate_ledger::storage` has the rule and its reason.

use rusqlite::{Connection, OptionalExtension, params};
use tollgate_ledger::storage::changes_earliest_hold;

use super::AppliedEvent;
use crate::number::from_sql;

/// Returns the version of a gate, 0 if it has none.
pub(crate) fn gate_version(connection: &Connection, gate: &str) -> rusqlite::Result<u64> {
    let sql = "SELECT seq FROM gate_versions WHERE gate = ?1";
    let found = connection.prepare_cached(sql)?.query_row([gate], |row| row.get(0)).optional()?;
    Ok(from_sql(found.unwrap_or_default()))
}

/// Makes the event the version of a gate.
pub(super) fn store_version(at: AppliedEvent<'_>, gate: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO gate_versions VALUES (?1, ?2) ON CONFLICT (gate) DO UPDATE SET seq = ?2";
    at.execute(sql, params![gate, at.seq])?;
    Ok(())
}

/// Changes the version of a gate if a hold that opens or closes with this event is the earliest one. Called while
/// that hold is not open: before it opens, or after it was closed.
pub(super) fn apply_hold_change(
    at: AppliedEvent<'_>,
    gate: &str,
    since_ms: i64,
) -> rusqlite::Result<()> {
    let earliest_other_ms = earliest_hold_ms(at.connection, gate)?;
    if changes_earliest_hold(from_sql(since_ms), earliest_other_ms) {
        store_version(at, gate)?;
    }
    Ok(())
}

/// Returns the earliest time since which an open hold of a gate waits.
pub(crate) fn earliest_hold_ms(
    connection: &Connection,
    gate: &str,
) -> rusqlite::Result<Option<u64>> {
    let sql =
        "SELECT min(since_ms) FROM queue WHERE closed IS NULL AND gate = ?1 AND kind = 'hold'";
    let mut statement = connection.prepare_cached(sql)?;
    let found: Option<i64> = statement.query_row([gate], |row| row.get(0))?;
    Ok(found.map(from_sql))
}
