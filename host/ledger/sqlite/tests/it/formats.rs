//! Ledgers of another format are refused before anything is written.

use std::fs;

use rusqlite::Connection;
use tollgate_ledger::conformance::fixtures::run;
use tollgate_ledger::{FORMAT, Ledger, LedgerError};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::Ruling;

use crate::common::TestFile;

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
    let world = ledger_of_format(FORMAT + 5);
    let error = SqliteLedger::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::NewerFormat { found: 7, .. }));
    assert!(error.to_string().contains("ledger.db` has ledger format 7"), "{error}");
    let error = SqliteReader::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::NewerFormat { found: 7, .. }));
}

#[test]
fn refuses_a_former_format_and_leaves_it_unchanged() {
    let world = ledger_of_format(1);
    let before = fs::read(world.path()).unwrap();
    let error = SqliteLedger::open(&world.path()).err().unwrap();
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` has ledger format 1, but this Tollgate knows 2: export it with the version of Tollgate that \
             wrote it, and move it away to start a new ledger",
            world.path().display()
        )
    );
    let error = SqliteReader::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::FormerFormat { found: 1, .. }));
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
