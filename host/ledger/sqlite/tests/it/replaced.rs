//! A ledger that was cut off, replaced, moved or deleted is noticed, while it is closed and while it is open.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use tollgate_ledger::conformance::fixtures::{assert_sound, entry, run};
use tollgate_ledger::conformance::sign;
use tollgate_ledger::{
    HeadFault, HeadMismatch, Ledger, LedgerError, LedgerFault, LedgerReader, RecordedHead,
    VerificationReport,
};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::Ruling;

use crate::common::TestFile;

/// Size of the header of a write-ahead log, and of that of each frame in it.
const LOG_HEADER_BYTES: u64 = 32;
const FRAME_HEADER_BYTES: u64 = 24;

fn beside(ledger: &Path, suffix: &str) -> PathBuf {
    format!("{}{suffix}", ledger.display()).into()
}

/// Appends so many runs, each with a name that no other has.
fn append(ledger: &SqliteLedger, count: u64) {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    for _ in 0..count {
        let number = RUNS.fetch_add(1, Ordering::Relaxed);
        let entry = entry(number, run(&format!("run {number}"), Ruling::Hold));
        ledger.append_blocking(entry.into()).unwrap();
    }
}

/// Creates a ledger with so many events and closes it.
fn closed_ledger(events: u64) -> TestFile {
    let world = TestFile::new();
    append(&world.ledger, events);
    world.ledger.close();
    world
}

fn verify(path: &Path) -> VerificationReport {
    SqliteReader::open(path).unwrap().verify(&[], &|_, _| true).unwrap()
}

/// Asserts that a ledger can be read, that verifying it finds the fault, and that it cannot be written. Returns the
/// message.
fn assert_refused(path: &Path, expected: &HeadFault) -> String {
    let before = fs::read(path).unwrap();
    assert_eq!(verify(path).faults, [LedgerFault::Head(expected.clone())]);
    let error = SqliteLedger::open(path).err().unwrap();
    let LedgerError::HeadMismatch(HeadMismatch { fault, .. }) = &error else { panic!("{error}") };
    assert_eq!(fault, expected);
    let read = SqliteReader::open(path).unwrap().require_recorded_head().unwrap_err();
    assert_eq!(read.to_string(), error.to_string(), "a reader tells the same");
    assert_eq!(fs::read(path).unwrap(), before, "a refused ledger is not written");
    error.to_string()
}

#[test]
fn refuses_an_older_copy_until_the_loss_is_accepted() {
    let world = closed_ledger(4);
    let path = world.path();
    let older = fs::read(&path).unwrap();
    let ledger = SqliteLedger::open(&path).unwrap();
    append(&ledger, 3);
    ledger.close();
    fs::write(&path, older).unwrap();
    let message = assert_refused(&path, &HeadFault::Lost { last: 4, recorded: 7 });
    assert_eq!(
        message,
        format!(
            "the ledger `{0}` ends at event 4, but event 7 was recorded: 3 events are missing. Put back the newest copy \
             of the ledger. If there is none, keep a copy of both files, then remove `{0}-head`: the 3 events are then \
             lost",
            path.display()
        )
    );
    fs::remove_file(beside(&path, "-head")).unwrap();
    assert_eq!(verify(&path).recorded_head, None);
    SqliteReader::open(&path).unwrap().require_recorded_head().unwrap();
    let ledger = SqliteLedger::open(&path).unwrap();
    append(&ledger, 1);
    ledger.close();
    let RecordedHead { since, seq, .. } = verify(&path).recorded_head.unwrap();
    assert_eq!((since, seq), (4, 5), "it stays visible that the head file was begun anew");
    assert_sound(&SqliteReader::open(&path).unwrap());
}

#[test]
fn refuses_another_ledger_in_its_place() {
    let (world, other) = (closed_ledger(2), closed_ledger(9));
    let id = |path: &Path| tollgate_model::encode_hex(SqliteReader::open(path).unwrap().id());
    let (expected, found) = (id(&world.path()), id(&other.path()));
    fs::copy(other.path(), world.path()).unwrap();
    let message = assert_refused(
        &world.path(),
        &HeadFault::OtherLedger { found: found.clone(), expected: expected.clone() },
    );
    assert!(message.contains(&found) && message.contains(&expected), "{message}");
}

#[test]
fn refuses_another_history_of_the_same_ledger() {
    let world = closed_ledger(3);
    let fork = world.folder.path().join("fork.db");
    fs::copy(world.path(), &fork).unwrap();
    let ledger = SqliteLedger::open(&world.path()).unwrap();
    append(&ledger, 1);
    ledger.close();
    let other = SqliteLedger::open(&fork).unwrap();
    for at in 0..5 {
        let entry = entry(at, run(&format!("other {at}"), Ruling::Allow));
        other.append_blocking(entry.into()).unwrap();
    }
    other.close();
    fs::copy(&fork, world.path()).unwrap();
    assert_refused(&world.path(), &HeadFault::OtherHistory { seq: 4 });
}

