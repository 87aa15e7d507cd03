//! Events, reassembled with those of their contents that still exist.

use rusqlite::{ToSql, params};
use tollgate_ledger::storage::{EventBody, RestoreError, restore_event};
use tollgate_ledger::{EventQuery, EventRow, LedgerError, PageCursor, StoredEvent};
use tollgate_model::{Digest, GateName};

use super::{SqliteReader, rows};
use crate::number::{from_sql, to_sql};

/// Returns the SQL condition of a page, the order, and the number that the condition compares with.
pub(super) fn page_sql(page: PageCursor) -> (&'static str, &'static str, i64) {
    match page {
        PageCursor::After(seq) => ("seq > ?", "ASC", to_sql(seq)),
        PageCursor::Before(seq) => ("seq < ?", "DESC", to_sql(seq)),
        PageCursor::Newest => ("seq <= ?", "DESC", i64::MAX),
    }
}

impl SqliteReader {
    pub(super) fn events(&self, query: &EventQuery) -> Result<Vec<StoredEvent>, LedgerError> {
        let (condition, order, from) = page_sql(query.page);
        let gate = query.gate.as_ref().map(GateName::as_str);
        let kind = query.kind.as_deref();
        let mut sql =
            format!("SELECT seq, at_ms, gate, kind, body, hash FROM events WHERE {condition}");
        let mut values: Vec<&dyn ToSql> = vec![&from];
        for (column, value) in [(" AND gate = ?", &gate), (" AND kind = ?", &kind)] {
            if value.is_some() {
                sql.push_str(column);
                values.push(value);
            }
        }
        sql.push_str(&format!(" ORDER BY seq {order} LIMIT ?"));
        values.push(&query.limit);
        let found = self.query_many(&sql, &values[..], rows::event_row)?;
        found.into_iter().map(|row| self.assemble(row)).collect()
    }

    pub(super) fn history(&self, run: Digest) -> Result<Vec<StoredEvent>, LedgerError> {
        let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events WHERE seq IN
            (SELECT seq FROM runs WHERE run = ?1 UNION SELECT seq FROM mentions WHERE run = ?1)
            ORDER BY seq";
        let found = self.query_many(sql, [run.as_bytes()], rows::event_row)?;
        found.into_iter().map(|row| self.assemble(row)).collect()
    }

    pub(super) fn content(&self, digest: Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        let sql = "SELECT bytes FROM contents WHERE digest = ?1";
        Ok(self.query_one(sql, [digest.as_bytes()], |row| row.get(0))?.flatten())
    }

    pub(super) fn erasure_of(&self, digest: Digest) -> Result<Option<u64>, LedgerError> {
        let sql = "SELECT erased FROM contents WHERE digest = ?1";
        let found = self.query_one(sql, [digest.as_bytes()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(from_sql))
    }

    pub(super) fn expired_contents(
        &self,
        now_ms: u64,
        limit: u32,
    ) -> Result<Vec<(Digest, GateName)>, LedgerError> {
        let sql = "SELECT digest, gate FROM contents JOIN events USING (seq)
            WHERE until_ms IS NOT NULL AND until_ms <= ?1 AND erased IS NULL
            ORDER BY until_ms LIMIT ?2";
        let read = |row: &rusqlite::Row<'_>| {
            Ok((rows::digest_column(row, 0)?, rows::parse_column(row, 1)?))
        };
        self.query_many(sql, params![to_sql(now_ms), limit], read)
    }

    pub(super) fn first_since(&self, at_ms: u64) -> Result<Option<u64>, LedgerError> {
        let sql = "SELECT min(seq) FROM events WHERE at_ms >= ?1";
        let found = self.query_one(sql, [to_sql(at_ms)], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(from_sql))
    }

    fn assemble(&self, row: EventRow) -> Result<StoredEvent, LedgerError> {
        let seq = row.seq;
        let unreadable = |error: RestoreError| {
            let (path, reason) = (self.path.clone(), error.to_string());
            LedgerError::Unreadable { path, seq, reason }
        };
        let body = EventBody::from_json(&row.body).map_err(unreadable)?;
        let bytes = body.contents.iter().map(|content| self.content(content.digest));
        let bytes = bytes.collect::<Result<Vec<_>, _>>()?;
        restore_event(row, body, bytes).map_err(unreadable)
    }
}
