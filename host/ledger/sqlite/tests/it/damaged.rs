//! Invented exports, and sound ones that were damaged: a short version of what the fuzzer does for hours.

use proptest::prelude::*;
use proptest::test_runner::Config;

#[path = "../../../../../tests/fuzz/exports.rs"]
mod bodies;

use bodies::ExportCheck;

/// Fragments that invented exports are made of.
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
    fn rejects_invented_exports(bytes in prop_oneof![pieces(), any::<Vec<u8>>()]) {
        prop_assert_eq!(bodies::verify_arbitrary(&bytes), ExportCheck::Unreadable);
    }

    #[test]
    fn damaged_exports_verify_only_what_was_recorded(
        at: [u8; 2], length in prop_oneof![Just(0_u8), any::<u8>()],
        instead in prop_oneof![Just(Vec::new()), pieces(), any::<Vec<u8>>()],
    ) {
        bodies::verify_damaged(&[&[at[0], at[1], length][..], &instead].concat());
    }
}

#[test]
fn accepts_untouched_exports() {
    assert_eq!(bodies::verify_damaged(&[0, 0, 0]), ExportCheck::Prefix(12));
    assert_eq!(
        bodies::verify_damaged(&[0, 5, 9, b'x']),
        ExportCheck::Unreadable,
        "the first line is broken"
    );
    assert_eq!(bodies::verify_damaged(&[2, 200, 9, b'x']), ExportCheck::Faulty);
}
