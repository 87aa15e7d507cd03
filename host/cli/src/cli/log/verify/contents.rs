//! Verifies the contents of an export: one file each, named by its SHA-256. Each content of an event has to be
//! present unless a later event erased it.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;
use tollgate_ledger::{AttachmentRef, LedgerFault, VerificationReport};
use tollgate_model::{Digest, ErasureEvent};

use crate::files;

/// The members of an exported event that concern contents.
#[derive(Deserialize)]
struct ExportedEvent {
    seq: u64,
    body: ExportedBody,
}

#[derive(Deserialize)]
struct ExportedBody {
    event: ExportedKind,
    #[serde(default)]
    contents: Vec<AttachmentRef>,
}

#[derive(Deserialize)]
struct ExportedKind {
    erasure: Option<ErasureEvent>,
}

/// Adds faults of contents to the verification result.
pub(super) fn verify_contents(
    lines: impl BufRead,
    folder: &Path,
    verified: &mut VerificationReport,
) -> anyhow::Result<()> {
    for (digest, seq) in expected_contents(lines)? {
        let path = folder.join(digest.hex());
        if !path.is_file() {
            verified.faults.push(LedgerFault::ContentMissing { seq, digest });
            continue;
        }
        verified.contents += 1;
        if Digest::of(files::read(&path)?) != digest {
            verified.faults.push(LedgerFault::ContentChanged { digest });
        }
    }
    Ok(())
}

/// Returns the contents that have to be present, each with the last event that refers to it. Skips invalid lines,
/// because verifying the events has already reported them.
fn expected_contents(lines: impl BufRead) -> anyhow::Result<BTreeMap<Digest, u64>> {
    let mut expected = BTreeMap::new();
    for line in lines.lines() {
        let Ok(ExportedEvent { seq, body }) = serde_json::from_str(&line?) else { continue };
        for digest in body.event.erasure.iter().flat_map(|erasure| &erasure.contents) {
            expected.remove(digest);
        }
        expected.extend(body.contents.iter().map(|attachment| (attachment.digest, seq)));
    }
    Ok(expected)
}
