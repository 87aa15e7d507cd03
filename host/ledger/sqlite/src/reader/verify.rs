//! Verification of the events, contents and checkpoints in a file.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use tollgate_ledger::storage::{ChainWalk, EventBody};
use tollgate_ledger::{
    AttachmentRef, Checkpoint, EventRow, LedgerError, LedgerFault, RecordedHead, VerificationReport,
};
use tollgate_model::{Digest, EventKind};

use super::{SqliteReader, rows};
use crate::error::{database_error, error_reason};
use crate::head::{HeadError, find_fault, read_head};
use crate::in_place::is_linked;
use crate::number::{from_sql, to_sql};

impl SqliteReader {
    pub(super) fn verify(
        &self,
        known_checkpoints: &[Checkpoint],
        trusts: &dyn Fn(&Checkpoint, &[u8]) -> bool,
    ) -> Result<VerificationReport, LedgerError> {
        // The head file is read first, because what is recorded meanwhile may be missing in it, but not in the ledger.
        let recorded = read_head(&self.path);
        // A separate connection, because everything is read in one snapshot and needs temporary tables.
        let reader = self.open_bounded()?;
        let to_error = |error: rusqlite::Error| database_error(&self.path, &error);
        reader.connection.execute_batch(CREATE_TEMP_TABLES).map_err(to_error)?;
        let mut walk = ChainWalk::from_genesis(&self.id);
        let mut checkpoints = stored_checkpoints(&reader.connection).map_err(to_error)?;
        checkpoints.extend(
            known_checkpoints
                .iter()
                .filter(|checkpoint| !checkpoints.contains(checkpoint))
                .cloned()
                .collect::<Vec<_>>(),
        );
        walk.add_checkpoints(&self.id, &checkpoints, trusts);
        // Contents come first, because checking an event needs to know which contents have no bytes.
        let contents = verify_contents(&reader.connection, &mut walk);
        report_unreadable(contents, &mut walk);
        let events = verify_events(&reader.connection, &mut walk);
        report_unreadable(events, &mut walk);
        walk.finish();
        let missing = report_missing_contents(&reader.connection, &mut walk);
        report_unreadable(missing, &mut walk);
        let recorded = reader.compare_with_head(recorded, &mut walk)?;
        if is_linked(&self.path) {
            walk.report_fault(LedgerFault::Linked(self.path.clone()));
        }
        let mut report = walk.into_report();
        report.recorded_head = recorded;
        Ok(report)
    }

    /// Compares the ledger with its head file, and returns what that says, if it can be read.
    fn compare_with_head(
        &self,
        recorded: Result<Option<RecordedHead>, HeadError>,
        walk: &mut ChainWalk,
    ) -> Result<Option<RecordedHead>, LedgerError> {
        let recorded = match recorded {
            Err(HeadError::Fault(fault)) => {
                walk.report_fault(fault.into());
                return Ok(None);
            }
            recorded => recorded.map_err(|error| error.to_ledger_error(&self.path))?,
        };
        if let Some(recorded) = &recorded {
            let found = find_fault(&self.connection, &self.id, recorded);
            let reported = found
                .map(|fault| fault.into_iter().for_each(|fault| walk.report_fault(fault.into())));
            report_unreadable(reported, walk);
        }
        Ok(recorded)
    }

    pub(super) fn checkpoints(&self) -> Result<Vec<Checkpoint>, LedgerError> {
        stored_checkpoints(&self.connection).map_err(|error| database_error(&self.path, &error))
    }

    pub(super) fn examine_storage(&self) -> Result<Vec<String>, LedgerError> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<String>> {
            let mut statement = connection.prepare("PRAGMA integrity_check(100)")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect()
        };
        let reader = self.open_bounded()?;
        let complaints =
            read(&reader.connection).map_err(|error| database_error(&self.path, &error))?;
        Ok(complaints.into_iter().filter(|line| line != "ok").collect())
    }
}

