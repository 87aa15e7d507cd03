//! Files of projects that were damaged: a short version of what the fuzzer does for hours.

use proptest::prelude::*;
use proptest::test_runner::Config;

#[path = "../../../../tests/fuzz/projects.rs"]
mod bodies;

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

/// Returns the project file with some lines removed, moved, inserted or given other values.
fn damaged() -> impl Strategy<Value = String> {
    let lines: Vec<&str> = PROJECT.lines().collect();
    let change = (0..lines.len(), 0..4_u8, prop::sample::select(PIECES.to_vec()));
    prop::collection::vec(change, 1..4).prop_map(move |changes| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        for (at, edit, piece) in changes {
            let at = at.min(lines.len() - 1);
            match edit {
                0 => drop(lines.remove(at)),
                1 => lines.insert(at, piece.into()),
                2 => lines.swap(at, 0),
                _ => {
                    let key = lines[at].split('=').next().unwrap_or_default().to_owned();
                    lines[at] = format!("{key}= {piece}");
                }
            }
        }
        lines.join("\n")
    })
}

#[test]
fn the_undamaged_file_is_that_of_a_project() {
    assert!(bodies::is_project(PROJECT.as_bytes()));
    assert!(!bodies::is_project(b"\xff"));
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_damaged_file_is_that_of_a_project_or_refused(text in damaged()) {
        bodies::is_project(text.as_bytes());
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        bodies::is_project(&bytes);
    }
}
