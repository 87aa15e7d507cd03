//! Errors in a gate, a lock or a ledger: each is named, and nothing is lost.

use std::fs;
use std::process::Command;

use super::{check, lines, newsletter, query_ledger, recorded, release};
use crate::tool::{Place, Ran, binary, target};

const GATE: &str = "gates/welcome-email.toml";

/// Publishes the gate with one thing replaced. The error names the changed line, and the release
/// before stays active.
fn reject_gate_with(from: &str, to: &str) {
    let place = newsletter();
    let gate = fs::read_to_string(place.path(GATE)).unwrap();
    assert!(gate.contains(from), "{from}");
    let line = gate.split(from).next().unwrap().lines().count();
    place.write(GATE, gate.replacen(from, to, 1)).write("a.jsonl", lines(1));
    let ran = release(&place);
    ran.exits_with_snapshot(2);
    let mut near = (line.saturating_sub(1)..line + 3).map(|line| format!("{GATE}:{line}"));
    let is_named = near.any(|place| ran.err.contains(&place));
    assert!(is_named || ran.err.contains("tollgate lock"), "{line}: {ran:#?}");
    check(&place, &["a.jsonl"]).exits_with(1);
}

#[test]
fn rejects_invalid_gates() {
    reject_gate_with("author =", "auhtor =");
    reject_gate_with("review-by =", "review-by = 2027-02-31 #");
    reject_gate_with("value = 3, reason = \"Every", "value = 6, reason = \"Every");
    reject_gate_with("level = 3", "level = 7");
    reject_gate_with("per-day = \"12.00\"", "per-day = \"-12.00\"");
    reject_gate_with("name = \"welcome-email\"", "name = \"farewell\"");
    reject_gate_with("tollgate/pii@^1", "tollgate/pii@^7");
    reject_gate_with("\"welcome-email@^2.1\"", "\"welcome-email@^3\"");
}

#[test]
fn rejects_contracts_that_are_not_locked() {
    let place = newsletter();
    let gate = fs::read_to_string(place.path(GATE)).unwrap();
    place.write(GATE, gate + "\n[[contracts]]\ncontract = \"tollgate/length@^1\"\n");
    release(&place).exits_with_snapshot(2);
    fs::remove_file(place.path("tollgate.lock")).unwrap();
    release(&place).exits_with_snapshot(2);
}

#[test]
fn rejects_an_author_as_reviewer() {
    let place = newsletter();
    let gate = fs::read_to_string(place.path(GATE)).unwrap();
    place.write(
        GATE,
        gate.replace(
            "[[review.reviewers]]\nname = \"Kim Osei\"",
            "[[review.reviewers]]\nname = \"Dana Hill\"",
        ),
    );
    release(&place).exits_with_snapshot(2);
}

/// Creates a project whose ledger has one run.
fn project_with_a_run() -> Place {
    let place = newsletter();
    place.write("a.jsonl", lines(1)).write("b.jsonl", lines(2));
    check(&place, &["a.jsonl"]).exits_with(1);
    assert_eq!(recorded(&place), (1, 1));
    place
}

fn python(place: &Place, script: &str) {
    let mut python = Command::new("python3");
    python.args(["-c", script]).current_dir(place.path(""));
    Ran::from_command(&mut python).exits_with(0);
}

#[test]
fn rejects_a_ledger_of_a_newer_format() {
    let place = project_with_a_run();
    let newer = "import sqlite3; db = sqlite3.connect('.tollgate/ledger.db'); \
                 db.execute('PRAGMA user_version = 99'); db.commit()";
    python(&place, newer);
    check(&place, &["b.jsonl"]).exits_with_snapshot(2);
    check(&place, &["b.jsonl", "--no-record"]).exits_with_snapshot(2);
    assert_eq!(recorded(&place), (1, 1));
}

#[test]
fn reports_a_ledger_that_is_locked() {
    let place = project_with_a_run();
    let held = "import sqlite3, sys; db = sqlite3.connect('.tollgate/ledger.db'); \
                db.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.read()";
    let mut holder = Command::new("python3");
    let holder = holder.args(["-c", held]).current_dir(place.path(""));
    let holder = holder.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut holder = holder.spawn().unwrap();
    let mut out = std::io::BufReader::new(holder.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut String::new()).unwrap();
    let ran = check(&place, &["b.jsonl"]);
    drop(holder.stdin.take());
    holder.wait().unwrap();
    let printed = &ran.exits_with_snapshot(2).out;
    assert!(!printed.contains("held"), "only recorded decisions are printed");
    assert_eq!(recorded(&place), (1, 1));
    check(&place, &["b.jsonl"]).exits_with_snapshot(1);
}

#[test]
fn reports_a_read_only_ledger() {
    let place = project_with_a_run();
    // Root may write to any file, but not to a read-only mount.
    let mount = "mount --bind .tollgate .tollgate && mount -o remount,bind,ro .tollgate";
    let shell = |line: &str| {
        let mut shell = Command::new("unshare");
        shell.args(["--map-root-user", "--mount", "bash", "-c", line]).current_dir(place.path(""));
        shell.env("TOLLGATE_STORE", place.path("store"));
        shell.env("TOLLGATE_CACHE", target().join("e2e-cache"));
        shell
    };
    if !shell(mount).output().is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: nothing can be mounted here");
    }
    let check = format!("{} check --gate welcome-email b.jsonl", binary().display());
    let ran = Ran::from_command(&mut shell(&format!("{mount} && {check}")));
    assert!(!ran.exits_with_snapshot(2).out.contains("held"));
    assert_eq!(recorded(&place), (1, 1));
}

#[test]
fn rejects_a_file_that_is_not_a_ledger() {
    let place = project_with_a_run();
    place.write(
        "notes.txt",
        "Nothing but notes, and more of them than a header would have: ".repeat(9),
    );
    check(&place, &["b.jsonl", "--ledger", "notes.txt"]).exits_with_snapshot(2);
    assert!(fs::read_to_string(place.path("notes.txt")).unwrap().starts_with("Nothing but notes"));
}

#[test]
fn reports_a_damaged_ledger() {
    let place = newsletter();
    place.write("many.jsonl", lines(600)).write("b.jsonl", lines(2));
    check(&place, &["many.jsonl"]).exits_with(1);
    let rows = query_ledger(&place, "SELECT count(*) FROM runs");
    assert_eq!(rows, "600");
    let path = place.path(".tollgate/ledger.db");
    let mut bytes = fs::read(&path).unwrap();
    // Every page but the first, which identifies the file as a ledger.
    bytes.get_mut(8192..).unwrap().fill(0xA5);
    fs::write(&path, &bytes).unwrap();
    let ran = check(&place, &["b.jsonl"]);
    ran.exits_with_snapshot(2);
    assert!(!ran.out.contains("held"), "only recorded decisions are printed: {ran:#?}");
}
