//! The queue of runs that wait for a human.

use std::collections::BTreeMap;

use rusqlite::{Row, ToSql};
use tollgate_ledger::{LedgerError, QueueKind, QueueLength, QueueQuery, QueuedRun};
use tollgate_model::{ClaimEvent, Digest, GateName};

use super::{SqliteReader, rows};
use crate::apply::{self, AUDIT, HOLD};
use crate::error::database_error;
use crate::number::{from_sql, to_sql};

const COLUMNS: &str = "SELECT seq, run, gate, kind, since_ms, subject, author, edited_from, \
                       claim_by, claim_until_ms, approved_by, escalated, state, closed FROM queue";

fn kind_column(kind: QueueKind) -> &'static str {
    match kind {
        QueueKind::Review => HOLD,
        QueueKind::Audit => AUDIT,
    }
}

impl SqliteReader {
    pub(super) fn queue(&self, query: &QueueQuery) -> Result<Vec<QueuedRun>, LedgerError> {
        let kind = kind_column(query.kind);
        let gate = query.gate.as_ref().map(GateName::as_str);
        let after = to_sql(query.after);
        let mut values: Vec<&dyn ToSql> = vec![&kind, &after];
        let mut sql = format!("{COLUMNS} WHERE closed IS NULL AND kind = ? AND seq > ?");
        if gate.is_some() {
            sql.push_str(" AND gate = ?");
            values.push(&gate);
        }
        sql.push_str(" ORDER BY seq LIMIT ?");
        values.push(&query.limit);
        self.query_many(&sql, &values[..], read_queued_run)
    }

    pub(super) fn queued_run(&self, run: Digest) -> Result<Option<QueuedRun>, LedgerError> {
        self.query_one(&format!("{COLUMNS} WHERE run = ?1"), [run.as_bytes()], read_queued_run)
    }

    pub(super) fn queue_lengths(
        &self,
        kind: QueueKind,
    ) -> Result<BTreeMap<GateName, QueueLength>, LedgerError> {
        let sql = "SELECT gate, count(*), min(since_ms) FROM queue \
                   WHERE closed IS NULL AND kind = ?1 GROUP BY gate";
        let lengths = self.query_many(sql, [kind_column(kind)], |row| {
            let (waiting, oldest_ms) = (from_sql(row.get(1)?), from_sql(row.get(2)?));
            Ok((rows::parse_column(row, 0)?, QueueLength { waiting, oldest_ms }))
        })?;
        Ok(lengths.into_iter().collect())
    }

    pub(super) fn oldest_hold_ms(&self, gate: &GateName) -> Result<Option<u64>, LedgerError> {
        apply::earliest_hold_ms(&self.connection, gate.as_str())
            .map_err(|error| database_error(&self.path, &error))
    }
}

fn read_queued_run(row: &Row<'_>) -> rusqlite::Result<QueuedRun> {
    let run = rows::digest_column(row, 1)?;
    let claim = match row.get::<_, Option<i64>>(9)? {
        Some(until) => {
            Some(ClaimEvent { run, by: rows::person_column(row, 8)?, until_ms: from_sql(until) })
        }
        None => None,
    };
    let is_audit = row.get::<_, String>(3)? == AUDIT;
    let author = row.get::<_, Option<String>>(6)?;
    Ok(QueuedRun {
        seq: from_sql(row.get(0)?),
        run,
        gate: rows::parse_column(row, 2)?,
        kind: if is_audit { QueueKind::Audit } else { QueueKind::Review },
        since_ms: from_sql(row.get(4)?),
        subject: rows::digest_column(row, 5)?,
        author: author.is_some().then(|| rows::person_column(row, 6)).transpose()?,
        edited_from: row.get::<_, Option<[u8; 32]>>(7)?.map(Digest::from_bytes),
        claim,
        approved_by: rows::people_column(row, 10)?,
        escalations: row.get(11)?,
        last_event: from_sql(row.get(12)?),
        closed_by: row.get::<_, Option<i64>>(13)?.map(from_sql),
    })
}
