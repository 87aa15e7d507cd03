//! Files of projects that were damaged: a short version of what the fuzzer does for hours.

use proptest::prelude::*;
use proptest::test_runner::Config;

#[path = "../../../../tests/fuzz/projects.rs"]
mod bodies;
#[path = "../../../../tests/shared/damaged_text.rs"]
mod damaged_text;

const PROJECT: &str = r#"[[source]]
name = "ours"
folder = "packages"
namespaces = ["acme", "prompts"]

[[source]]
name = "public"
registry = "ghcr.io/acme"
insecure = true

[trust.acme]
keys = ["release"]

[signed]
checkpoints = ["release"]

[score]
delegate-max = 7
human-max = 14
"#;

const PIECES: &[&str] = &[
    "",
    "\"\"",
    "0",
    "-1",
    "256",
    "1e400",
    "true",
    "[]",
    "{}",
    "[[\n",
    "[score]",
    "[[source]]",
    "[trust.tollgate]",
    "name = \"ours\"",
    "namespaces = [\"tollgate\"]",
    "keys = [\"../../x\"]",
    "human-max = 6",
    "\u{0}",
    "é = 1",
    "\u{202e}",
    "\"\"\"",
];

#[test]
fn the_undamaged_file_is_that_of_a_project() {
    assert!(bodies::is_project(PROJECT.as_bytes()));
    assert!(!bodies::is_project(b"\xff"));
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_damaged_file_is_that_of_a_project_or_refused(text in damaged_text::with_changed_lines(PROJECT, PIECES)) {
        bodies::is_project(text.as_bytes());
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        bodies::is_project(&bytes);
    }
}
