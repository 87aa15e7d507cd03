//! Files that are not ledgers, are locked, or cannot grow: the error names them, and nothing is lost.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use tollgate_ledger::{LedgerError, LedgerFault, SqliteLedger, SqliteReader};
use tollgate_model::{
    EventKind, Measure, Money, Outcome, RecordedVerdict, Report, Ruling, SpendEvent,
};

use crate::common::{TestLedger, assert_sound, entry, run, run_event};

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
fn refuses_a_newer_format() {
    let world = TestLedger::new();
    world.append(1, run("one", Ruling::Hold));
    world.ledger.close();
    let connection = Connection::open(world.path()).unwrap();
    connection.execute_batch("PRAGMA user_version = 7").unwrap();
    let error = SqliteLedger::open(&world.path()).err().unwrap();
    assert!(matches!(error, LedgerError::NewerFormat { found: 7, .. }));
    assert!(error.to_string().contains("ledger.db` has ledger format 7"), "{error}");
    assert!(matches!(SqliteReader::open(&world.path()), Err(LedgerError::NewerFormat { .. })));
}

#[test]
fn reports_a_lock_and_recovers() {
    let world = TestLedger::new();
    world.append(1, run("one", Ruling::Hold));
    let other = Connection::open(world.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = world.ledger.append_blocking(vec![entry(2, run("two", Ruling::Hold))]);
    assert!(matches!(locked, Err(LedgerError::Locked(_))));
    assert_eq!(world.view().head().unwrap().unwrap().0, 1, "reading still works");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.append(3, run("two", Ruling::Hold)).last, 2);
    world.assert_sound();
}

#[test]
fn reports_damaged_pages() {
    let world = TestLedger::new();
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
    let view = SqliteReader::open(&world.path()).unwrap();
    let verified = view.verify(&[], |_, _| true).unwrap();
    let is_reported = |fault: &LedgerFault| {
        matches!(fault, LedgerFault::Unreadable { .. } | LedgerFault::Missing { .. })
    };
    assert!(verified.faults.iter().any(is_reported), "{:?}", verified.faults);
    assert!(!view.examine_pages().unwrap_or(vec!["damaged".into()]).is_empty());
}

#[test]
fn refuses_values_that_do_not_read_back() {
    let world = TestLedger::new();
    let amount = Money::from_micros(u64::MAX);
    let spend = EventKind::Spend(SpendEvent { run: None, campaign: None, amount });
    let refused = world.ledger.append_blocking(vec![entry(1, spend)]);
    assert!(matches!(refused, Err(LedgerError::Unwritable(_))));
    let mut event = run_event("one", Ruling::Hold);
    let measures = vec![Measure { name: "words".into(), value: f64::NAN }];
    let report = Report { outcome: Outcome::Pass, findings: Vec::new(), measures };
    let verdict = RecordedVerdict { result: Ok(report), answers: Vec::new(), fuel_used: 1 };
    event.checks[0].verdicts.push(verdict);
    assert!(world.ledger.append_blocking(vec![entry(1, EventKind::Run(Box::new(event)))]).is_err());
    assert_eq!(world.view().head().unwrap(), None);
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
        match ledger.append_blocking(vec![entry(1, run(&acknowledged.to_string(), Ruling::Hold))]) {
            Ok(appended) => acknowledged = appended.last,
            Err(error) => break error,
        }
        assert!(acknowledged < 100_000, "the disk never fills up");
    };
    assert!(matches!(error, LedgerError::DiskFull(_)), "{error}");
    assert!(acknowledged > 10);
    for _ in 0..3 {
        assert!(ledger.append_blocking(vec![entry(1, run("more", Ruling::Hold))]).is_err());
    }
    ledger.close();
    disk.remount("remount,size=64m");
    let ledger = SqliteLedger::open(&path).unwrap();
    assert_eq!(ledger.view().unwrap().head().unwrap().unwrap().0, acknowledged);
    ledger.append_blocking(vec![entry(1, run("more", Ruling::Hold))]).unwrap();
    assert_sound(&ledger.view().unwrap());
    ledger.close();
}

#[test]
fn reads_a_read_only_ledger_but_refuses_to_write() {
    let Some(disk) = SmallDisk::mount_new("8m") else { return };
    let path = disk.0.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).unwrap();
    ledger.append_blocking(vec![entry(1, run("one", Ruling::Hold))]).unwrap();
    ledger.close();
    drop(ledger);
    disk.remount("remount,ro");
    assert!(matches!(SqliteLedger::open(&path), Err(LedgerError::ReadOnly(_))));
    let archive = SqliteReader::open(&path).unwrap();
    assert_eq!(archive.verify(&[], |_, _| true).unwrap().events, 1);
    drop(archive);
    disk.remount("remount,rw");
}