#[test]
fn refuses_to_make_a_ledger_in_the_place_of_one_that_is_gone() {
    let is_gone = |error: Option<LedgerError>| {
        let fault = HeadFault::Gone { recorded: 2 };
        matches!(error, Some(LedgerError::HeadMismatch(HeadMismatch { fault: found, .. })) if found == fault)
    };
    let world = closed_ledger(2);
    let path = world.path();
    fs::remove_file(&path).unwrap();
    assert!(SqliteLedger::is_recorded(&path));
    assert!(is_gone(SqliteLedger::open(&path).err()));
    assert!(is_gone(SqliteReader::open(&path).err()));
    assert!(!path.exists(), "it is not made");
    fs::write(&path, b"").unwrap();
    assert!(is_gone(SqliteLedger::open(&path).err()));
    assert!(is_gone(SqliteReader::open(&path).err()));
    fs::remove_file(beside(&path, "-head")).unwrap();
    SqliteLedger::open(&path).unwrap().close();
}

#[test]
fn makes_no_ledger_beside_a_damaged_head_file() {
    let world = closed_ledger(2);
    let path = world.path();
    fs::remove_file(&path).unwrap();
    fs::write(beside(&path, "-head"), "damaged").unwrap();
    for error in [SqliteLedger::open(&path).err(), SqliteReader::open(&path).err()] {
        let fault = HeadFault::Damaged;
        assert!(
            matches!(&error, Some(LedgerError::HeadMismatch(HeadMismatch { fault: found, .. })) if *found == fault),
            "{error:?}"
        );
    }
    assert!(!path.exists(), "it is not made");
}

#[test]
fn a_damaged_head_file_is_reported_and_stops_writing_only() {
    let world = closed_ledger(3);
    let head = beside(&world.path(), "-head");
    let sound = fs::read_to_string(&head).unwrap();
    for damaged in [sound.replace("003", "004"), sound[..100].into(), sound.clone() + "\n"] {
        fs::write(&head, damaged).unwrap();
        assert_refused(&world.path(), &HeadFault::Damaged);
    }
    fs::write(&head, sound).unwrap();
    SqliteLedger::open(&world.path()).unwrap().close();
}

/// Copies a ledger as it is after its process was killed, into a folder of its own.
fn copy_of_killed(ledger: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join("copy.db");
    for suffix in ["", "-wal", "-head"] {
        fs::copy(beside(ledger, suffix), beside(&copy, suffix)).unwrap();
    }
    copy
}

#[test]
fn a_changed_byte_in_the_write_ahead_log_hides_no_loss() {
    let world = closed_ledger(3);
    let ledger = SqliteLedger::open(&world.path()).unwrap();
    append(&ledger, 20);
    let folder = tempfile::tempdir().unwrap();
    let copy = copy_of_killed(&world.path(), folder.path());
    assert_sound(&SqliteReader::open(&copy).unwrap());
    let log = fs::OpenOptions::new().read(true).write(true).open(beside(&copy, "-wal")).unwrap();
    let at = LOG_HEADER_BYTES + FRAME_HEADER_BYTES + 100;
    let mut byte = [0];
    log.read_exact_at(&mut byte, at).unwrap();
    log.write_all_at(&[byte[0] ^ 1], at).unwrap();
    assert_refused(&copy, &HeadFault::Lost { last: 3, recorded: 23 });
    log.write_all_at(&byte, at).unwrap();
    let restored = SqliteReader::open(&copy).unwrap();
    assert_eq!(restored.head().unwrap().unwrap().0, 23, "refusing it has removed nothing");
}

#[test]
fn a_ledger_whose_tables_are_in_a_lost_log_is_gone() {
    let world = TestFile::new();
    append(&world.ledger, 3);
    let folder = tempfile::tempdir().unwrap();
    let copy = copy_of_killed(&world.path(), folder.path());
    fs::remove_file(beside(&copy, "-wal")).unwrap();
    let before = fs::read(&copy).unwrap();
    for error in [SqliteLedger::open(&copy).err(), SqliteReader::open(&copy).err()] {
        let fault = HeadFault::Gone { recorded: 3 };
        assert!(
            matches!(&error, Some(LedgerError::HeadMismatch(HeadMismatch { fault: found, .. })) if *found == fault),
            "{error:?}"
        );
    }
    assert_eq!(fs::read(&copy).unwrap(), before);
}

#[test]
fn refuses_to_record_in_files_that_are_not_in_their_places() {
    let world = TestFile::new();
    append(&world.ledger, 1);
    let held = |name: &str| entry(1, run(name, Ruling::Hold));
    for suffix in ["", "-wal", "-shm", "-head"] {
        let path = beside(&world.path(), suffix);
        let moved = beside(&world.path(), &format!("{suffix}.moved"));
        let is_replaced = |error: Option<LedgerError>| matches!(error, Some(LedgerError::Replaced(file)) if file == path);
        let assert_refused = || {
            assert!(
                is_replaced(world.ledger.append_blocking(held(suffix).into()).err()),
                "{suffix}"
            );
            assert!(is_replaced(world.ledger.rebuild().err()), "{suffix}");
        };
        fs::rename(&path, &moved).unwrap();
        assert_refused();
        fs::copy(&moved, &path).unwrap();
        assert_refused();
        fs::rename(&moved, &path).unwrap();
        world.ledger.append_blocking(held(suffix).into()).unwrap();
    }
    assert_eq!(world.reader().head().unwrap().unwrap().0, 5, "what was refused is not recorded");
    world.assert_sound();
}

