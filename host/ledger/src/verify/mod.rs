//! Verifying: whether the ledger is what was recorded, and where it is not.
//!
//! A hash chain finds what was changed by whoever did not compute it anew. Against who did, and
//! against a tail that was cut off, there are checkpoints.

mod fault;
mod walk;

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use tollgate_model::{Digest, What};

pub use fault::{Fault, Field};
pub(crate) use walk::{Walk, beginning};

use crate::entry::{Body, Held, number, stored};
use crate::error::told;
use crate::{Checkpoint, Error, Row, View};

/// What was verified, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many events there are.
    pub events: u64,
    /// How many contents there are.
    pub contents: u64,
    /// How many checkpoints are signed by somebody who is trusted.
    pub checkpoints: u64,
    /// The last event's number and hash.
    pub head: Option<(u64, Digest)>,
    /// What is wrong: nothing, where all is well.
    pub faults: Vec<Fault>,
    /// How much more is wrong than can be told.
    pub faults_untold: u64,
}

impl Verified {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

impl View {
    /// Verifies events, contents and checkpoints: those of the ledger, and those that the caller
    /// has kept elsewhere. `trusts` is asked whether a checkpoint's signature over a message is
    /// that of a key that is trusted.
    pub fn verify(
        &self,
        kept: &[Checkpoint],
        trusts: impl Fn(&Checkpoint, &[u8]) -> bool,
    ) -> Result<Verified, Error> {
        // One snapshot for all of it, and a temporary table: a connection of its own.
        let view = Self::open(&self.path)?;
        let tell = |error: rusqlite::Error| told(&self.path, &error);
        view.connection.execute_batch(PREPARE).map_err(tell)?;
        let mut walk = beginning(self.id());
        let mut checkpoints = stored_checkpoints(&view.connection).map_err(tell)?;
        checkpoints.extend(
            kept.iter().filter(|kept| !checkpoints.contains(kept)).cloned().collect::<Vec<_>>(),
        );
        walk.expect(self.id(), &checkpoints, &trusts);
        let contents = contents(&view.connection, &mut walk);
        unless_unreadable(contents, &mut walk);
        let events = events(&view.connection, &mut walk);
        unless_unreadable(events, &mut walk);
        walk.end();
        let missing = missing(&view.connection, &mut walk);
        unless_unreadable(missing, &mut walk);
        Ok(walk.verified())
    }

    /// Whether the file's pages and indices are in order: what the database says that is not. This
    /// finds damage that no event is in.
    pub fn examine_pages(&self) -> Result<Vec<String>, Error> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<String>> {
            let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect()
        };
        let told = read(&self.connection).map_err(|error| told(&self.path, &error))?;
        Ok(told.into_iter().filter(|line| line != "ok").collect())
    }
}

/// Contents without their bytes are remembered, so that looking for one takes the index alone; what
/// an event holds and is not there waits for the event that erased it. Both on disk if need be.
const PREPARE: &str = "BEGIN;
CREATE TEMP TABLE gone (digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE missing (digest BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/// A damaged page ends the reading, and is told with the place.
fn unless_unreadable(done: rusqlite::Result<()>, walk: &mut Walk) {
    if let Err(error) = done {
        walk.fault(Fault::Unreadable { after: walk.last(), reason: error.to_string() });
    }
}

fn stored_checkpoints(connection: &Connection) -> rusqlite::Result<Vec<Checkpoint>> {
    let sql = "SELECT seq, at_ms, hash, key, signature FROM checkpoints ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(Checkpoint {
            seq: number(row.get(0)?),
            at_ms: number(row.get(1)?),
            // One that is no hash is the hash of no event.
            hash: Digest::from_bytes(row.get(2).unwrap_or_default()),
            key: row.get(3)?,
            signature: row.get(4)?,
        })
    })?;
    rows.collect()
}

fn events(connection: &Connection, walk: &mut Walk) -> rusqlite::Result<()> {
    let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(read) = crate::view::event(row) else {
            walk.see_unfit(number(row.get(0)?));
            continue;
        };
        held(connection, &read)?;
        walk.see(read);
    }
    Ok(())
}

/// As much of a body as is about contents.
#[derive(Deserialize)]
struct Holding {
    #[serde(default)]
    contents: Vec<Held>,
}

/// Whether what an event holds is there; what is not waits for being erased. A body that cannot be
/// read does not fit its hash either, and is told there.
fn held(connection: &Connection, row: &Row) -> rusqlite::Result<()> {
    let Ok(holding) = serde_json::from_str::<Holding>(&row.body) else { return Ok(()) };
    for held in holding.contents {
        let sql = "SELECT 1 FROM contents WHERE digest = ?1
            AND NOT EXISTS (SELECT 1 FROM temp.gone WHERE digest = ?1)";
        let mut there = connection.prepare_cached(sql)?;
        let there = there.query_row([held.digest.as_bytes()], |_| Ok(())).optional()?;
        if there.is_none() {
            let sql = "INSERT OR REPLACE INTO temp.missing (digest, seq) VALUES (?1, ?2)";
            let mut missing = connection.prepare_cached(sql)?;
            missing.execute(params![held.digest.as_bytes(), stored(row.seq)])?;
        }
    }
    let Ok(Body { what: What::Erasure(erasure), .. }) = erasure_of(row) else { return Ok(()) };
    for digest in erasure.contents {
        let mut missing =
            connection.prepare_cached("DELETE FROM temp.missing WHERE digest = ?1")?;
        missing.execute([digest.as_bytes()])?;
    }
    Ok(())
}

/// Most events are none, and are not read in full.
fn erasure_of(row: &Row) -> serde_json::Result<Body> {
    serde_json::from_str(if row.kind == "erasure" { &row.body } else { "" })
}

fn contents(connection: &Connection, walk: &mut Walk) -> rusqlite::Result<()> {
    let sql = "SELECT digest, bytes, erased IS NOT NULL FROM contents";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let digest = Digest::from_bytes(row.get(0).unwrap_or_default());
        let Some(bytes) = row.get_ref(1)?.as_blob_or_null().unwrap_or_default() else {
            let mut gone =
                connection.prepare_cached("INSERT OR IGNORE INTO temp.gone VALUES (?1)")?;
            gone.execute([digest.as_bytes()])?;
            continue;
        };
        walk.content_seen();
        if row.get::<_, bool>(2)? {
            walk.fault(Fault::ContentNotErased { digest });
        }
        if Digest::of(bytes) != digest {
            walk.fault(Fault::ContentChanged { digest });
        }
    }
    Ok(())
}

fn missing(connection: &Connection, walk: &mut Walk) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT digest, seq FROM temp.missing ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let digest = Digest::from_bytes(row.get(0)?);
        walk.fault(Fault::ContentMissing { seq: number(row.get(1)?), digest });
    }
    Ok(())
}
