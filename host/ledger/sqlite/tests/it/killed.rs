//! A host that is killed while it writes: everything that it acknowledged is there afterwards.
//!
//! The child is this test binary itself. An environment variable makes it write and print each acknowledged
//! range. The parent kills it after a delay that differs each time.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use tollgate_ledger::conformance::fixtures::{
    approved_run, assert_sound, claim, entry, review, run,
};
use tollgate_ledger::{EventQuery, Ledger, LedgerEntry, LedgerReader, PageCursor};
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_model::{Digest, ErasureEvent, EventKind, ReviewAction, Ruling};

const LEDGER: &str = "TOLLGATE_TEST_LEDGER";
const KILLS: u64 = 200;
/// A slow machine stops after this time with fewer kills.
const TIME_MAX: Duration = Duration::from_secs(40);
/// Number of threads that append at the same time.
const WRITERS: u64 = 8;

/// Runs as the child of the test below: it writes until it is killed. Does nothing as a test of its own.
#[test]
fn child_writes_until_killed() {
    let Ok(path) = std::env::var(LEDGER) else { return };
    let ledger = SqliteLedger::open(Path::new(&path)).unwrap();
    let begin = ledger.open_reader().unwrap().head().unwrap().map_or(0, |(seq, _)| seq);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let ledger = &ledger;
            scope.spawn(move || {
                for at in 0.. {
                    let entries = run_lifecycle(begin, writer, at);
                    let appended = ledger.append_blocking(entries.into()).unwrap();
                    // A single write, so that a kill cannot leave half a line that looks complete.
                    let line =
                        format!("ack {} {} {}\n", appended.first, appended.last, appended.hash);
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

/// The entries of a run from being held to going out, and the erasure of its details.
fn run_lifecycle(begin: u64, writer: u64, at: u64) -> Vec<LedgerEntry> {
    let name = format!("{begin} {writer} {at}");
    let contents = vec![Digest::of("none"), Digest::of(&name)];
    let (by, reason) = ("retention".parse().unwrap(), "over".parse().unwrap());
    let kinds = [
        run(&name, Ruling::Hold),
        claim(&name, "Kim Osei", at),
        review(&name, "Kim Osei", ReviewAction::Approve),
        approved_run(&name),
        EventKind::Erasure(ErasureEvent { contents, by, reason }),
    ];
    kinds.into_iter().map(|what| entry(at, what)).collect()
}

#[test]
fn acknowledged_events_survive_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let begin = Instant::now();
    let (mut kills, mut acknowledged) = (0, 0);
    while kills < KILLS && begin.elapsed() < TIME_MAX {
        // Delays from before the first event until long after it, in no particular order. Every second one begins with
        // the first acknowledgement, however slow the machine is.
        let after = Duration::from_micros(2_000 + kills * 7_919 % 60_000);
        let acks = write_and_kill(&path, after, kills % 2 == 1);
        kills += 1;
        acknowledged += acks.len();
        if !path.exists() {
            continue;
        }
        let ledger = SqliteLedger::open(&path).unwrap();
        let reader = ledger.open_reader().unwrap();
        for (first, last, hash) in acks {
            assert_eq!(last - first, 4);
            let events = hashes_between(&*reader, first, last);
            assert_eq!(events.last().unwrap(), &hash, "event {last} has a different hash");
        }
        let verified = reader.verify(&[], &|_, _| true).unwrap();
        assert_eq!(verified.faults, []);
        assert_eq!(verified.events % 5, 0, "a transaction is there completely or not at all");
        if kills % 20 == 0 {
            assert_sound(&*reader);
        }
        ledger.close();
    }
    assert!(kills >= 20, "only {kills} kills in {TIME_MAX:?}");
    assert!(acknowledged > 100, "only {acknowledged} transactions were acknowledged");
    println!("{kills} kills, {acknowledged} transactions acknowledged");
    assert_sound(&*SqliteLedger::open(&path).unwrap().open_reader().unwrap());
}

fn write_and_kill(path: &Path, after: Duration, waits_for_ack: bool) -> Vec<(u64, u64, Digest)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::child_writes_until_killed", "--nocapture", "--test-threads=1"])
        .env(LEDGER, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let (sender, acknowledged) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        // Nobody listens for any but the first.
        let acks = lines.filter_map(|line| acknowledgement(&line));
        acks.inspect(|_| _ = sender.send(())).collect()
    });
    if waits_for_ack {
        acknowledged.recv().unwrap();
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// Parses a line. The last one may be cut off.
fn acknowledgement(line: &str) -> Option<(u64, u64, Digest)> {
    let words: Vec<&str> = line.split(' ').collect();
    let ["ack", first, last, hash] = words[..] else { return None };
    Some((first.parse().ok()?, last.parse().ok()?, hash.parse().ok()?))
}

fn hashes_between(reader: &dyn LedgerReader, first: u64, last: u64) -> Vec<Digest> {
    let limit = u32::try_from(last - first + 1).unwrap();
    let page = PageCursor::After(first - 1);
    let events = reader.events(&EventQuery { gate: None, kind: None, page, limit }).unwrap();
    events.into_iter().map(|event| event.hash).collect()
}
