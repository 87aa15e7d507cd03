//! Flipped bits in the files of a ledger: each is noticed, or changes nothing that is read.
//!
//! The files are the database of a ledger that was closed, and those that a killed process leaves: a write-ahead log with
//! the later events, and the head file. Noticed means that opening or verifying the ledger fails, or finds something. What is read is the export of all
//! events, the contents, the checkpoints and the projections, which are compared with the events. The head file is about
//! events, so a checkpoint that is the very last entry of the log can be lost: its copy elsewhere is what counts.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use tollgate_ledger::conformance::fixtures::{
    approved_run, claim, entry, incident, level, review, run, spend,
};
use tollgate_ledger::conformance::{erasure, sign, trusts};
use tollgate_ledger::{Ledger, LedgerError, LedgerReader};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::{Digest, EventKind, ReviewAction, Ruling};

/// Number of times that the events in the database are recorded. The more there are, the less of it is empty.
const DATABASE_ROUNDS: u32 = 10;
const SUFFIXES: [&str; 3] = ["", "-wal", "-head"];

/// Everything that a reader gets from a ledger.
#[derive(PartialEq, Eq)]
struct LedgerContent {
    export: Vec<u8>,
    contents: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    checkpoints: usize,
}

/// The files of a ledger, in the order of [`SUFFIXES`].
type LedgerFiles = [Vec<u8>; 3];

fn some_events(name: &str) -> Vec<EventKind> {
    let by = "Kim Osei";
    let contents = vec![Digest::of("none"), Digest::of(name)];
    vec![
        run(name, Ruling::Hold),
        claim(name, by, 9),
        review(name, by, ReviewAction::Approve),
        approved_run(name),
        run(&format!("{name} blocked"), Ruling::Block),
        spend(70, Some("autumn")),
        incident(name),
        level(3),
        erasure(contents),
    ]
}

/// Makes the files of a ledger that was closed, and those that a killed process leaves.
fn closed_and_killed() -> [LedgerFiles; 2] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let append = |ledger: &SqliteLedger, name: &str| {
        for kind in some_events(name) {
            ledger.append_blocking(entry(1, kind).into()).unwrap();
        }
        ledger.checkpoint(5, "a key", &sign).unwrap().unwrap();
        ledger.append_blocking(entry(2, incident("after the checkpoint")).into()).unwrap();
    };
    // A closed ledger has no log.
    let read = |suffix: &str| fs::read(format!("{}{suffix}", path.display())).unwrap_or_default();
    let ledger = SqliteLedger::open(&path).unwrap();
    (0..DATABASE_ROUNDS).for_each(|round| append(&ledger, &format!("in the database {round}")));
    ledger.close();
    let closed = SUFFIXES.map(read);
    let ledger = SqliteLedger::open(&path).unwrap();
    append(&ledger, "in the log");
    [closed, SUFFIXES.map(read)]
}

/// Reads everything, or returns `None` if something is noticed.
fn read_unless_noticed(path: &Path) -> Result<Option<LedgerContent>, LedgerError> {
    let reader = SqliteReader::open(path)?;
    let is_noticed = !reader.verify(&[], &trusts)?.is_sound()
        || !reader.check_projections()?.is_empty()
        || !reader.examine_storage()?.is_empty();
    if is_noticed {
        return Ok(None);
    }
    let mut export = Vec::new();
    reader.export(0, &mut export)?;
    let connection = Connection::open(path).unwrap();
    let mut statement =
        connection.prepare("SELECT digest, bytes FROM contents ORDER BY digest").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let contents = rows.collect::<Result<_, _>>().unwrap();
    let checkpoints = reader.checkpoints()?.len();
    Ok(Some(LedgerContent { export, contents, checkpoints }))
}

fn read_files(files: &LedgerFiles) -> Option<LedgerContent> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    for (suffix, bytes) in SUFFIXES.iter().zip(files) {
        fs::write(format!("{}{suffix}", path.display()), bytes).unwrap();
    }
    read_unless_noticed(&path).unwrap_or(None)
}

/// Flips one bit after the other, so many in all, and each in its turn in another of the three files.
fn flip_bits(flips: usize) {
    let ledgers = closed_and_killed();
    let sound = ledgers.each_ref().map(|files| read_files(files).expect("the files are sound"));
    let mut noticed = [0; 3];
    for flip in 0..flips {
        let file = flip % SUFFIXES.len();
        // The pages in the log hide most of those in the database.
        let ledger = usize::from(file > 0);
        let files = &ledgers[ledger];
        // Multiplying by a large prime spreads the places over the file.
        let bit = flip * 1_000_003 % (files[file].len() * 8);
        let mut damaged = files.clone();
        damaged[file][bit / 8] ^= 1 << (bit % 8);
        match read_files(&damaged) {
            None => noticed[file] += 1,
            Some(content) => assert!(
                content == sound[ledger],
                "bit {} of byte {} of `ledger.db{}` changes what is read, and nothing notices it",
                bit % 8,
                bit / 8,
                SUFFIXES[file]
            ),
        }
    }
    println!("noticed of {flips}: {noticed:?}");
    assert!(noticed.iter().all(|count| *count > 0), "{noticed:?}");
    assert_eq!(noticed[2], flips / SUFFIXES.len(), "every one in the head file");
}

#[test]
fn a_hundred_flipped_bits_are_noticed_or_change_nothing() {
    flip_bits(102);
}

#[test]
#[ignore = "takes minutes: run nightly"]
fn ten_thousand_flipped_bits_are_noticed_or_change_nothing() {
    flip_bits(10_002);
}
