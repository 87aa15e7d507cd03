//! Files that define something else than a ledger does are refused, and what they define does nothing.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rusqlite::Connection;
use tollgate_ledger::conformance::fixtures::{entry, incident, run};
use tollgate_ledger::{Ledger, LedgerError, LedgerReader};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::Ruling;

use crate::common::TestFile;

/// Creates a ledger with one run and closes it.
fn closed_ledger() -> TestFile {
    let world = TestFile::new();
    world.append(1, run("one", Ruling::Hold));
    world.ledger.close();
    world
}

fn opening_errors(path: &Path) -> [LedgerError; 2] {
    [SqliteReader::open(path).err().unwrap(), SqliteLedger::open(path).err().unwrap()]
}

#[test]
fn names_the_first_definition_that_differs() {
    let cases = [
        (
            "CREATE TRIGGER quiet AFTER INSERT ON incidents BEGIN DELETE FROM incidents; END",
            "trigger `quiet` does not belong to it",
        ),
        ("CREATE TABLE notes (text)", "table `notes` does not belong to it"),
        ("CREATE INDEX spent ON days (spent)", "index `spent` does not belong to it"),
        ("DROP INDEX runs_gate", "index `runs_gate` is missing"),
        ("DROP TABLE campaigns", "table `campaigns` is missing"),
        ("ALTER TABLE days RENAME COLUMN spent TO spend", "table `days` is defined differently"),
        (
            "DROP TABLE contents; CREATE VIEW contents AS WITH RECURSIVE endless (id) AS
             (SELECT 1 UNION ALL SELECT id + 1 FROM endless)
             SELECT id, zeroblob(32) AS digest, 1 AS seq, NULL AS until_ms, NULL AS erased,
             NULL AS bytes FROM endless",
            "view `contents` does not belong to it",
        ),
        (
            "ANALYZE; PRAGMA writable_schema = ON; UPDATE sqlite_schema
             SET sql = 'CREATE TABLE sqlite_stat1(tbl,idx,stat,note)' WHERE name = 'sqlite_stat1'",
            "table `sqlite_stat1` does not belong to it",
        ),
        ("INSERT INTO ledger VALUES (zeroblob(16))", "table `ledger` has more than one row"),
        ("DELETE FROM ledger", "table `ledger` has no row"),
    ];
    for (sql, expected) in cases {
        let world = closed_ledger();
        let connection = Connection::open(world.path()).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let before = fs::read(world.path()).unwrap();
        for error in opening_errors(&world.path()) {
            let LedgerError::ForeignTables { difference, .. } = error else { panic!("{error}") };
            assert_eq!(difference, expected, "{sql}");
        }
        assert_eq!(fs::read(world.path()).unwrap(), before, "{sql}");
    }
}

#[test]
fn statistics_of_sqlite_are_no_difference() {
    let world = closed_ledger();
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("ANALYZE").unwrap();
    let sql = "SELECT group_concat(name) FROM sqlite_schema WHERE name LIKE 'sqlite_stat%'";
    let added: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(added, "sqlite_stat1,sqlite_stat4");
    drop(connection);
    let ledger = SqliteLedger::open(&world.path()).unwrap();
    ledger.append_blocking(entry(2, run("two", Ruling::Hold)).into()).unwrap();
    ledger.close();
    world.assert_sound();
}

#[test]
fn a_flipped_byte_in_a_definition_is_found() {
    let world = closed_ledger();
    let mut bytes = fs::read(world.path()).unwrap();
    let column = b"rolled_back";
    let at = bytes.windows(column.len()).position(|window| window == column).unwrap();
    bytes[at] ^= 1;
    fs::write(world.path(), bytes).unwrap();
    for error in opening_errors(&world.path()) {
        let LedgerError::ForeignTables { difference, .. } = error else { panic!("{error}") };
        assert_eq!(difference, "table `days` is defined differently");
    }
}

#[test]
fn what_is_defined_while_a_ledger_is_open_does_nothing() {
    let world = TestFile::new();
    world.append(1, run("one", Ruling::Hold));
    let connection = Connection::open(world.path()).unwrap();
    let trigger = "CREATE TRIGGER quiet AFTER INSERT ON incidents BEGIN DELETE FROM incidents; END";
    connection.execute_batch(trigger).unwrap();
    world.append(2, incident("sent twice"));
    let count = "SELECT count(*) FROM incidents";
    assert_eq!(connection.query_row(count, [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

/// Size of the pages of a ledger, SQLite's default.
const PAGE_BYTES: usize = 4096;

/// Returns the first bytes of a page of a table that has many references to the same page below it.
fn page_of_references(child: u32) -> Vec<u8> {
    const REFERENCES: u16 = 100;
    const HEADER_BYTES: u16 = 12;
    /// The number of a page, and a key of one byte.
    const CELL_BYTES: u16 = 5;
    let begin = HEADER_BYTES + 2 * REFERENCES;
    let mut page = vec![5, 0, 0];
    page.extend(REFERENCES.to_be_bytes());
    page.extend(begin.to_be_bytes());
    page.push(0);
    page.extend(child.to_be_bytes());
    page.extend((0..REFERENCES).flat_map(|at| (begin + at * CELL_BYTES).to_be_bytes()));
    page.extend((0..REFERENCES).flat_map(|_| [&child.to_be_bytes()[..], &[1]].concat()));
    page
}

#[test]
fn gives_up_rows_that_never_end() {
    const LEVELS: u32 = 6;
    let world = closed_ledger();
    let connection = Connection::open(world.path()).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'runs'";
    let root: u32 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    drop(connection);
    let mut bytes = fs::read(world.path()).unwrap();
    let pages = u32::try_from(bytes.len() / PAGE_BYTES).unwrap();
    let leaf = bytes[(root as usize - 1) * PAGE_BYTES..][..PAGE_BYTES].to_vec();
    // Each page leads a hundred times to the next one, and the last one to the only row.
    for level in 1..LEVELS {
        let mut page = page_of_references(pages + level + 1);
        page.resize(PAGE_BYTES, 0);
        bytes.extend(page);
    }
    bytes.extend(leaf);
    fs::write(world.path(), bytes).unwrap();
    let file = OpenOptions::new().write(true).open(world.path()).unwrap();
    let references = page_of_references(pages + 1);
    file.write_all_at(&references, u64::from(root - 1) * PAGE_BYTES as u64).unwrap();
    file.write_all_at(&(pages + LEVELS).to_be_bytes(), 28).unwrap();
    let reader = SqliteReader::open(&world.path()).unwrap();
    let error = reader.check_projections().unwrap_err();
    assert!(matches!(error, LedgerError::Corrupt { .. }), "{error}");
    assert!(error.to_string().contains("its pages lead back to each other"), "{error}");
    let complaints = reader.examine_storage().unwrap_or_else(|error| vec![error.to_string()]);
    assert_ne!(complaints, [""; 0]);
}
