//! Outputs that go through a gate.

mod caps;
mod cases;
mod faults;
mod formats;
mod growing;
mod resuming;
mod streaming;

use std::process::Command;

use serde_json::{Value, json};

use crate::tool::{Place, Ran};

/// The project that `tollgate init` makes.
pub fn newsletter() -> Place {
    let place = Place::new();
    place.run(&["init", "."]).exits_with_snapshot(0);
    place
}

/// The tool, with the gate of the newsletter.
pub fn check(place: &Place, more: &[&str]) -> Ran {
    place.run(&[&["check", "--gate", "welcome-email"], more].concat())
}

/// What every output says of itself.
pub fn context() -> Value {
    json!({
        "channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "autumn",
        "region": "eu", "data-classes": ["contact"], "input-tokens": 4, "output-tokens": 9,
    })
}

/// A line that nothing stands against but that the gate starts low.
pub fn line(id: &str, text: &str) -> String {
    let prompt = "welcome-email@2.1.0";
    json!({"id": id, "text": text, "prompt": prompt, "context": context()}).to_string() + "\n"
}

/// Lines that differ.
pub fn lines(count: usize) -> String {
    (0..count).map(|number| line(&format!("mail-{number}"), &format!("Letter {number}."))).collect()
}

/// Each line that came out, as JSON.
pub fn came(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a query says of the ledger as it lies there, which nobody but the tool writes.
pub fn ledger(place: &Place, query: &str) -> String {
    let script = "import sqlite3, sys\n\
                  db = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True)\n\
                  print(*db.execute(sys.argv[2]).fetchone())";
    let path = place.path(".tollgate/ledger.db");
    let ran = Command::new("python3").args(["-c", script]).arg(path).arg(query).output();
    Ran::of(ran.unwrap()).exits_with(0).out.trim().to_owned()
}

/// How many runs are recorded, and of how many lines.
pub fn recorded(place: &Place) -> (usize, usize) {
    let counts = ledger(place, "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM lines)");
    let counts: Vec<usize> = counts.split(' ').map(|count| count.parse().unwrap()).collect();
    (counts[0], counts[1])
}