/// `gone` has the contents without bytes, so that later lookups need the index only. `missing` has contents that
/// an event refers to and that do not exist, until an erasure is found. Both may spill to disk.
const CREATE_TEMP_TABLES: &str = "BEGIN;
CREATE TEMP TABLE gone (digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE missing (digest BLOB PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/// Reports a damaged page, which ends the reading, as a fault with its place.
fn report_unreadable(done: rusqlite::Result<()>, walk: &mut ChainWalk) {
    if let Err(error) = done {
        walk.report_fault(LedgerFault::Unreadable {
            after: walk.last_seq(),
            reason: error_reason(&error),
        });
    }
}

fn stored_checkpoints(connection: &Connection) -> rusqlite::Result<Vec<Checkpoint>> {
    let sql = "SELECT seq, at_ms, hash, key, signature FROM checkpoints ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| {
        Ok(Checkpoint {
            seq: from_sql(row.get(0)?),
            at_ms: from_sql(row.get(1)?),
            // A malformed hash matches no event, so it is reported as a mismatch.
            hash: Digest::from_bytes(row.get(2).unwrap_or_default()),
            key: row.get(3)?,
            signature: row.get(4)?,
        })
    })?;
    rows.collect()
}

fn verify_events(connection: &Connection, walk: &mut ChainWalk) -> rusqlite::Result<()> {
    let sql = "SELECT seq, at_ms, gate, kind, body, hash FROM events ORDER BY seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(read) = rows::event_row(row) else {
            walk.visit_malformed(from_sql(row.get(0)?));
            continue;
        };
        find_missing_contents(connection, &read)?;
        walk.visit(read);
    }
    Ok(())
}

/// The part of an event's body that concerns contents.
#[derive(Deserialize)]
struct ContentRefs {
    #[serde(default)]
    contents: Vec<AttachmentRef>,
}

/// Checks that the contents of an event exist, and notes the missing ones until their erasure is found. An
/// unreadable body does not match its hash either, and is reported there.
fn find_missing_contents(connection: &Connection, row: &EventRow) -> rusqlite::Result<()> {
    let Ok(refs) = serde_json::from_str::<ContentRefs>(&row.body) else { return Ok(()) };
    for content in refs.contents {
        let sql = "SELECT 1 FROM contents WHERE digest = ?1
            AND NOT EXISTS (SELECT 1 FROM temp.gone WHERE digest = ?1)";
        let mut found = connection.prepare_cached(sql)?;
        let row_found = found.query_row([content.digest.as_bytes()], |_| Ok(())).optional()?;
        if row_found.is_none() {
            // The last event that refers to the content is the one that is reported.
            let sql = "INSERT OR REPLACE INTO temp.missing (digest, seq) VALUES (?1, ?2)";
            let mut missing = connection.prepare_cached(sql)?;
            missing.execute(params![content.digest.as_bytes(), to_sql(row.seq)])?;
        }
    }
    let Ok(EventBody { event: EventKind::Erasure(erasure), .. }) = parse_erasure(row) else {
        return Ok(());
    };
    for digest in erasure.contents {
        let mut missing =
            connection.prepare_cached("DELETE FROM temp.missing WHERE digest = ?1")?;
        missing.execute([digest.as_bytes()])?;
    }
    Ok(())
}

/// Parses the body of an erasure. Other events are skipped without being parsed in full.
fn parse_erasure(row: &EventRow) -> serde_json::Result<EventBody> {
    serde_json::from_str(if row.kind == "erasure" { &row.body } else { "" })
}

fn verify_contents(connection: &Connection, walk: &mut ChainWalk) -> rusqlite::Result<()> {
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
        walk.count_content();
        if row.get::<_, bool>(2)? {
            walk.report_fault(LedgerFault::ContentNotErased { digest });
        }
        if Digest::of(bytes) != digest {
            walk.report_fault(LedgerFault::ContentChanged { digest });
        }
    }
    Ok(())
}

fn report_missing_contents(connection: &Connection, walk: &mut ChainWalk) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT digest, seq FROM temp.missing ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let digest = Digest::from_bytes(row.get(0)?);
        walk.report_fault(LedgerFault::ContentMissing { seq: from_sql(row.get(1)?), digest });
    }
    Ok(())
}
