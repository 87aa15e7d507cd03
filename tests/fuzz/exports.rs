//! Fuzz bodies for exports of a ledger. Whatever is done to an export, it is only accepted as sound if it is a
//! prefix of the recorded events.

use std::sync::LazyLock;

use tollgate_ledger::{Ledger, LedgerEntry, LedgerReader, verify_export};
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::{Digest, Event, EventKind, Figure, KpiEvent};

const EVENTS: u64 = 12;

/// An export, and the hash of each of its events.
struct ExportSample {
    lines: Vec<u8>,
    hashes: Vec<Digest>,
}

/// Made anew in every process, but its length and structure are fixed.
static EXPORT_SAMPLE: LazyLock<ExportSample> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).expect("a ledger");
    let mut hashes = Vec::new();
    for number in 0..EVENTS {
        let figure = KpiEvent {
            kpi: "open-rate".parse().expect("words"),
            value: Figure::new(0.5).expect("a figure"),
            source: "the mailer's report".parse().expect("words"),
        };
        let gate = "welcome-email".parse().expect("a name");
        let event = Event { at_ms: 1_000 + number, gate, kind: EventKind::Kpi(figure) };
        let appended = ledger.append_blocking(LedgerEntry::new(event).into()).expect("recorded");
        hashes.push(appended.hash);
    }
    let mut lines = Vec::new();
    SqliteReader::open(&path).expect("a reader").export(0, &mut lines).expect("an export");
    ExportSample { lines, hashes }
});

/// Result of verifying bytes as an export.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExportCheck {
    Unreadable,
    /// An export with faults.
    Faulty,
    /// A sound prefix of the recorded events, with their number.
    Prefix(u64),
}

/// Verifies arbitrary bytes.
pub fn verify_arbitrary(bytes: &[u8]) -> ExportCheck {
    let Ok(verified) = verify_export(bytes, &[], |_, _| false) else {
        return ExportCheck::Unreadable;
    };
    assert_eq!(verified.checkpoints, 0, "it has a checkpoint that was never signed");
    if !verified.is_sound() {
        return ExportCheck::Faulty;
    }
    if verified.events > 0 {
        let (_, hash) = verified.head.expect("an export with events has a head");
        assert!(
            EXPORT_SAMPLE.hashes.contains(&hash),
            "it contains an event that was never recorded"
        );
    }
    ExportCheck::Prefix(verified.events)
}

/// Replaces some bytes of a sound export and verifies it. The first two input bytes give the position, the
/// third the number of bytes, and the rest replaces them.
pub fn verify_damaged(bytes: &[u8]) -> ExportCheck {
    let [high, low, length, replacement @ ..] = bytes else { return ExportCheck::Unreadable };
    let sound = &EXPORT_SAMPLE.lines;
    let start = usize::from(u16::from_be_bytes([*high, *low])) % (sound.len() + 1);
    let end = (start + usize::from(*length)).min(sound.len());
    verify_arbitrary(&[&sound[..start], replacement, &sound[end..]].concat())
}
