//! A ledger that is deleted, replaced or cut off: nothing is told as decided that its record does not have.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::{check, json_lines, line, lines, newsletter};
use crate::tool::{Place, Ran};

const LEDGER: &str = ".tollgate/ledger.db";
const HEAD: &str = ".tollgate/ledger.db-head";

/// Starts a check of lines that arrive one by one, gets the answer to one, makes a change, and returns what the tool
/// writes about the next line.
fn check_around(place: &Place, change: impl FnOnce()) -> Ran {
    let mut tool = place.tool(&["check", "--gate", "welcome-email", "--format", "jsonl"]);
    let tool = tool.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = tool.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(line("first", "Welcome.").as_bytes()).unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut answer = String::new();
    out.read_line(&mut answer).unwrap();
    assert!(answer.contains("\"decision\":\"hold\""), "{answer}");
    change();
    // The tool may have stopped already.
    let _ = input.write_all(line("second", "Welcome.").as_bytes());
    drop(input);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let ran = Ran::from_child("tollgate check --gate welcome-email --format jsonl", child);
    Ran { out: rest, ..ran }
}

fn assert_nothing_told(ran: &Ran) {
    ran.exits_with(2);
    assert!(!ran.out.contains("\"decision\""), "{ran:#?}");
    assert!(ran.err.contains(LEDGER), "{ran:#?}");
}

#[test]
fn a_running_check_tells_nothing_once_its_ledger_is_deleted() {
    let place = newsletter();
    let ran = check_around(&place, || fs::remove_file(place.path(LEDGER)).unwrap());
    assert_nothing_told(&ran);
    ran.exits_with_snapshot(2);
    // The events of the first line were deleted with it, so no other ledger takes its place unseen.
    check(&place, &["outputs.jsonl"]).exits_with_snapshot(2);
    place.run(&["release", "--by", "Sam Reed"]).exits_with_snapshot(2);
    place.run(&["log", "list"]).exits_with_snapshot(2);
    place.run(&["log", "verify"]).exits_with_snapshot(2);
    assert!(!place.path(LEDGER).exists());
}

#[test]
fn a_running_check_tells_nothing_once_its_ledger_is_moved_or_replaced() {
    for file in [LEDGER, ".tollgate/ledger.db-wal", HEAD] {
        let place = newsletter();
        let (path, copy) = (place.path(file), place.path("copy"));
        let moved = check_around(&place, || fs::rename(&path, &copy).unwrap());
        assert_nothing_told(&moved);
    }
    let place = newsletter();
    let (path, copy) = (place.path(LEDGER), place.path("copy.db"));
    fs::copy(&path, &copy).unwrap();
    let replaced = check_around(&place, || fs::rename(&copy, &path).unwrap());
    assert_nothing_told(&replaced);
}

#[test]
fn an_older_copy_of_the_ledger_is_refused_until_the_loss_is_accepted() {
    let place = newsletter();
    place.write("a.jsonl", lines(2)).write("b.jsonl", lines(1));
    check(&place, &["a.jsonl"]).exits_with(1);
    let older = fs::read(place.path(LEDGER)).unwrap();
    check(&place, &["a.jsonl"]).exits_with(1);
    fs::write(place.path(LEDGER), older).unwrap();
    check(&place, &["b.jsonl"]).exits_with_snapshot(2);
    place.run(&["log", "verify"]).exits_with_snapshot(1);
    let found = place.run(&["log", "verify", "--json"]).exits_with(1).json();
    assert_eq!(found["faults"][0]["fault"], "lost", "{found:#}");
    place.run(&["log", "list", "--limit", "1"]).exits_with(0);
    fs::remove_file(place.path(HEAD)).unwrap();
    place.run(&["log", "verify"]).exits_with_snapshot(0);
    check(&place, &["b.jsonl"]).exits_with(1);
    // It stays visible that somebody went on without the missing events.
    place.run(&["log", "verify"]).exits_with_snapshot(0);
    let since = place.run(&["log", "verify", "--json"]).exits_with(0).json();
    assert!(since["recorded-head"]["since"].as_u64() > Some(0), "{since:#}");
}

/// Approves an output, retracts it, and puts back the copy of the ledger from before the retraction. Returns the run.
fn forget_a_retraction(place: &Place) -> String {
    place.write("a.jsonl", lines(1));
    let held = &json_lines(&check(place, &["a.jsonl", "--format", "jsonl"]))[0];
    let run = held["run"].as_str().unwrap().to_owned();
    let answers =
        ["--check", "promises=yes", "--evidence", "promises=the offer page", "--check", "tone=yes"];
    let approve = ["queue", "review", &run, "--approve", "--reviewer", "Kim Osei"];
    place.run(&[&approve[..], &answers].concat()).exits_with(0);
    let older = fs::read(place.path(LEDGER)).unwrap();
    let why = ["--by", "Kim Osei", "--reason", "the offer had ended"];
    place.run(&[&["retract", &run], &why[..]].concat()).exits_with(0);
    fs::write(place.path(LEDGER), older).unwrap();
    run
}

