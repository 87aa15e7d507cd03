//! `tollgate check` and `tollgate gate test`: outputs that go through a gate.

mod caps;
mod cases;
mod context;
mod contracts;
mod faults;
mod files;
mod formats;
mod growing;
mod lost;
mod quality;
mod resuming;
mod rows;
mod schemas;
mod shared;
mod streaming;

use std::process::Command;

use serde_json::{Value, json};

use crate::tool::{Place, Ran};

/// Creates the example project in a new folder.
pub fn newsletter() -> Place {
    let place = Place::new();
    place.run(&["init", "."]).exits_with(0);
    place
}

/// Runs `tollgate check` with the gate of the newsletter.
pub fn check(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["check", "--gate", "welcome-email"], arguments].concat())
}

/// Publishes the changed gate as the active release.
pub fn release(place: &Place) -> Ran {
    place.run(&["release", "--by", "Sam Reed"])
}

/// Writes another brand voice document. The gate file still agrees on the former one.
pub fn change_brand_voice(place: &Place) {
    place.write("brand/voice.md", "Shout!\n");
}

/// Puts the digest of the other brand voice document into the gate file.
pub fn agree_on_changed_brand_voice(place: &Place) {
    let path = "gates/welcome-email.toml";
    let gate = std::fs::read_to_string(place.path(path)).unwrap();
    let (former, changed) = (
        "f76b3abacf1b642684caced1aa498b0cc2f754e6a0a393289ea17884d30d5824",
        "a3c1be8c762122dbea6a69969a70a22dd67b0e06a28c7ee083052ebdc48bbdf3",
    );
    assert!(gate.contains(former), "{gate}");
    place.write(path, gate.replace(former, changed));
}

/// Returns a context that the gate accepts.
pub fn context() -> Value {
    json!({
        "channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "autumn",
        "region": "eu", "data-classes": ["contact"], "input-tokens": 4, "output-tokens": 9,
    })
}

/// Returns an output that is held only because the gate is at a low level.
pub fn line(id: &str, text: &str) -> String {
    let prompt = "welcome-email@2.1.0";
    json!({"id": id, "text": text, "prompt": prompt, "context": context()}).to_string() + "\n"
}

/// Returns outputs with different ids and texts.
pub fn lines(count: usize) -> String {
    (0..count).map(|number| line(&format!("mail-{number}"), &format!("Letter {number}."))).collect()
}

/// Parses each line of standard output.
pub fn json_lines(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns the first row that a query finds in the ledger, read without the tool.
pub fn query_ledger(place: &Place, query: &str) -> String {
    let script = "import sqlite3, sys\n\
                  db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)\n\
                  print(*db.execute(sys.argv[2]).fetchone())";
    let path = place.path(".tollgate/ledger.db");
    let mut python = Command::new("python3");
    let ran = Ran::from_command(python.args(["-c", script]).arg(path).arg(query));
    ran.exits_with(0).out.trim().to_owned()
}

/// Returns how many runs are recorded, and how many lines.
pub fn recorded(place: &Place) -> (usize, usize) {
    let counts =
        query_ledger(place, "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM lines)");
    let counts: Vec<usize> = counts.split(' ').map(|count| count.parse().unwrap()).collect();
    (counts[0], counts[1])
}
