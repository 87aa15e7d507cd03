//! Exports that nobody wrote, and sound ones that were damaged. What the fuzzer does without end, this does
//! for a while.

use proptest::prelude::*;
use proptest::test_runner::Config;

#[path = "../../../../tests/fuzz/exports.rs"]
mod bodies;

use bodies::Became;

/// What lines are made of.
const PIECES: &[&str] = &[
    "{",
    "}",
    "\n",
    ":",
    ",",
    "\"ledger\"",
    "\"seq\"",
    "\"hash\"",
    "\"after\"",
    "\"format\"",
    "\"body\"",
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "null",
    "\"sha256:00\"",
    "é",
    "\u{0}",
];

fn config() -> Config {
    Config { cases: 2_000, failure_persistence: None, ..Config::default() }
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24);
    pieces.prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_nobody_exported_is_nothing(bytes in prop_oneof![pieces(), any::<Vec<u8>>()]) {
        prop_assert_eq!(bodies::verify(&bytes), Became::Nothing);
    }

    #[test]
    fn what_is_sound_was_recorded(
        at: [u8; 2], length in prop_oneof![Just(0_u8), any::<u8>()],
        instead in prop_oneof![Just(Vec::new()), pieces(), any::<Vec<u8>>()],
    ) {
        bodies::damage(&[&[at[0], at[1], length][..], &instead].concat());
    }
}

#[test]
fn what_is_not_touched_stays_sound() {
    assert_eq!(bodies::damage(&[0, 0, 0]), Became::Beginning(12));
    assert_eq!(bodies::damage(&[0, 5, 9, b'x']), Became::Nothing, "the first line is broken");
    assert_eq!(bodies::damage(&[2, 200, 9, b'x']), Became::Faulty);
}
