//! Export of events as JSON lines that can be verified without the database.
//!
//! The first line names the ledger and the event after which the export starts. Every other line is one event.
//! Its `body` comes last, byte for byte as it was hashed. Contents are not part of an export.

use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::{Digest, decode_hex, encode_hex, rfc3339};

use crate::verify::{ChainWalk, LedgerFault, VerificationReport};
use crate::{Checkpoint, EventRow, FORMAT, chain};

/// A real event without its contents is far smaller. The limit keeps an endless line from filling the memory.
const LINE_BYTES_MAX: u64 = 128 << 20;

/// The reason why an export cannot be verified at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    #[error("cannot read the export: {0}")]
    Unreadable(#[from] io::Error),
    #[error("the first line does not name a ledger: {0}")]
    NotAnExport(String),
    /// Events of another format are hashed differently.
    #[error(
        "the export has ledger format {found}, but this Tollgate knows {FORMAT}: verify it with the version of \
         Tollgate that wrote it"
    )]
    OtherFormat { found: u32 },
}

/// The first line of an export.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExportHeader {
    ledger: String,
    format: u32,
    after: u64,
    hash: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExportLine {
    seq: u64,
    #[serde(rename = "at", with = "rfc3339")]
    at_ms: u64,
    gate: String,
    kind: String,
    hash: Digest,
    body: Box<RawValue>,
}

/// Writes an export line by line.
pub struct ExportWriter<W> {
    output: W,
    events: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Writes the first line. `hash` is that of event `after`, or the genesis hash if `after` is 0.
    pub fn start(mut output: W, ledger: &[u8; 16], after: u64, hash: Digest) -> io::Result<Self> {
        let header = ExportHeader { ledger: encode_hex(ledger), format: FORMAT, after, hash };
        write_line(&mut output, &header)?;
        Ok(Self { output, events: 0 })
    }

    /// Writes the next event.
    pub fn write(&mut self, row: EventRow) -> io::Result<()> {
        let EventRow { seq, at_ms, gate, kind, body, hash } = row;
        let body = RawValue::from_string(body)?;
        write_line(&mut self.output, &ExportLine { seq, at_ms, gate, kind, hash, body })?;
        self.events += 1;
        Ok(())
    }

    /// Flushes the output and returns the number of events written.
    pub fn finish(mut self) -> io::Result<u64> {
        self.output.flush()?;
        Ok(self.events)
    }
}

fn write_line(output: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *output, line)?;
    output.write_all(b"\n")
}

/// Verifies an export against the caller's checkpoints. An export that starts in the middle of the chain is
/// verified from there on. `trusts` decides whether a checkpoint's signature over a message counts.
pub fn verify_export(
    mut lines: impl BufRead,
    known_checkpoints: &[Checkpoint],
    trusts: impl Fn(&Checkpoint, &[u8]) -> bool,
) -> Result<VerificationReport, ExportError> {
    let first = next_line(&mut lines)?.unwrap_or_default();
    let beginning = read_header(&first)?;
    let id = decode_hex(&beginning.ledger)
        .and_then(|id| id.try_into().ok())
        .ok_or_else(|| ExportError::NotAnExport(format!("`{}` is not an id", beginning.ledger)))?;
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

fn read_header(line: &str) -> Result<ExportHeader, ExportError> {
    /// The one member that headers of all formats have.
    #[derive(Deserialize)]
    struct HeaderFormat {
        format: u32,
    }
    match serde_json::from_str(line) {
        Ok(HeaderFormat { format: found }) if found != FORMAT => {
            Err(ExportError::OtherFormat { found })
        }
        _ => {
            serde_json::from_str(line).map_err(|error| ExportError::NotAnExport(error.to_string()))
        }
    }
}

fn next_line(lines: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    let read = lines.by_ref().take(LINE_BYTES_MAX).read_line(&mut line)?;
    Ok((read > 0).then_some(line))
}
