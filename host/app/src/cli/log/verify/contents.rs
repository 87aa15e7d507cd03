//! The contents of an export: a file for each, called as its SHA-256. What an event holds has to be
//! there, unless a later one erased it.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

use serde::Deserialize;
use tollgate_ledger::{Fault, Held, Verified};
use tollgate_model::{Digest, Erasure};

use crate::files;

/// As much of an exported event as is about contents.
#[derive(Deserialize)]
struct Line {
    seq: u64,
    body: Body,
}

#[derive(Deserialize)]
struct Body {
    what: What,
    #[serde(default)]
    contents: Vec<Held>,
}

#[derive(Deserialize)]
struct What {
    erasure: Option<Erasure>,
}

/// Adds what is wrong with contents to what was verified.
pub(super) fn verify(
    lines: impl BufRead,
    folder: &Path,
    verified: &mut Verified,
) -> anyhow::Result<()> {
    for (digest, seq) in wanted(lines)? {
        let path = folder.join(digest.hex());
        if !path.is_file() {
            verified.faults.push(Fault::ContentMissing { seq, digest });
            continue;
        }
        verified.contents += 1;
        if Digest::of(files::read(&path)?) != digest {
            verified.faults.push(Fault::ContentChanged { digest });
        }
    }
    Ok(())
}

/// What has to be there, and the event that held it last. A line that is no event has been told
/// already.
fn wanted(lines: impl BufRead) -> anyhow::Result<BTreeMap<Digest, u64>> {
    let mut wanted = BTreeMap::new();
    for line in lines.lines() {
        let Ok(Line { seq, body }) = serde_json::from_str(&line?) else { continue };
        for digest in body.what.erasure.iter().flat_map(|erasure| &erasure.contents) {
            wanted.remove(digest);
        }
        wanted.extend(body.contents.iter().map(|held| (held.digest, seq)));
    }
    Ok(wanted)
}
