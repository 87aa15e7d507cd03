//! What is done with bytes that somebody calls an export of a ledger. What is sound is a beginning of what was
//! recorded, whatever is done to its bytes.

use std::sync::LazyLock;

use tollgate_ledger::{Entry, Ledger, View, verify_lines};
use tollgate_model::{Digest, Event, Figure, KpiFigure, What};

const EVENTS: u64 = 12;

/// An export, and the hash of each of its events.
struct Sound {
    lines: Vec<u8>,
    hashes: Vec<Digest>,
}

/// It is made anew each time, but its length and its outline never change.
static SOUND: LazyLock<Sound> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ledger.db");
    let ledger = Ledger::open(&path).expect("a ledger");
    let mut hashes = Vec::new();
    for number in 0..EVENTS {
        let figure = KpiFigure {
            kpi: "open-rate".parse().expect("words"),
            value: Figure::of(0.5).expect("a figure"),
            source: "the mailer's report".parse().expect("words"),
        };
        let gate = "welcome-email".parse().expect("a name");
        let event = Event { at_ms: 1_000 + number, gate, what: What::Kpi(figure) };
        let appended = ledger.append_blocking(vec![Entry::of(event)]).expect("recorded");
        hashes.push(appended.hash);
    }
    let mut lines = Vec::new();
    View::open(&path).expect("a view").export(0, &mut lines).expect("an export");
    Sound { lines, hashes }
});

/// What became of the bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Became {
    Nothing,
    /// They are an export in which something is wrong.
    Faulty,
    /// They are a beginning of what was recorded, of so many events.
    Beginning(u64),
}

/// Bytes that come from anywhere.
pub fn verify(bytes: &[u8]) -> Became {
    let Ok(verified) = verify_lines(bytes, &[], |_, _| false) else { return Became::Nothing };
    assert_eq!(verified.checkpoints, 0, "nobody has signed anything");
    if !verified.is_sound() {
        return Became::Faulty;
    }
    if verified.events > 0 {
        let (_, hash) = verified.head.expect("where there are events, there is a last one");
        assert!(SOUND.hashes.contains(&hash), "it says something that was never recorded");
    }
    Became::Beginning(verified.events)
}

/// A sound export in which some bytes are others: the first two say from where, the third how many, and
/// what follows stands in their place.
pub fn damage(bytes: &[u8]) -> Became {
    let [high, low, length, instead @ ..] = bytes else { return Became::Nothing };
    let sound = &SOUND.lines;
    let start = usize::from(u16::from_be_bytes([*high, *low])) % (sound.len() + 1);
    let end = (start + usize::from(*length)).min(sound.len());
    verify(&[&sound[..start], instead, &sound[end..]].concat())
}
