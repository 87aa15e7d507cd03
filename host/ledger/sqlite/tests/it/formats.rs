//! Ledgers of another format are refused before anything is written.

use std::{fs, thread};

use rusqlite::Connection;
use tollgate_ledger::conformance::fixtures::{
    approved_run, claim, entry, gate, reject, review, run,
};
use tollgate_ledger::{Ledger, LedgerError, LedgerReader};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::{Digest, ReviewAction, Ruling};

use crate::common::TestFile;

/// Version of the tables of this crate.
const TABLES: u32 = 3;
/// The tables of version 2 that version 3 defines differently.
const FORMER_TABLES: &str = "
CREATE TABLE queue (
    seq INTEGER PRIMARY KEY, run BLOB NOT NULL UNIQUE, gate TEXT NOT NULL, kind TEXT NOT NULL,
    since_ms INTEGER NOT NULL, subject BLOB NOT NULL, author TEXT, edited_from BLOB, claim_by TEXT,
    claim_until_ms INTEGER, approved_by TEXT NOT NULL, escalated INTEGER NOT NULL,
    state INTEGER NOT NULL, closed INTEGER
) STRICT;
CREATE INDEX queue_open ON queue (kind) WHERE closed IS NULL;
CREATE INDEX queue_gate ON queue (gate, kind) WHERE closed IS NULL;
CREATE INDEX queue_since ON queue (gate, kind, since_ms) WHERE closed IS NULL;
CREATE TABLE tracks (gate TEXT PRIMARY KEY, approved INTEGER NOT NULL, edited INTEGER NOT NULL,
    rejected INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
";

/// Creates a ledger with the tables of version 2, as the Tollgate of that time left it but for what its projections say.
fn former_ledger() -> TestFile {
    let world = TestFile::new();
    world.append(1, run("one", Ruling::Hold));
    world.append(2, run("two", Ruling::Hold));
    world.append(3, claim("two", "Kim Osei", 1_000));
    world.append(9_000, review("one", "Kim Osei", ReviewAction::Approve));
    world.append(9_000, approved_run("one"));
    world.ledger.close();
    let connection = Connection::open(world.path()).unwrap();
    let sql = "DROP TABLE queue; DROP TABLE cycles; DROP TABLE reviewers";
    connection.execute_batch(sql).unwrap();
    connection.execute_batch(FORMER_TABLES).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    world
}

/// Creates a ledger with one run, and makes it one of another format.
fn ledger_of_format(format: u32) -> TestFile {
    let world = TestFile::new();
    world.append(1, run("one", Ruling::Hold));
    world.ledger.close();
    let connection = Connection::open(world.path()).unwrap();
    connection.pragma_update(None, "user_version", format).unwrap();
    world
}

#[test]
fn refuses_a_newer_format() {
    let world = ledger_of_format(TABLES + 5);
    let error = SqliteLedger::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::NewerFormat { found: 8, .. }));
    assert!(error.to_string().contains("ledger.db` has ledger format 8"), "{error}");
    let error = SqliteReader::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::NewerFormat { found: 8, .. }));
}

#[test]
fn refuses_a_former_format_and_leaves_it_unchanged() {
    let world = ledger_of_format(1);
    let before = fs::read(world.path()).unwrap();
    let error = SqliteLedger::open(&world.path()).err().unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` has ledger format 1, but this Tollgate knows 3: export it with the version of Tollgate that \
             wrote it, and move it away to start a new ledger",
            world.path().display()
        )
    );
    let error = SqliteReader::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::FormerFormat { found: 1, .. }));
    assert_eq!(fs::read(world.path()).unwrap(), before);
}

#[test]
fn makes_the_projections_of_the_version_before_anew() {
    let world = former_ledger();
    let before = fs::read(world.path()).unwrap();
    let error = SqliteReader::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::FormerTables(_)), "{error}");
    assert_eq!(fs::read(world.path()).unwrap(), before, "a reader changes nothing");

    let ledger = SqliteLedger::open(&world.path()).unwrap();
    world.assert_sound();
    let cycles = world.reader().review_cycles(&gate()).unwrap();
    // The reviewer stated a second.
    assert_eq!(cycles.iter().map(|cycle| cycle.approval_ms).collect::<Vec<_>>(), [Some(1_000)]);
    let held = world.reader().queued_run(Digest::of("two")).unwrap().unwrap();
    assert_eq!(held.claim.unwrap().until_ms, 1_000);
    let rejected = entry(10_000, review("two", "Kim Osei", reject()));
    ledger.append_blocking(rejected.into()).unwrap();
    ledger.close();
    SqliteLedger::open(&world.path()).unwrap().close();
    world.assert_sound();
}

#[test]
fn several_who_open_the_version_before_at_once_find_it_upgraded() {
    let world = former_ledger();
    thread::scope(|scope| {
        let open = || SqliteLedger::open(&world.path()).unwrap().close();
        let opened: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        opened.into_iter().for_each(|opened| opened.join().unwrap());
    });
    world.assert_sound();
    assert_eq!(world.reader().review_cycles(&gate()).unwrap().len(), 1);
}

#[test]
fn records_nothing_once_a_newer_version_has_upgraded_the_tables() {
    let world = TestFile::new();
    world.append(1, run("one", Ruling::Hold));
    let other = Connection::open(world.path()).unwrap();
    other.pragma_update(None, "user_version", TABLES + 1).unwrap();
    let append = || world.ledger.append_blocking(entry(2, run("two", Ruling::Hold)).into());
    for refused in [append().map(|_| ()), world.ledger.rebuild()] {
        assert!(matches!(refused, Err(LedgerError::NewerFormat { found: 4, .. })), "{refused:?}");
    }
    other.pragma_update(None, "user_version", TABLES).unwrap();
    assert_eq!(append().unwrap().last, 2);
    world.assert_sound();
}

#[test]
fn refuses_other_definitions_of_the_version_before() {
    let world = former_ledger();
    let connection = Connection::open(world.path()).unwrap();
    let trigger = "CREATE TRIGGER quiet AFTER INSERT ON incidents BEGIN DELETE FROM incidents; END";
    connection.execute_batch(trigger).unwrap();
    drop(connection);
    let before = fs::read(world.path()).unwrap();
    let error = SqliteLedger::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::ForeignTables { .. }), "{error}");
    assert_eq!(fs::read(world.path()).unwrap(), before);
}

#[test]
fn an_interrupted_creation_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fs::write(&path, b"").unwrap();
    assert!(matches!(SqliteReader::open(&path), Err(LedgerError::NotALedger(_))));
    SqliteLedger::open(&path).unwrap().close();
    assert!(SqliteReader::open(&path).is_ok());
}
