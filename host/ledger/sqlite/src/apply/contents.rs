//! The projection of contents: which exist, how long they are kept, and which were erased.

use rusqlite::params;
use tollgate_ledger::AttachmentRef;
use tollgate_model::{Digest, ErasureEvent};

use super::AppliedEvent;
use crate::number::to_sql;

/// Records that an event refers to a content. Two events with the same content keep it until the later of
/// their ends, and an erased content that is appended again exists again. `seq` 0 marks a row during a rebuild.
pub(crate) fn retain_content(
    at: AppliedEvent<'_>,
    content: &AttachmentRef,
    bytes: Option<&[u8]>,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO contents (digest, seq, until_ms, bytes) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (digest) DO UPDATE SET seq = excluded.seq, erased = NULL,
        until_ms = CASE WHEN contents.erased IS NOT NULL OR contents.seq = 0 THEN excluded.until_ms
            WHEN contents.until_ms IS NULL OR excluded.until_ms IS NULL THEN NULL
            ELSE max(contents.until_ms, excluded.until_ms) END,
        bytes = coalesce(contents.bytes, excluded.bytes)";
    let until_ms = content.until_ms.map(to_sql);
    at.execute(sql, params![content.digest.as_bytes(), at.seq, until_ms, bytes])?;
    Ok(())
}

/// Marks contents as erased. Their bytes are removed by [`remove_bytes`] when the erasure is appended, but not in a
/// rebuild, because the same content may have been appended again since.
pub(crate) fn mark_erased(at: AppliedEvent<'_>, erasure: &ErasureEvent) -> rusqlite::Result<()> {
    for digest in &erasure.contents {
        let sql = "UPDATE contents SET erased = ?2 WHERE digest = ?1";
        at.execute(sql, params![digest.as_bytes(), at.seq])?;
    }
    Ok(())
}

/// Removes the bytes of contents. SQLite overwrites them (`secure_delete`).
pub(crate) fn remove_bytes(at: AppliedEvent<'_>, digests: &[Digest]) -> rusqlite::Result<()> {
    for digest in digests {
        at.execute(
            "UPDATE contents SET bytes = NULL WHERE digest = ?1",
            params![digest.as_bytes()],
        )?;
    }
    Ok(())
}
