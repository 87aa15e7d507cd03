//! The file of the ledger: what it defines, what it is called, who can read it, and what stays in it.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::tool::{Place, Ran};

const CHECK: [&str; 4] = ["check", "--gate", "welcome-email", "outputs.jsonl"];

/// Keeps reading the ledger until standard input ends.
const READER: &str = "
import sqlite3, sys
connection = sqlite3.connect('.tollgate/ledger.db', isolation_level=None)
connection.execute('BEGIN')
connection.execute('SELECT count(*) FROM events').fetchone()
print('reading', flush=True)
sys.stdin.read()
";

/// Creates a project with recorded outputs that are kept for a second.
fn project() -> Place {
    let place = Place::new();
    place.run(&["init", "."]).exits_with(0);
    let gate = place.path("gates/welcome-email.toml");
    let record = fs::read_to_string(&gate).unwrap();
    fs::write(&gate, record.replace("retention = \"400d\"", "retention = \"1s\"")).unwrap();
    place.run(&["release", "--by", "Sam Reed"]).exits_with(0);
    place.run(&CHECK).exits_with(1);
    place
}

/// Executes SQL in the ledger without the tool.
fn execute(place: &Place, sql: &str) {
    let script = "import sqlite3, sys\n\
                  ledger = sqlite3.connect('.tollgate/ledger.db')\n\
                  ledger.executescript(sys.argv[1])\nledger.commit()";
    let mut python = Command::new("python3");
    python.args(["-c", script, sql]).current_dir(place.path(""));
    Ran::from_command(&mut python).exits_with(0);
}

fn mode(place: &Place, path: &str) -> u32 {
    fs::metadata(place.path(path)).unwrap().permissions().mode() & 0o777
}

#[test]
fn refuses_a_ledger_that_defines_something_else() {
    let place = project();
    let trigger = "CREATE TRIGGER quiet AFTER INSERT ON incidents BEGIN DELETE FROM incidents; END";
    execute(&place, trigger);
    place.run(&CHECK).exits_with_snapshot(2);
    place.run(&["log", "verify"]).exits_with_snapshot(2);
    execute(
        &place,
        "DROP TRIGGER quiet; DROP TABLE contents;
         CREATE VIEW contents AS WITH RECURSIVE endless (id) AS
         (SELECT 1 UNION ALL SELECT id + 1 FROM endless)
         SELECT id, zeroblob(32) AS digest, 1 AS seq, NULL AS until_ms, NULL AS erased,
         NULL AS bytes FROM endless",
    );
    place.run(&["log", "verify", ".tollgate/ledger.db"]).exits_with_snapshot(2);
}

#[test]
fn refuses_names_that_would_record_nothing() {
    let place = project();
    for name in [":memory:", "file:zz?mode=memory"] {
        place.run(&[&CHECK[..], &["--ledger", name]].concat()).exits_with_snapshot(2);
    }
    let mut check = place.tool(&CHECK);
    Ran::from_command(check.env("TOLLGATE_LEDGER", ":memory:")).exits_with_snapshot(2);
}

#[test]
fn only_the_owner_can_read_what_has_outputs_in_it() {
    let place = project();
    place.run(&["keys", "new", "auditor", "--keys", "keys"]).exits_with(0);
    let export = ["log", "export", "-o", "export.jsonl", "--contents", "contents"];
    place.run(&export).exits_with(0);
    let checkpoint = ["log", "checkpoint", "--key", "auditor", "-o", "checkpoints.jsonl"];
    place.run(&checkpoint).exits_with(0);
    for (path, expected) in [
        (".tollgate", 0o700),
        (".tollgate/ledger.db", 0o600),
        ("export.jsonl", 0o600),
        ("contents", 0o700),
        ("checkpoints.jsonl", 0o600),
    ] {
        assert_eq!(mode(&place, path), expected, "{path}");
    }
    let content = fs::read_dir(place.path("contents")).unwrap().next().unwrap().unwrap();
    assert_eq!(content.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let ledger = place.path(".tollgate/ledger.db");
    fs::set_permissions(&ledger, Permissions::from_mode(0o644)).unwrap();
    place.run(&["log", "verify", "--key", "keys/auditor.pub"]).exits_with_snapshot(0);
    place.run(&CHECK).exits_with(1);
    assert_eq!(mode(&place, ".tollgate/ledger.db"), 0o644, "a mode that somebody chose stays");
}

#[test]
fn says_where_erased_bytes_still_are() {
    let place = project();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let mut reader = Command::new("python3");
    reader.args(["-c", READER]).current_dir(place.path(""));
    let mut reader = reader.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(reader.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    let erase = ["log", "erase", "--expired", "--by", "Dana Hill", "--reason", "its time is over"];
    place.run(&erase).exits_with_snapshot(1);
    let as_json = place.run(&[&erase[..], &["--json"]].concat());
    drop(reader.stdin.take());
    reader.wait().unwrap();
    let result = as_json.exits_with(1).json();
    assert_eq!(result["files-in-use"].as_array().unwrap().len(), 2, "{result}");
    place.run(&erase).exits_with_snapshot(0);
}
