//! Golden files: events, their details, exports and checkpoints have the same bytes in every build,
//! because hashes and signatures cover them.

use tollgate_ledger::storage::{EventBody, ExportWriter, PreparedEntry, event_hash, genesis_hash};
use tollgate_ledger::{Append, Checkpoint, EventRow, verify_export};
use tollgate_model::{Digest, EarlyText, EventKind, ReasonKind};

use crate::events;
use crate::golden_file::assert_golden;

const LEDGER: [u8; 16] = [7; 16];

fn prepared() -> Vec<PreparedEntry> {
    Append::from(events::one_of_each_kind()).prepare().unwrap().entries
}

/// Returns the rows of a ledger with one event of each kind.
fn rows() -> Vec<EventRow> {
    let mut hash = genesis_hash(&LEDGER);
    let to_row = |(seq, entry): (u64, PreparedEntry)| {
        let PreparedEntry { at_ms, gate, body_json: body, body: EventBody { event, .. }, .. } =
            entry;
        let kind = event.name().to_owned();
        hash = event_hash(&hash, seq, at_ms, &gate, &kind, &body);
        EventRow { seq, at_ms, gate, kind, body, hash }
    };
    (1..).zip(prepared()).map(to_row).collect()
}

fn export() -> String {
    let mut bytes = Vec::new();
    let mut writer = ExportWriter::start(&mut bytes, &LEDGER, 0, genesis_hash(&LEDGER)).unwrap();
    for row in rows() {
        writer.write(row).unwrap();
    }
    writer.finish().unwrap();
    String::from_utf8(bytes).unwrap()
}

fn checkpoint() -> Checkpoint {
    let last = rows().pop().unwrap();
    Checkpoint {
        seq: last.seq,
        hash: last.hash,
        at_ms: events::AT_MS,
        key: "acme-release".into(),
        signature: vec![0xab; 64],
    }
}

#[test]
fn golden_events() {
    let mut kinds = Vec::new();
    for entry in prepared() {
        let kind = entry.body.event.name();
        assert_golden(&format!("{kind}.json"), &entry.body_json);
        assert_eq!(EventBody::from_json(&entry.body_json).unwrap(), entry.body);
        kinds.push(kind);
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 11, "an event of each kind has a golden file");
}

#[test]
fn golden_run_with_early_text() {
    let entries = Append::from(events::run_with_early_text()).prepare().unwrap().entries;
    assert_golden("run.early-text.json", &entries[0].body_json);
    assert_eq!(EventBody::from_json(&entries[0].body_json).unwrap(), entries[0].body);
    let early = events::EARLY;
    let without_end = EarlyText { abandoned: false, ..early };
    assert_eq!(serde_json::to_string(&without_end).unwrap(), r#"{"bytes":9}"#);
}

/// Events of a version that accepted names with line breaks, with hidden characters and of several alphabets.
const FORMER_NAMES: &str = include_str!("../golden/former-names.jsonl");

#[test]
fn reads_former_names_of_people_and_keeps_their_bytes() {
    for line in FORMER_NAMES.lines() {
        let body = EventBody::from_json(line).unwrap();
        assert_eq!(serde_json::to_string(&body).unwrap(), line);
        let by = match &body.event {
            EventKind::Run(run) => {
                assert_eq!(run.author.as_ref().unwrap().to_string(), "Ada\\u{200b} Writer");
                run.submitted_by.clone().unwrap()
            }
            EventKind::Claim(claim) => claim.by.clone(),
            EventKind::Review(review) => review.by.clone(),
            EventKind::Rollout(rollout) => rollout.by.clone(),
            EventKind::Rollback(rollback) => rollback.by.clone(),
            EventKind::Incident(incident) => incident.by.clone(),
            _ => continue,
        };
        let shown = by.to_string();
        let expected = ["Dana Hill\\u{a}  approved by Kim Osei", "news\\u{9}letter tool"];
        assert!(expected.contains(&shown.as_str()), "{shown}");
    }
    assert_eq!(FORMER_NAMES.lines().count(), 8);
    for reason in [
        r#"{"code":"approved","by":["Dana\nHill","Kim Osei"]}"#,
        r#"{"code":"revoked","revocation":{"act":{"kind":"rejection","reason":"wrong"},"by":"Dana\nHill","at":"2026-11-30T14:00:00.000Z"}}"#,
    ] {
        let read: ReasonKind = serde_json::from_str(reason).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), reason);
    }
}

#[test]
fn golden_contents() {
    let run = prepared().swap_remove(0);
    let [subject, details] = &run.content_bytes[..] else { panic!("not two contents") };
    assert_golden("run.subject.json", std::str::from_utf8(subject).unwrap());
    assert_golden("run.details.json", std::str::from_utf8(details).unwrap());
    assert_eq!(run.body.contents[1].digest, Digest::of(details));
}

#[test]
fn golden_export() {
    let export = export();
    assert_golden("export.jsonl", export.strip_suffix('\n').unwrap());
    let verified = verify_export(export.as_bytes(), &[], |_, _| true).unwrap();
    assert_eq!((verified.events, verified.faults), (11, Vec::new()));
}

#[test]
fn golden_checkpoint() {
    let checkpoint = checkpoint();
    let text = serde_json::to_string(&checkpoint).unwrap();
    assert_golden("checkpoint.json", &text);
    assert_eq!(serde_json::from_str::<Checkpoint>(&text).unwrap(), checkpoint);
    let message = tollgate_model::encode_hex(&checkpoint.message(&LEDGER));
    assert_golden("checkpoint.message.hex", &message);
}

#[test]
fn refuses_events_and_exports_of_other_formats() {
    let body = prepared().swap_remove(1).body_json;
    assert!(EventBody::from_json(&body).is_ok());
    for changed in [
        body.replace("\"format\":2", "\"format\":1"),
        body.replace("\"format\":2,", ""),
        body.replace("\"event\"", "\"what\""),
    ] {
        assert_ne!(changed, body);
        assert!(EventBody::from_json(&changed).is_err(), "{changed}");
    }
    let export = export().replacen("\"format\":2", "\"format\":1", 1);
    let error = verify_export(export.as_bytes(), &[], |_, _| true).unwrap_err().to_string();
    assert!(error.contains("the export has ledger format 1"), "{error}");
}
