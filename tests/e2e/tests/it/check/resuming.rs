//! Batches that are interrupted and resumed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::{check, json_lines, line, lines, newsletter, query_ledger, recorded};

const LINES: usize = 3_000;

/// Times that a sender and the tool are interrupted together: which of them the signal reaches first is left to chance.
const INTERRUPTED_PIPES: usize = 20;

/// Times after the start at which the tool is killed: while it starts, while it records the first
/// lines, and later.
const KILL_AFTER_MS: [u64; 6] = [60, 250, 400, 550, 700, 900];

#[test]
fn records_each_line_once_after_many_kills() {
    let place = newsletter();
    place.write("many.jsonl", lines(LINES));
    // Fill the compilation cache first, so that the kills hit the batch.
    check(&place, &["outputs.jsonl", "--no-record"]).exits_with(1);
    let arguments =
        ["check", "--gate", "welcome-email", "many.jsonl", "--batch", "one", "--format", "jsonl"];
    let mut partly = 0;
    for after_ms in KILL_AFTER_MS {
        let mut tool = place.tool(&arguments);
        let mut child = tool.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(Duration::from_millis(after_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        if place.path(".tollgate/ledger.db").exists() {
            let tables =
                query_ledger(&place, "SELECT count(*) FROM sqlite_schema WHERE name = 'runs'");
            let runs = if tables == "1" { recorded(&place).0 } else { 0 };
            partly += usize::from(runs > 0 && runs < LINES);
        }
    }
    eprintln!("{partly} of {} were killed with some lines recorded", KILL_AFTER_MS.len());
    let ran = place.run(&arguments);
    let printed = json_lines(ran.exits_with(1));
    let ids: BTreeSet<_> = printed.iter().map(|run| run["id"].as_str().unwrap()).collect();
    let runs: BTreeSet<_> = printed.iter().map(|run| run["run"].as_str().unwrap()).collect();
    assert_eq!((printed.len(), ids.len(), runs.len()), (LINES, LINES, LINES));
    assert_eq!(recorded(&place), (LINES, LINES));
    let spent = query_ledger(&place, "SELECT count(*) FROM events WHERE kind = 'spend'");
    assert_eq!(spent, LINES.to_string(), "each output is paid for once");
}

#[test]
fn an_interruption_says_how_far_it_came_and_how_to_go_on() {
    let place = newsletter();
    let arguments =
        ["check", "--gate", "welcome-email", "-", "--batch", "mail of today", "--format", "jsonl"];
    let mut tool = place.tool(&arguments);
    tool.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = tool.spawn().unwrap();
    child.stdin.as_mut().unwrap().write_all(lines(3).as_bytes()).unwrap();
    // Standard input stays open, so that the tool waits for more.
    let mut printed = BufReader::new(child.stdout.take().unwrap());
    let mut answers = String::new();
    for _ in 0..3 {
        printed.read_line(&mut answers).unwrap();
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{err}");
    assert!(
        err.ends_with(
            "interrupted after 3 outputs: run it again with `--batch 'mail of today'`, with all lines from the first, to \
             resume it\n"
        ),
        "{err}"
    );
    assert_eq!(recorded(&place), (3, 3));
    let again = place.run_with(&arguments, lines(5).as_bytes());
    assert_eq!(json_lines(again.exits_with(1)).len(), 5);
    assert_eq!(recorded(&place), (5, 5));
}

#[test]
fn an_interruption_that_ends_the_sender_too_completes_no_report() {
    let place = newsletter();
    let arguments = ["check", "--gate", "welcome-email", "-", "--no-record", "--format", "json"];
    for _ in 0..INTERRUPTED_PIPES {
        let mut sender = Command::new("sh");
        sender.args(["-c", "head -2 outputs.jsonl; exec sleep 600"]).current_dir(place.path("."));
        let mut sender = sender.stdout(Stdio::piped()).process_group(0).spawn().unwrap();
        let group = i32::try_from(sender.id()).unwrap();
        let mut tool = place.tool(&arguments);
        tool.stdin(sender.stdout.take().unwrap()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut tool = tool.process_group(group).spawn().unwrap();
        let mut out = tool.stdout.take().unwrap();
        let (mut report, mut portion) = (String::new(), [0; 4096]);
        while !report.contains("\"id\":\"lee\"") {
            let bytes = out.read(&mut portion).unwrap();
            assert_ne!(bytes, 0, "the tool ended: {report}");
            report.push_str(&String::from_utf8_lossy(&portion[..bytes]));
        }
        let kill = Command::new("kill").args(["-INT", "--", &format!("-{group}")]).status();
        assert!(kill.unwrap().success());
        out.read_to_string(&mut report).unwrap();
        assert_eq!(tool.wait().unwrap().code(), Some(130), "{report}");
        assert!(serde_json::from_str::<serde_json::Value>(&report).is_err(), "{report}");
        sender.wait().unwrap();
    }
}

#[test]
fn prints_a_finished_batch_again() {
    let place = newsletter();
    place.write("a.jsonl", lines(5));
    let run = || check(&place, &["a.jsonl", "--batch", "one", "--format", "jsonl"]);
    let (first, again) = (run(), run());
    let runs = |ran| json_lines(ran).iter().map(|one| one["run"].clone()).collect::<Vec<_>>();
    assert_eq!(runs(&first), runs(&again));
    assert!(json_lines(&again).iter().all(|run| run["already-recorded"] == true), "{again:#?}");
    assert_eq!(recorded(&place), (5, 5));
    // A batch with another name has runs of its own.
    check(&place, &["a.jsonl", "--batch", "two"]).exits_with_snapshot(1);
    assert_eq!(recorded(&place), (10, 10));
}

#[test]
fn rejects_a_changed_line_of_a_batch() {
    let place = newsletter();
    place.write("a.jsonl", lines(3));
    check(&place, &["a.jsonl", "--batch", "one"]).exits_with_snapshot(1);
    place.write("a.jsonl", lines(2) + &line("mail-2", "Something else."));
    check(&place, &["a.jsonl", "--batch", "one"]).exits_with_snapshot(2);
    assert_eq!(recorded(&place), (3, 3));
}
