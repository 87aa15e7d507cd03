//! Batches that are stopped, and gone on with.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

use super::{came, check, ledger, line, lines, newsletter, recorded};

const LINES: usize = 3_000;

/// When it is killed, in milliseconds after it started: while it gets ready, at the first group, and
/// later, as far as the machine comes until then.
const KILLED_MS: [u64; 6] = [60, 250, 400, 550, 700, 900];

#[test]
fn killed_again_and_again_every_line_is_recorded_once() {
    let place = newsletter();
    place.write("many.jsonl", lines(LINES));
    // What is compiled the first time is there the second time.
    check(&place, &["outputs.jsonl", "--no-record"]).exits_with(1);
    let arguments =
        ["check", "--gate", "welcome-email", "many.jsonl", "--batch", "one", "--format", "jsonl"];
    let mut partly = 0;
    for killed_ms in KILLED_MS {
        let mut tool = place.tool(&arguments);
        let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(killed_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        if place.path(".tollgate/ledger.db").exists() {
            let tables = ledger(&place, "SELECT count(*) FROM sqlite_schema WHERE name = 'runs'");
            let runs = if tables == "1" { recorded(&place).0 } else { 0 };
            partly += usize::from(runs > 0 && runs < LINES);
        }
    }
    eprintln!("{partly} of {} were killed with some lines recorded", KILLED_MS.len());
    let ran = place.run(&arguments);
    let all = came(ran.exits_with(1));
    let ids: BTreeSet<_> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
    let runs: BTreeSet<_> = all.iter().map(|one| one["run"].as_str().unwrap()).collect();
    assert_eq!((all.len(), ids.len(), runs.len()), (LINES, LINES, LINES));
    assert_eq!(recorded(&place), (LINES, LINES));
    let spent = ledger(&place, "SELECT count(*) FROM events WHERE kind = 'spend'");
    assert_eq!(spent, LINES.to_string(), "each is paid for once");
}

#[test]
fn a_batch_that_is_done_is_told_again() {
    let place = newsletter();
    place.write("a.jsonl", lines(5));
    let run = || check(&place, &["a.jsonl", "--batch", "one", "--format", "jsonl"]);
    let (first, again) = (run(), run());
    let runs = |ran| came(ran).iter().map(|one| one["run"].clone()).collect::<Vec<_>>();
    assert_eq!(runs(&first), runs(&again));
    assert!(came(&again).iter().all(|one| one["already-recorded"] == true), "{again:#?}");
    assert_eq!(recorded(&place), (5, 5));
    // Under another name they are other runs.
    check(&place, &["a.jsonl", "--batch", "two"]).exits_with_snapshot(1);
    assert_eq!(recorded(&place), (10, 10));
}

#[test]
fn a_line_that_was_changed_is_no_line_of_the_batch() {
    let place = newsletter();
    place.write("a.jsonl", lines(3));
    check(&place, &["a.jsonl", "--batch", "one"]).exits_with_snapshot(1);
    place.write("a.jsonl", lines(2) + &line("mail-2", "Something else."));
    check(&place, &["a.jsonl", "--batch", "one"]).exits_with_snapshot(2);
    assert_eq!(recorded(&place), (3, 3));
}
