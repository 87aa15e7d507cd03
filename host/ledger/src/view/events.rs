//! Events, reassembled with those of their contents that still exist.

use rusqlite::{ToSql, params};
use serde::de::DeserializeOwned;
use tollgate_model::{Digest, Event, EventKind, GateName, RetainedContent, RunEvent};

use super::{SqliteReader, rows};
use crate::entry::{EventBody, RunDetails, to_sql};
use crate::{AttachmentKind, AttachmentRef, LedgerError, chain};

/// A query for events. `None` means any.
#[derive(Clone, Debug)]
pub struct EventQuery {
    pub gate: Option<GateName>,
    /// Name of the event kind, as in [`EventKind::name`].
    pub kind: Option<String>,
    pub page: PageCursor,
    /// Maximum number of events returned.
    pub limit: u32,
}

/// The starting point and direction of a page. Numbers are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageCursor {
    /// Oldest first, after this event number. 0 starts at the first event.
    After(u64),
    /// Newest first, before this event number.
    Before(u64),
    /// Newest first, starting at the end.
    Newest,
}

/// An event as read from the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Event number, counted from 1.
    pub seq: u64,
    pub hash: Digest,
    /// The event. For a run whose contents were erased, checks and reasons are empty.
    pub event: Event,
    /// References to the contents that were appended with it.
    pub contents: Vec<AttachmentRef>,
    /// Digests of those contents that no longer exist.
    pub erased: Vec<Digest>,
}

impl PageCursor {
    /// Returns the SQL condition, the order, and the number that the condition compares with.
    pub(super) fn sql_parts(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::After(seq) => ("seq > ?", "ASC", to_sql(seq)),
            Self::Before(seq) => ("seq < ?", "DESC", to_sql(seq)),
            Self::Newest => ("seq <= ?", "DESC", i64::MAX),
        }
    }
}

impl SqliteReader {
    pub fn events(&self, query: &EventQuery) -> Result<Vec<StoredEvent>, LedgerError> {
        let (condition, order, from) = query.page.sql_parts();
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

    /// Returns all events that concern a run, oldest first: its judgement, reviews, the outputs it was edited to,
    /// and changes made because of it.
    pub fn history(&self, run: Digest) -> Result<Vec<StoredEvent>, LedgerError> {
        let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events WHERE seq IN
            (SELECT seq FROM runs WHERE run = ?1 UNION SELECT seq FROM mentions WHERE run = ?1)
            ORDER BY seq";
        let found = self.query_many(sql, [run.as_bytes()], rows::event_row)?;
        found.into_iter().map(|row| self.assemble(row)).collect()
    }

    /// Returns the bytes of a content, or `None` if it was erased or never existed.
    pub fn content(&self, digest: Digest) -> Result<Option<Vec<u8>>, LedgerError> {
        let sql = "SELECT bytes FROM contents WHERE digest = ?1";
        Ok(self.query_one(sql, [digest.as_bytes()], |row| row.get(0))?.flatten())
    }

    /// Returns the event that erased a content, or `None` if none did or it was appended again later.
    pub fn erasure_of(&self, digest: Digest) -> Result<Option<u64>, LedgerError> {
        let sql = "SELECT erased FROM contents WHERE digest = ?1";
        let found = self.query_one(sql, [digest.as_bytes()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(crate::entry::from_sql))
    }

    /// Returns contents whose retention has ended, each with the gate of the event that referred to it last.
    pub fn expired_contents(
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

    /// Returns the number of the first event at or after a time.
    pub fn first_since(&self, at_ms: u64) -> Result<Option<u64>, LedgerError> {
        let sql = "SELECT min(seq) FROM events WHERE at_ms >= ?1";
        let found = self.query_one(sql, [to_sql(at_ms)], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(crate::entry::from_sql))
    }

    fn assemble(&self, row: chain::EventRow) -> Result<StoredEvent, LedgerError> {
        let chain::EventRow { seq, at_ms, gate, body, hash, .. } = row;
        let unreadable = |reason: String| {
            let path = self.path.clone();
            LedgerError::Unreadable { path, seq, reason }
        };
        let body: EventBody =
            serde_json::from_str(&body).map_err(|error| unreadable(error.to_string()))?;
        let gate = gate.parse::<GateName>().map_err(|error| unreadable(error.to_string()))?;
        let EventBody { mut kind, contents, .. } = body;
        let mut erased = Vec::new();
        for content in &contents {
            match (self.content(content.digest)?, &mut kind) {
                (None, what) => {
                    erased.push(content.digest);
                    if let (
                        EventKind::Run(run),
                        AttachmentKind::Subject | AttachmentKind::MaskedSubject,
                    ) = (what, content.kind)
                    {
                        run.content = RetainedContent::Erased;
                    }
                }
                (Some(bytes), EventKind::Run(run)) => restore_content(run, content.kind, &bytes)
                    .map_err(|error| unreadable(format!("{}: {error}", content.digest)))?,
                (Some(_), _) => {}
            }
        }
        let event = Event { at_ms, gate, kind };
        Ok(StoredEvent { seq, hash, event, contents, erased })
    }
}

fn restore_content(
    run: &mut RunEvent,
    part: AttachmentKind,
    bytes: &[u8],
) -> serde_json::Result<()> {
    fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
        serde_json::from_slice(bytes)
    }
    match part {
        AttachmentKind::Subject => run.content = RetainedContent::Full(read(bytes)?),
        AttachmentKind::MaskedSubject => run.content = RetainedContent::Masked(read(bytes)?),
        AttachmentKind::Details => {
            let RunDetails { checks, reasons } = read(bytes)?;
            run.checks = checks;
            run.decision.reasons = reasons;
        }
        AttachmentKind::Release
        | AttachmentKind::Gate
        | AttachmentKind::Prompt
        | AttachmentKind::Other => {}
    }
    Ok(())
}
