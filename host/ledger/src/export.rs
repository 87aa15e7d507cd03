//! Events as JSON lines that can be verified without the database.
//!
//! The first line says which ledger it is and behind which event the others begin. Each other line
//! is an event; its `body` stands last, byte for byte as it was hashed.

use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::{Digest, hex, unhex};

use crate::entry::stored;
use crate::error::told;
use crate::verify::{Fault, Verified, Walk};
use crate::view::View;
use crate::{Checkpoint, Error, Row, chain};

/// An event without its contents has far less; a line without an end must not fill the memory.
const LINE_BYTES_MAX: u64 = 128 << 20;

/// Which ledger, and where the events begin.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Beginning {
    ledger: String,
    format: i64,
    after: u64,
    hash: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Line {
    seq: u64,
    at_ms: u64,
    gate: String,
    kind: String,
    hash: Digest,
    body: Box<RawValue>,
}

impl View {
    /// Writes the events behind a number, behind 0 all. Tells how many.
    pub fn export(&self, after: u64, to: &mut impl Write) -> Result<u64, Error> {
        let failed = |error: &io::Error| Error::Disk {
            path: self.path.clone(),
            reason: format!("the export cannot be written: {error}"),
        };
        self.write_export(after, to).map_err(|error| match error {
            Failed::Database(error) => told(&self.path, &error),
            Failed::Output(error) => failed(&error),
        })
    }

    fn write_export(&self, after: u64, to: &mut impl Write) -> Result<u64, Failed> {
        let transaction = self.connection.unchecked_transaction()?;
        let genesis = chain::genesis(self.id());
        let hash = if after == 0 {
            genesis
        } else {
            let sql = "SELECT hash FROM events WHERE seq = ?1";
            let hash = transaction.query_row(sql, [stored(after)], |row| row.get(0))?;
            Digest::from_bytes(hash)
        };
        let beginning = Beginning { ledger: hex(self.id()), format: crate::FORMAT, after, hash };
        write_line(to, &beginning)?;
        let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events WHERE seq > ?1
            ORDER BY seq";
        let mut statement = transaction.prepare(sql)?;
        let mut rows = statement.query([stored(after)])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let Row { seq, at_ms, gate, kind, body, hash } = crate::view::event(row)?;
            let body = RawValue::from_string(body).map_err(io::Error::from)?;
            write_line(to, &Line { seq, at_ms, gate, kind, hash, body })?;
            count += 1;
        }
        to.flush()?;
        Ok(count)
    }
}

enum Failed {
    Database(rusqlite::Error),
    Output(io::Error),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn write_line(to: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    to.write_all(b"\n")
}

/// Verifies exported lines, with the checkpoints that the caller has. Lines that begin behind
/// another event than the first are verified from there on.
pub fn verify_lines(
    mut lines: impl BufRead,
    kept: &[Checkpoint],
    trusts: impl Fn(&Checkpoint, &[u8]) -> bool,
) -> io::Result<Verified> {
    let first = next_line(&mut lines)?.unwrap_or_default();
    let beginning: Beginning = serde_json::from_str(&first)?;
    let id = unhex(&beginning.ledger)
        .and_then(|id| id.try_into().ok())
        .ok_or_else(|| io::Error::other("the first line names no ledger"))?;
    let mut walk = Walk::behind(beginning.after, beginning.hash);
    if beginning.after == 0 && beginning.hash != chain::genesis(&id) {
        walk.fault(Fault::OtherBeginning);
    }
    walk.expect(&id, kept, &trusts);
    while let Some(line) = next_line(&mut lines)? {
        let Ok(Line { seq, at_ms, gate, kind, hash, body }) = serde_json::from_str(&line) else {
            walk.fault(Fault::Unreadable {
                after: walk.last(),
                reason: "the line is no event".into(),
            });
            break;
        };
        let body = body.get().to_owned();
        walk.see(Row { seq, at_ms, gate, kind, body, hash });
    }
    walk.end();
    Ok(walk.verified())
}

fn next_line(lines: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = lines.by_ref().take(LINE_BYTES_MAX).read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}
