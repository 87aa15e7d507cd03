//! Damaged text files, for the property tests of several crates.

use proptest::prelude::*;

/// Generates the text with up to four changes: lines that are removed, moved, inserted or given another value.
pub fn with_changed_lines(
    text: &'static str,
    pieces: &'static [&'static str],
) -> impl Strategy<Value = String> {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let change = (0..lines.len(), 0..4_u8, prop::sample::select(pieces));
    prop::collection::vec(change, 1..5).prop_map(move |changes| {
        let mut lines = lines.clone();
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
