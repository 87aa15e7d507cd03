//! Export of events as JSON lines that can be verified without the database.
//!
//! The first line names the ledger and the event after which the export starts. Every other line is one event.
//! Its `body` comes last, byte for byte as it was hashed. Contents are not part of an export.

use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::{Digest, decode_hex, encode_hex};

use crate::entry::to_sql;
use crate::error::database_error;
use crate::verify::{ChainWalk, LedgerFault, VerificationReport};
use crate::view::SqliteReader;
use crate::{Checkpoint, EventRow, LedgerError, chain};

/// A real event without its contents is far smaller. The limit keeps an endless line from filling the memory.
const LINE_BYTES_MAX: u64 = 128 << 20;

/// The first line of an export.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExportHeader {
    ledger: String,
    format: i64,
    after: u64,
    hash: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExportLine {
    seq: u64,
    at_ms: u64,
    gate: String,
    kind: String,
    hash: Digest,
    body: Box<RawValue>,
}

impl SqliteReader {
    /// Writes all events after the given number (0 for all) and returns how many were written.
    pub fn export(&self, after: u64, output: &mut impl Write) -> Result<u64, LedgerError> {
        let failed = |error: &io::Error| LedgerError::DiskFailure {
            path: self.path.clone(),
            reason: format!("the export cannot be written: {error}"),
        };
        self.write_export(after, output).map_err(|error| match error {
            ExportError::Database(error) => database_error(&self.path, &error),
            ExportError::Output(error) => failed(&error),
        })
    }

    fn write_export(&self, after: u64, to: &mut impl Write) -> Result<u64, ExportError> {
        // A single snapshot, so that events appended meanwhile do not end up in half of the export.
        let transaction = self.connection.unchecked_transaction()?;
        let genesis = chain::genesis_hash(self.id());
        let hash = if after == 0 {
            genesis
        } else {
            let sql = "SELECT hash FROM events WHERE seq = ?1";
            let hash = transaction.query_row(sql, [to_sql(after)], |row| row.get(0))?;
            Digest::from_bytes(hash)
        };
        let beginning =
            ExportHeader { ledger: encode_hex(self.id()), format: crate::FORMAT, after, hash };
        write_line(to, &beginning)?;
        let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events WHERE seq > ?1
            ORDER BY seq";
        let mut statement = transaction.prepare(sql)?;
        let mut rows = statement.query([to_sql(after)])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            let EventRow { seq, at_ms, gate, kind, body, hash } = crate::view::event_row(row)?;
            let body = RawValue::from_string(body).map_err(io::Error::from)?;
            write_line(to, &ExportLine { seq, at_ms, gate, kind, hash, body })?;
            count += 1;
        }
        to.flush()?;
        Ok(count)
    }
}

enum ExportError {
    Database(rusqlite::Error),
    Output(io::Error),
}

impl From<rusqlite::Error> for ExportError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

fn write_line(to: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    to.write_all(b"\n")
}

/// Verifies an export against the caller's checkpoints. An export that starts in the middle of the chain is
/// verified from there on. `trusts` decides whether a checkpoint's signature over a message counts.
pub fn verify_export(
    mut lines: impl BufRead,
    known_checkpoints: &[Checkpoint],
    trusts: impl Fn(&Checkpoint, &[u8]) -> bool,
) -> io::Result<VerificationReport> {
    let first = next_line(&mut lines)?.unwrap_or_default();
    let beginning: ExportHeader = serde_json::from_str(&first)?;
    let id = decode_hex(&beginning.ledger)
        .and_then(|id| id.try_into().ok())
        .ok_or_else(|| io::Error::other("the first line does not name a ledger"))?;
    let mut walk = ChainWalk::starting_after(beginning.after, beginning.hash);
    if beginning.after == 0 && beginning.hash != chain::genesis_hash(&id) {
        walk.report_fault(LedgerFault::ForeignStart);
    }
    walk.add_checkpoints(&id, known_checkpoints, &trusts);
    while let Some(line) = next_line(&mut lines)? {
        let Ok(ExportLine { seq, at_ms, gate, kind, hash, body }) = serde_json::from_str(&line)
        else {
            walk.report_fault(LedgerFault::Unreadable {
                after: walk.last_seq(),
                reason: "the line is not an event".into(),
            });
            break;
        };
        let body = body.get().to_owned();
        walk.visit(EventRow { seq, at_ms, gate, kind, body, hash });
    }
    walk.finish();
    Ok(walk.into_report())
}

fn next_line(lines: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = lines.by_ref().take(LINE_BYTES_MAX).read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}
