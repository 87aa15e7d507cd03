//! Signatures put together by a seeded generator, and valid signatures that were damaged.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::dice::Dice;

#[path = "../../../../tests/fuzz/envelopes.rs"]
mod bodies;

use bodies::EnvelopeKind;

const ENVELOPES: usize = 4_000;
const DAMAGES: usize = 4_000;

/// Parts of random documents.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"name\"",
    "\"sha256\"",
    "\"subject\"",
    "\"digest\"",
    "1",
    "null",
    "é",
    "\u{0}",
    "  ",
];

/// Returns a receipt in which any part may be wrong.
fn receipt(dice: &mut Dice) -> String {
    let digest = tollgate_model::Digest::of("anything");
    let named = |name: &str| json!({"name": name, "digest": {"sha256": digest.hex()}});
    let subjects = [vec![named("subject")], vec![named("output"), named("subject")]];
    let ruling = ["allow", "hold"][dice.roll(8) / 7];
    let mut predicate = json!({
        "ai-assisted": dice.roll(8) > 0, "gate": "welcome-email", "gate-digest": digest,
        "release": digest, "contracts": [], "ruling": ruling,
        "reviewers": [], "decided-at": "2026-03-31T09:30:00.000Z", "run": digest,
        "event": {"ledger": "00", "seq": dice.roll(9), "hash": digest},
    });
    if dice.roll(8) == 0 {
        predicate["more"] = json!(1);
    }
    let whole = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects[dice.roll(2)],
        "predicateType": "https://tollgate.dev/decision/v2",
        "predicate": predicate,
    });
    whole.to_string()
}

/// Returns the payload of a signature, in which any part may be wrong.
fn document(dice: &mut Dice) -> String {
    let digest = |text: &str| json!({"sha256": tollgate_model::Digest::of(text).hex()});
    let package = ["acme/claims@1.2.0", "acme/claims@1.2.1"][dice.roll(2)];
    let subject = json!({"name": package, "digest": digest("component")});
    let kinds = ["https://tollgate.dev/package/v2", "https://slsa.dev/provenance/v1"];
    let whole = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": vec![subject; 1 + dice.roll(8) / 7],
        "predicateType": kinds[dice.roll(8) / 7],
        "predicate": {"manifest": digest("manifest")},
    });
    match dice.roll(4) {
        0 => dice.text(PIECES, 8),
        1 => receipt(dice),
        _ => whole.to_string(),
    }
}

fn envelope(dice: &mut Dice) -> String {
    let kind = ["application/vnd.in-toto+json", "text/plain", ""][dice.roll(9) / 4];
    let mut payload = STANDARD.encode(document(dice));
    if dice.roll(8) == 0 {
        payload.truncate(dice.roll(payload.len()));
    }
    let signature = || json!({"keyid": "", "sig": STANDARD.encode([0; 64])});
    let signatures: Vec<_> = (0..dice.roll(3)).map(|_| signature()).collect();
    json!({"payload": payload, "payloadType": kind, "signatures": signatures}).to_string()
}

#[test]
fn generated_envelopes_have_no_signers() {
    let mut dice = Dice(17);
    let (mut statements, mut receipts) = (0, 0);
    for _ in 0..ENVELOPES {
        let text = match dice.roll(8) {
            0 => dice.text(PIECES, 16),
            _ => envelope(&mut dice),
        };
        match bodies::read_arbitrary(text.as_bytes()) {
            EnvelopeKind::Statement => statements += 1,
            EnvelopeKind::Receipt => receipts += 1,
            EnvelopeKind::NotAnEnvelope | EnvelopeKind::Envelope => {}
        }
    }
    assert!(receipts > ENVELOPES / 40, "{receipts} of {ENVELOPES} were receipts");
    assert!(statements > ENVELOPES / 10, "{statements} of {ENVELOPES} were statements");
}

#[test]
fn damaged_envelopes_never_open_with_changed_content() {
    let mut dice = Dice(19);
    assert!(bodies::read_damaged(&[0, 0, 0]), "the undamaged envelope is signed");
    let mut signed = 0;
    for _ in 0..DAMAGES {
        let mut bytes = vec![dice.roll(4) as u8, dice.roll(256) as u8, dice.roll(4) as u8];
        let instead = ["", " ", "A", "=", "\\u0041", "\"", "0", "\u{e9}", ",{}"];
        bytes.extend_from_slice(instead[dice.roll(instead.len())].as_bytes());
        signed += usize::from(bodies::read_damaged(&bytes));
    }
    assert!((1..DAMAGES / 2).contains(&signed), "{signed} of {DAMAGES} are still signed");
}
