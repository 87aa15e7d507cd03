//! Several writers of one file, in one process and in several.
//!
//! The child processes are this test binary itself. Environment variables make it write.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tollgate_ledger::conformance::fixtures::{entry, run};
use tollgate_ledger::conformance::{assert_budget_spent, spend_budget};
use tollgate_ledger::{Ledger, LedgerReader};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::Ruling;

use crate::common::TestFile;

const LEDGER: &str = "TOLLGATE_TEST_SHARED_LEDGER";
const WRITER: &str = "TOLLGATE_TEST_WRITER";
/// Number of writers, and what they may spend together.
const WRITERS: u64 = 4;
const BUDGET: u64 = 200;

#[test]
fn two_writers_share_one_chain() {
    let world = TestFile::new();
    let other = SqliteLedger::open(&world.path()).unwrap();
    for at in 0..10 {
        world.append(at, run(&format!("one {at}"), Ruling::Allow));
        let two = entry(at, run(&format!("two {at}"), Ruling::Hold));
        other.append_blocking(two.into()).unwrap();
    }
    assert_eq!(world.reader().head().unwrap().unwrap().0, 20);
    world.assert_sound();
}

#[test]
fn two_handles_cannot_overspend_a_budget_together() {
    let world = TestFile::new();
    let path = world.path();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let path = &path;
            scope.spawn(move || {
                let ledger = SqliteLedger::open(path).unwrap();
                let reader = SqliteReader::open(path).unwrap();
                spend_budget(&ledger, &reader, &writer.to_string(), BUDGET, || {});
            });
        }
    });
    assert_budget_spent(&world.reader(), BUDGET);
    world.assert_sound();
}

/// Runs as a child of the test below. Does nothing as a test of its own.
#[test]
fn child_spends_a_budget() {
    let (Ok(path), Ok(writer)) = (std::env::var(LEDGER), std::env::var(WRITER)) else { return };
    let path = Path::new(&path);
    // All children begin at the same time.
    while !path.with_extension("go").exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let ledger = SqliteLedger::open(path).unwrap();
    let reader = SqliteReader::open(path).unwrap();
    println!("conflicts {}", spend_budget(&ledger, &reader, &writer, BUDGET, || {}));
    ledger.close();
}

#[test]
fn processes_cannot_overspend_a_budget_together() {
    let world = TestFile::new();
    let start = |writer: u64| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "shared_file::child_spends_a_budget", "--nocapture"])
            .env(LEDGER, world.path())
            .env(WRITER, writer.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<Child> = (0..WRITERS).map(start).collect();
    std::fs::write(world.path().with_extension("go"), "").unwrap();
    let mut conflicts = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let count = text.split_once("conflicts ").unwrap().1.lines().next().unwrap();
        conflicts += count.parse::<u64>().unwrap();
    }
    assert!(conflicts > 0, "the writers never met");
    assert_budget_spent(&world.reader(), BUDGET);
    world.assert_sound();
}