#[test]
fn an_older_copy_gives_no_receipt_for_what_was_retracted_since() {
    let place = newsletter();
    let run = forget_a_retraction(&place);
    place.run(&["keys", "new", "ours"]).exits_with(0);
    for form in [&["--key", "ours"][..], &["--header"], &["--unsigned"]] {
        let shown = place.run(&[&["receipt", "show", &run], form].concat());
        assert_eq!(shown.exits_with(2).out, "", "{shown:#?}");
        assert!(shown.err.contains("missing. Put back the newest copy"), "{shown:#?}");
        assert!(!shown.err.contains("warning:"), "it is told once: {shown:#?}");
    }
}

#[test]
fn commands_that_read_warn_once_of_missing_events() {
    let place = newsletter();
    let run = forget_a_retraction(&place);
    let warnings = |arguments: &[&str]| {
        let ran = place.run(arguments);
        ran.exits_with(0).err.matches("warning: the ledger `").count()
    };
    let warned = place.run(&["log", "show", &run]);
    let end = "missing; `tollgate log verify` says more\n";
    assert!(warned.exits_with(0).err.contains(end), "{warned:#?}");
    for arguments in [
        &["log", "list"][..],
        &["log", "list", "--json"],
        &["log", "show", &run],
        &["log", "stats"],
        &["log", "export", "-o", "export.jsonl"],
        &["queue", "list"],
        &["gate", "show", "welcome-email"],
        &["gate", "history", "welcome-email"],
        &["risk"],
        &["kpi", "list"],
    ] {
        assert_eq!(warnings(arguments), 1, "{arguments:?}");
    }
    let verified = place.run(&["log", "verify"]);
    assert!(!verified.exits_with(1).err.contains("warning:"), "{verified:#?}");
    fs::remove_file(place.path(HEAD)).unwrap();
    assert_eq!(warnings(&["log", "list"]), 0, "the loss is accepted");
}

#[test]
fn the_ledger_of_another_project_is_refused() {
    let (place, other) = (newsletter(), newsletter());
    place.write("a.jsonl", lines(1));
    fs::copy(other.path(LEDGER), place.path(LEDGER)).unwrap();
    let refused = check(&place, &["a.jsonl"]);
    refused.exits_with_snapshot(2);
    assert!(refused.err.contains("Put back the ledger with the id"), "{refused:#?}");
    assert!(!refused.err.contains("remove"), "{refused:#?}");
    let found = place.run(&["log", "verify", "--json"]).exits_with(1).json();
    assert_eq!(found["faults"][0]["fault"], "other-ledger", "{found:#}");
}

/// Returns the names of all recorded runs, read without the tool.
fn recorded_runs(place: &Place) -> BTreeSet<String> {
    let script = "import sqlite3, sys\n\
                  db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)\n\
                  for run, in db.execute('SELECT run FROM runs'): print('sha256:' + run.hex())";
    let mut python = Command::new("python3");
    let ran = Ran::from_command(python.args(["-c", script]).arg(place.path(LEDGER)));
    ran.exits_with(0).out.lines().map(str::to_owned).collect()
}

/// Kills checks at different times, and looks for every run that they told.
fn kill_checks(kills: u64) {
    let place = newsletter();
    place.write("many.jsonl", lines(2_000));
    // Fill the compilation cache first, so that the kills hit the checks.
    check(&place, &["outputs.jsonl", "--no-record"]).exits_with(1);
    let arguments = ["check", "--gate", "welcome-email", "many.jsonl", "--format", "jsonl"];
    let (mut told, mut interrupted) = (BTreeSet::new(), 0);
    for kill in 0..kills {
        let mut tool = place.tool(&arguments);
        let mut child = tool.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).unwrap();
            text
        });
        // From before the first line until after many, in no particular order.
        sleep(Duration::from_millis(50 + kill * 7_919 % 900));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut text = reader.join().unwrap();
        // The last line may be cut off.
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        interrupted += u64::from(!text.is_empty());
        let ran = Ran { line: String::new(), code: 0, out: text, err: String::new() };
        told.extend(json_lines(&ran).iter().map(|run| run["run"].as_str().unwrap().to_owned()));
    }
    eprintln!("{kills} kills, {interrupted} of them after an answer, {} runs told", told.len());
    assert!(interrupted > 0, "no check had answered anything");
    let recorded = recorded_runs(&place);
    let lost: Vec<_> = told.difference(&recorded).collect();
    assert!(lost.is_empty(), "{} runs were told and are not recorded: {lost:?}", lost.len());
    place.run(&["log", "verify"]).exits_with(0);
    check(&place, &["outputs.jsonl"]).exits_with(1);
}

#[test]
fn every_run_told_before_one_of_twenty_kills_is_recorded() {
    kill_checks(20);
}

#[test]
#[ignore = "takes minutes: run nightly"]
fn every_run_told_before_one_of_a_thousand_kills_is_recorded() {
    kill_checks(1_000);
}
