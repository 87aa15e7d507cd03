//! Events, put together again with those of their contents that are still there.

use rusqlite::{ToSql, params};
use serde::de::DeserializeOwned;
use tollgate_model::{Digest, Event, GateName, Kept, RunEvent, What};

use super::{View, rows};
use crate::entry::{Body, Details, stored};
use crate::{Error, Held, Part, chain};

/// Which events are wanted.
#[derive(Clone, Debug)]
pub struct EventsWanted {
    /// Those of one gate.
    pub gate: Option<GateName>,
    /// Those of one kind: [`What::kind`].
    pub kind: Option<String>,
    /// From where on.
    pub page: Page,
    /// How many at most.
    pub limit: u32,
}

/// From where on, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The oldest first, behind a number; behind 0 are all.
    After(u64),
    /// The newest first, before a number.
    Before(u64),
    /// The newest first, from the end on.
    Newest,
}

/// An event of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
    /// What happened. Of a run whose contents were erased, checks and reasons are empty.
    pub event: Event,
    /// The contents that it came with.
    pub contents: Vec<Held>,
    /// Those of them that are not there any more.
    pub erased: Vec<Digest>,
}

impl Page {
    /// The condition, the order, and the number that the condition is about.
    pub(super) fn sql(self) -> (&'static str, &'static str, i64) {
        match self {
            Self::After(seq) => ("seq > ?", "ASC", stored(seq)),
            Self::Before(seq) => ("seq < ?", "DESC", stored(seq)),
            Self::Newest => ("seq <= ?", "DESC", i64::MAX),
        }
    }
}

impl View {
    /// A page of events.
    pub fn events(&self, wanted: &EventsWanted) -> Result<Vec<Recorded>, Error> {
        let (condition, order, from) = wanted.page.sql();
        let gate = wanted.gate.as_ref().map(GateName::as_str);
        let kind = wanted.kind.as_deref();
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
        values.push(&wanted.limit);
        let found = self.many(&sql, &values[..], rows::event)?;
        found.into_iter().map(|row| self.put_together(row)).collect()
    }

    /// Everything that happened to a run, the oldest first: that it was judged, reviews, what it
    /// was edited to, what changed because of it.
    pub fn history(&self, run: Digest) -> Result<Vec<Recorded>, Error> {
        let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events WHERE seq IN
            (SELECT seq FROM runs WHERE run = ?1 UNION SELECT seq FROM mentions WHERE run = ?1)
            ORDER BY seq";
        let found = self.many(sql, [run.as_bytes()], rows::event)?;
        found.into_iter().map(|row| self.put_together(row)).collect()
    }

    /// The bytes of a content; nothing, where it was erased or never there.
    pub fn content(&self, digest: Digest) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT bytes FROM contents WHERE digest = ?1";
        Ok(self.one(sql, [digest.as_bytes()], |row| row.get(0))?.flatten())
    }

    /// The event that erased a content; nothing, where none did, or it came back later.
    pub fn erased_in(&self, digest: Digest) -> Result<Option<u64>, Error> {
        let sql = "SELECT erased FROM contents WHERE digest = ?1";
        let found = self.one(sql, [digest.as_bytes()], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(crate::entry::number))
    }

    /// Contents whose time is over, and the gate of the event that held them last.
    pub fn expired(&self, now_ms: u64, limit: u32) -> Result<Vec<(Digest, GateName)>, Error> {
        let sql = "SELECT digest, gate FROM contents JOIN events USING (seq)
            WHERE until_ms IS NOT NULL AND until_ms <= ?1 AND erased IS NULL
            ORDER BY until_ms LIMIT ?2";
        let read = |row: &rusqlite::Row<'_>| Ok((rows::digest(row, 0)?, rows::parsed(row, 1)?));
        self.many(sql, params![stored(now_ms), limit], read)
    }

    /// The first event at a moment or later; nothing, where there is none.
    pub fn first_since(&self, at_ms: u64) -> Result<Option<u64>, Error> {
        let sql = "SELECT min(seq) FROM events WHERE at_ms >= ?1";
        let found = self.one(sql, [stored(at_ms)], |row| row.get::<_, Option<i64>>(0))?;
        Ok(found.flatten().map(crate::entry::number))
    }

    fn put_together(&self, row: chain::Row) -> Result<Recorded, Error> {
        let chain::Row { seq, at_ms, gate, body, hash, .. } = row;
        let unreadable = |reason: String| {
            let path = self.path.clone();
            Error::Unreadable { path, seq, reason }
        };
        let body: Body =
            serde_json::from_str(&body).map_err(|error| unreadable(error.to_string()))?;
        let gate = gate.parse::<GateName>().map_err(|error| unreadable(error.to_string()))?;
        let Body { mut what, contents, .. } = body;
        let mut erased = Vec::new();
        for held in &contents {
            match (self.content(held.digest)?, &mut what) {
                (None, what) => {
                    erased.push(held.digest);
                    if let (What::Run(run), Part::Subject | Part::MaskedSubject) = (what, held.part)
                    {
                        run.content = Kept::Erased;
                    }
                }
                (Some(bytes), What::Run(run)) => put_back(run, held.part, &bytes)
                    .map_err(|error| unreadable(format!("{}: {error}", held.digest)))?,
                (Some(_), _) => {}
            }
        }
        let event = Event { at_ms, gate, what };
        Ok(Recorded { seq, hash, event, contents, erased })
    }
}

fn put_back(run: &mut RunEvent, part: Part, bytes: &[u8]) -> serde_json::Result<()> {
    fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
        serde_json::from_slice(bytes)
    }
    match part {
        Part::Subject => run.content = Kept::Full(read(bytes)?),
        Part::MaskedSubject => run.content = Kept::Masked(read(bytes)?),
        Part::Details => {
            let Details { checks, reasons } = read(bytes)?;
            run.checks = checks;
            run.decision.reasons = reasons;
        }
        Part::Release | Part::Gate | Part::Prompt | Part::Other => {}
    }
    Ok(())
}