#[test]
fn signs_no_end_of_a_ledger_that_is_not_in_its_place() {
    let world = TestFile::new();
    append(&world.ledger, 1);
    fs::remove_file(beside(&world.path(), "-head")).unwrap();
    let signed = world.ledger.checkpoint(5, "a key", &sign);
    assert!(matches!(signed, Err(LedgerError::Replaced(_))), "{signed:?}");
}

#[test]
fn refuses_to_record_after_events_that_were_cut_off_meanwhile() {
    let world = TestFile::new();
    append(&world.ledger, 3);
    let sql = "DELETE FROM events WHERE seq = 3";
    Connection::open(world.path()).unwrap().execute_batch(sql).unwrap();
    let error =
        world.ledger.append_blocking(entry(1, run("next", Ruling::Hold)).into()).unwrap_err();
    let lost = HeadFault::Lost { last: 2, recorded: 3 };
    assert!(
        matches!(error, LedgerError::HeadMismatch(HeadMismatch { fault, .. }) if fault == lost)
    );
}

#[test]
fn the_head_file_of_several_writers_has_the_last_event() {
    let world = TestFile::new();
    let other = SqliteLedger::open(&world.path()).unwrap();
    for _ in 0..5 {
        append(&world.ledger, 2);
        append(&other, 1);
    }
    let head = verify(&world.path()).recorded_head.unwrap();
    assert_eq!((head.since, Some((head.seq, head.hash))), (0, world.reader().head().unwrap()));
    world.reader().require_recorded_head().unwrap();
}

#[test]
fn the_files_of_a_linked_ledger_are_beside_the_file_that_it_leads_to() {
    let world = closed_ledger(1);
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(world.path(), &link).unwrap();
    let ledger = SqliteLedger::open(&link).unwrap();
    append(&ledger, 1);
    assert_eq!(verify(&world.path()).recorded_head.unwrap().seq, 2);
    fs::remove_file(&link).unwrap();
    let refused = ledger.append_blocking(entry(1, run("next", Ruling::Hold)).into());
    assert!(matches!(refused, Err(LedgerError::Replaced(path)) if path == link));
}

#[test]
fn refuses_to_write_a_ledger_with_a_second_name() {
    let world = closed_ledger(2);
    let (path, link) = (world.path(), world.folder.path().join("hard.db"));
    fs::hard_link(&path, &link).unwrap();
    for name in [&path, &link] {
        let error = SqliteLedger::open(name).err().unwrap();
        assert!(matches!(&error, LedgerError::Linked(file) if file == name), "{error}");
        assert!(!beside(name, "-wal").exists(), "nothing is made beside it");
    }
    for name in [&path, &link] {
        assert_eq!(verify(name).faults, [LedgerFault::Linked(name.clone())]);
        assert_eq!(SqliteReader::open(name).unwrap().head().unwrap().unwrap().0, 2);
    }
    fs::remove_file(&link).unwrap();
    SqliteLedger::open(&path).unwrap().close();
    assert_eq!(verify(&path).faults, []);
}

#[test]
fn refuses_to_record_once_a_file_of_the_ledger_has_a_second_name() {
    let world = TestFile::new();
    append(&world.ledger, 1);
    for suffix in ["", "-wal", "-shm", "-head"] {
        let path = beside(&world.path(), suffix);
        let link = beside(&world.path(), &format!("{suffix}.link"));
        fs::hard_link(&path, &link).unwrap();
        let held = || entry(1, run(suffix, Ruling::Hold));
        for error in
            [world.ledger.append_blocking(held().into()).err(), world.ledger.rebuild().err()]
        {
            let is_linked = matches!(&error, Some(LedgerError::Linked(file)) if *file == path);
            assert!(is_linked, "{suffix}: {error:?}");
        }
        fs::remove_file(&link).unwrap();
        world.ledger.append_blocking(held().into()).unwrap();
    }
    assert_eq!(world.reader().head().unwrap().unwrap().0, 5, "what was refused is not recorded");
    world.assert_sound();
}

#[test]
fn a_pipe_or_a_device_as_head_file_is_refused_without_waiting() {
    let world = closed_ledger(2);
    let head = beside(&world.path(), "-head");
    fs::remove_file(&head).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&head).status().unwrap();
    assert!(made.success());
    let message = assert_refused(&world.path(), &HeadFault::NotRegular);
    assert!(message.contains(head.to_str().unwrap()), "{message}");
    fs::remove_file(&head).unwrap();
    std::os::unix::fs::symlink("/dev/null", &head).unwrap();
    assert_refused(&world.path(), &HeadFault::NotRegular);
}
