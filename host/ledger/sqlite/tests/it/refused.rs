//! Files that are not ledgers, are locked, or cannot grow: the error names them, and nothing is lost.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use tollgate_ledger::conformance::fixtures::{assert_sound, entry, run};
use tollgate_ledger::{Append, Ledger, LedgerError, LedgerFault, LedgerReader};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::Ruling;

use crate::common::TestFile;

fn held(name: &str) -> Append {
    entry(1, run(name, Ruling::Hold)).into()
}

#[test]
fn refuses_other_files_and_leaves_them_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "Dear ledger, ".repeat(1000)).unwrap();
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::NotALedger(_))));
    assert!(fs::read_to_string(&path).unwrap().starts_with("Dear"));
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::NotALedger(_))));
    assert!(matches!(
        SqliteLedger::open(Path::new("/no/such/ledger.db")),
        Err(LedgerError::CannotOpen(_))
    ));
    assert!(matches!(
        SqliteReader::open(&folder.path().join("none.db")),
        Err(LedgerError::CannotOpen(_))
    ));
}

#[test]
fn a_pipe_or_a_device_is_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    assert!(matches!(SqliteReader::open(&path), Err(LedgerError::NotALedger(_))));
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::NotALedger(_))));
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
    assert!(matches!(SqliteReader::open(&path), Err(LedgerError::NotALedger(_))));
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::NotALedger(_))));
}

#[test]
fn reports_a_lock_and_recovers() {
    let world = TestFile::new();
    world.append(1, run("one", Ruling::Hold));
    let other = Connection::open(world.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = world.ledger.append_blocking(held("two"));
    assert!(matches!(locked, Err(LedgerError::Locked(_))));
    assert_eq!(world.reader().head().unwrap().unwrap().0, 1, "reading still works");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.append(3, run("two", Ruling::Hold)).last, 2);
    world.assert_sound();
}

#[test]
fn reports_damaged_pages() {
    let world = TestFile::new();
    for at in 0..400 {
        world.append(at, run(&at.to_string(), Ruling::Hold));
    }
    world.ledger.close();
    let connection = Connection::open(world.path()).unwrap();
    let sql = "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf'
        ORDER BY pageno LIMIT 1 OFFSET 5";
    let page = connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap_or(40);
    drop(connection);
    let file = fs::OpenOptions::new().write(true).open(world.path()).unwrap();
    file.write_all_at(&[0xff; 4096], (page.unsigned_abs() - 1) * 4096).unwrap();
    let reader = SqliteReader::open(&world.path()).unwrap();
    let verified = reader.verify(&[], &|_, _| true).unwrap();
    let is_reported = |fault: &LedgerFault| {
        matches!(fault, LedgerFault::Unreadable { .. } | LedgerFault::Missing { .. })
    };
    assert!(verified.faults.iter().any(is_reported), "{:?}", verified.faults);
    assert!(!reader.examine_storage().unwrap_or(vec!["damaged".into()]).is_empty());
}

/// A small disk, if this user is allowed to mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount_new(bytes: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={bytes}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        println!("skipped: this user is not allowed to mount a small disk");
        None
    }

    fn remount(&self, option: &str) {
        let output = Command::new("mount").args(["-o", option]).arg(self.0.path()).output();
        assert!(output.unwrap().status.success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn reports_a_full_disk_and_loses_nothing() {
    let Some(disk) = SmallDisk::mount_new("2m") else { return };
    let path = disk.0.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).unwrap();
    let mut acknowledged = 0;
    let error = loop {
        match ledger.append_blocking(held(&acknowledged.to_string())) {
            Ok(appended) => acknowledged = appended.last,
            Err(error) => break error,
        }
        assert!(acknowledged < 100_000, "the disk never fills up");
    };
    assert!(matches!(error, LedgerError::DiskFull(_)), "{error}");
    assert!(acknowledged > 10);
    for _ in 0..3 {
        assert!(ledger.append_blocking(held("more")).is_err());
    }
    ledger.close();
    disk.remount("remount,size=64m");
    let ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(ledger.open_reader().unwrap().head().unwrap().unwrap().0, acknowledged);
    ledger.append_blocking(held("more")).unwrap();
    assert_sound(&*ledger.open_reader().unwrap());
    ledger.close();
}

#[test]
fn reads_a_read_only_ledger_but_refuses_to_write() {
    let Some(disk) = SmallDisk::mount_new("8m") else { return };
    let path = disk.0.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).unwrap();
    ledger.append_blocking(held("one")).unwrap();
    ledger.close();
    drop(ledger);
    disk.remount("remount,ro");
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::ReadOnly(_))));
    let archive = SqliteReader::open(&path).unwrap();
    assert_eq!(archive.verify(&[], &|_, _| true).unwrap().events, 1);
    drop(archive);
    disk.remount("remount,rw");
}
