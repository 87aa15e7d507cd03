//! Which contents there are, until when they are kept, and which were erased.

use rusqlite::params;
use tollgate_model::{Digest, Erasure};

use super::At;
use crate::entry::{Held, stored};

/// An event holds a content. Two that hold the same keep it as long as the longer of them; what
/// was erased and comes again is there again. Number 0 is a row that is made anew.
pub(crate) fn hold(at: At<'_>, held: &Held, bytes: Option<&[u8]>) -> rusqlite::Result<()> {
    let sql = "INSERT INTO contents (digest, seq, until_ms, bytes) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (digest) DO UPDATE SET seq = excluded.seq, erased = NULL,
        until_ms = CASE WHEN contents.erased IS NOT NULL OR contents.seq = 0 THEN excluded.until_ms
            WHEN contents.until_ms IS NULL OR excluded.until_ms IS NULL THEN NULL
            ELSE max(contents.until_ms, excluded.until_ms) END,
        bytes = coalesce(contents.bytes, excluded.bytes)";
    let until_ms = held.until_ms.map(stored);
    at.run(sql, params![held.digest.as_bytes(), at.seq, until_ms, bytes])?;
    Ok(())
}

/// Contents were erased. The bytes go when the event is recorded, not when it is read again: what
/// came back later is still there.
pub(crate) fn erased(at: At<'_>, erasure: &Erasure) -> rusqlite::Result<()> {
    for digest in &erasure.contents {
        let sql = "UPDATE contents SET erased = ?2 WHERE digest = ?1";
        at.run(sql, params![digest.as_bytes(), at.seq])?;
    }
    Ok(())
}

/// Takes the bytes away.
pub(crate) fn wipe(at: At<'_>, digests: &[Digest]) -> rusqlite::Result<()> {
    for digest in digests {
        at.run("UPDATE contents SET bytes = NULL WHERE digest = ?1", params![digest.as_bytes()])?;
    }
    Ok(())
}
