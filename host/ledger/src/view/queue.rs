//! Reading the queue of runs that wait for a human.

use rusqlite::{Row, ToSql};
use tollgate_model::{ClaimEvent, Digest, GateName, Person};

use super::{SqliteReader, rows};
use crate::LedgerError;
use crate::apply::{AUDIT, HOLD};
use crate::entry::{from_sql, to_sql};

/// The kind of review that a run waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueKind {
    /// The output is held until it is reviewed.
    Review,
    /// The output has gone out and is reviewed afterwards.
    Audit,
}

/// A run in the queue, or one that has left it.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedRun {
    /// Number of the event with which it entered the queue. Pages continue from it.
    pub seq: u64,
    pub run: Digest,
    pub gate: GateName,
    pub kind: QueueKind,
    /// Time at which it entered the queue, in milliseconds since 1970.
    pub since_ms: u64,
    /// Digest of the output.
    pub subject: Digest,
    /// Person who requested or wrote the output.
    pub author: Option<Person>,
    /// Run that a reviewer edited to produce this one.
    pub edited_from: Option<Digest>,
    /// The latest claim. It may have expired.
    pub claim: Option<ClaimEvent>,
    /// People who have approved it so far.
    pub approved_by: Vec<Person>,
    /// Number of escalations.
    pub escalations: u32,
    /// Number of the event that changed it last. An append can be made conditional on it.
    pub last_event: u64,
    /// Number of the event that closed it. `None` while it waits.
    pub closed_by: Option<u64>,
}

/// A query for waiting runs, oldest first.
#[derive(Clone, Debug)]
pub struct QueueQuery {
    /// The gate, or `None` for all gates.
    pub gate: Option<GateName>,
    pub kind: QueueKind,
    /// Number of the event to continue after. 0 starts at the oldest run.
    pub after: u64,
    /// Maximum number of runs returned.
    pub limit: u32,
}

const COLUMNS: &str = "SELECT seq, run, gate, kind, since_ms, subject, author, edited_from, \
                       claim_by, claim_until_ms, approved_by, escalated, state, closed FROM queue";

impl QueueKind {
    fn column_value(self) -> &'static str {
        match self {
            Self::Review => HOLD,
            Self::Audit => AUDIT,
        }
    }
}

impl SqliteReader {
    /// Returns a page of the runs that are waiting.
    pub fn queue(&self, query: &QueueQuery) -> Result<Vec<QueuedRun>, LedgerError> {
        let kind = query.kind.column_value();
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

    /// Returns a run as it is or was in the queue. `None` means that it never entered the queue.
    pub fn queued_run(&self, run: Digest) -> Result<Option<QueuedRun>, LedgerError> {
        self.query_one(&format!("{COLUMNS} WHERE run = ?1"), [run.as_bytes()], read_queued_run)
    }

    /// Returns when the oldest open hold of a gate entered the queue, in milliseconds since 1970.
    pub fn oldest_hold_ms(&self, gate: &GateName) -> Result<Option<u64>, LedgerError> {
        let sql = "SELECT min(since_ms) FROM queue
            WHERE closed IS NULL AND gate = ?1 AND kind = 'hold'";
        let found = self.query_one(sql, [gate.as_str()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(from_sql))
    }
}

fn read_queued_run(row: &Row<'_>) -> rusqlite::Result<QueuedRun> {
    let run = rows::digest_column(row, 1)?;
    let claim = match row.get::<_, Option<i64>>(9)? {
        Some(until) => {
            Some(ClaimEvent { run, by: rows::parse_column(row, 8)?, until_ms: from_sql(until) })
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
        author: author.is_some().then(|| rows::parse_column(row, 6)).transpose()?,
        edited_from: row.get::<_, Option<[u8; 32]>>(7)?.map(Digest::from_bytes),
        claim,
        approved_by: rows::json_column(row, 10)?,
        escalations: row.get(11)?,
        last_event: from_sql(row.get(12)?),
        closed_by: row.get::<_, Option<i64>>(13)?.map(from_sql),
    })
}
