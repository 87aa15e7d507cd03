//! What verifying found, for people and for programs.

use serde_json::{Value, json};
use tollgate_ledger::{Difference, Fault};

use super::{Found, word};
use crate::cli::signers::{Signer, called};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, harmless, paint};
use crate::moments;

/// For people.
pub(super) fn tell(found: &Found, signers: &[Signer]) {
    let (style, word) = if found.is_sound() { (GOOD, "sound") } else { (BAD, "not sound") };
    console::say(format!("{}  {}", paint(style, word), how_much(found)));
    if let Some((seq, hash)) = found.verified.head {
        console::say(format!("  {} event {seq}, {hash}", paint(QUIET, "ends with")));
    }
    for (checkpoint, by) in &found.signed {
        let by = match by {
            Some(key) => format!("by {}", called(signers, key)),
            None => paint(DOUBT, format!("by no key that counts ({})", harmless(&checkpoint.key))),
        };
        let (seq, at) = (checkpoint.seq, moments::shown(checkpoint.at_ms));
        console::say(format!("  {} event {seq}, {at}, {by}", paint(QUIET, "signed   ")));
    }
    for fault in &found.verified.faults {
        console::say(format!("  {} {}", paint(BAD, "✗"), harmless(&fault.to_string())));
    }
    if found.verified.faults_untold > 0 {
        let more = found.verified.faults_untold;
        console::say(format!("  {} … and {more} more", paint(BAD, "✗")));
    }
    for difference in &found.differences {
        console::say(format!("  {} {}", paint(BAD, "✗"), harmless(&sentence(difference))));
    }
    for page in &found.pages {
        console::say(format!("  {} the file: {}", paint(BAD, "✗"), harmless(page)));
    }
    advise(found);
}

fn how_much(found: &Found) -> String {
    let verified = &found.verified;
    let contents = match found.with_contents {
        true => format!("{} contents", verified.contents),
        false => "no contents: they were not given".into(),
    };
    let (events, signed) = (verified.events, verified.checkpoints);
    let checkpoints = if signed == 1 { "checkpoint" } else { "checkpoints" };
    format!("{events} events, {contents}, {signed} {checkpoints} of keys that count")
}

fn sentence(difference: &Difference) -> String {
    let Difference { table, row, is_stored } = difference;
    match is_stored {
        true => format!("`{table}` has a row that no event says: {row}"),
        false => format!("`{table}` lacks a row that the events say: {row}"),
    }
}

/// What to do.
fn advise(found: &Found) {
    if !found.differences.is_empty() {
        console::note("what follows from the events is made anew by `tollgate log rebuild`");
    }
    if found.signed.iter().any(|(_, by)| by.is_none()) {
        console::note(
            "a key counts if the project trusts it for that (`tollgate keys trust FILE --for-checkpoints`) or \
             `--key` names it; a checkpoint of another ledger is signed by nobody here",
        );
    }
    if found.is_sound() && found.verified.checkpoints == 0 {
        console::note(
            "no checkpoint was there: whoever can write the file could have written all of it \
             anew, or cut off its end; `tollgate log checkpoint` is against that",
        );
    }
}

/// For programs.
pub(super) fn write(found: &Found, signers: &[Signer]) {
    let verified = &found.verified;
    let head = verified.head.map(|(seq, hash)| json!({"seq": seq, "hash": hash}));
    let checkpoints = found.signed.iter().map(|(checkpoint, by)| {
        json!({
            "seq": checkpoint.seq, "at": moments::rfc3339(checkpoint.at_ms),
            "key": checkpoint.key, "by": by.as_ref().map(|key| called(signers, key)),
        })
    });
    let mut faults: Vec<Value> = verified.faults.iter().map(fault).collect();
    faults.extend(found.differences.iter().map(
        |difference| json!({"fault": "projection", "event": null, "message": sentence(difference)}),
    ));
    faults.extend(
        found.pages.iter().map(|page| json!({"fault": "page", "event": null, "message": page})),
    );
    let all = json!({
        "sound": found.is_sound(), "events": verified.events,
        "contents": found.with_contents.then_some(verified.contents), "head": head,
        "checkpoints": checkpoints.collect::<Vec<_>>(), "faults": faults,
        "faults-untold": verified.faults_untold,
    });
    console::say(format!("{all:#}"));
}

fn fault(fault: &Fault) -> Value {
    let (word, event) = word(fault);
    json!({"fault": word, "event": event, "message": fault.to_string()})
}
