//! Lock files, manifests and bundles that were damaged: a short version of what the fuzzer does for hours.

use crate::dice::Dice;

#[path = "../../../../tests/fuzz/bundles.rs"]
mod bundles;
#[path = "../../../../tests/fuzz/documents.rs"]
mod documents;

const DOCUMENTS: usize = 20_000;
/// Each of these writes to the disk.
const BUNDLES: usize = 300;

const LOCK_FILE: &str = include_str!("../golden/tollgate.lock");
const MANIFEST: &str = r#"{"schemaVersion":2,
"mediaType":"application/vnd.oci.image.manifest.v1+json",
"artifactType":"application/vnd.tollgate.prompt.v1",
"config":{"mediaType":"application/vnd.oci.empty.v1+json",
"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
"size":2},
"layers":[{"mediaType":"text/plain",
"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
"size":18446744073709551615,
"annotations":{"é":"\u0000"}}],
"annotations":{"dev.tollgate.metadata":"{}"}}"#;

/// Parts that lines of documents are replaced by or joined with.
const PIECES: &[&str] = &[
    "",
    "\n",
    "\"\"",
    "0",
    "-1",
    "1e400",
    "null",
    "[]",
    "{}",
    ",",
    "[[gate]]\n",
    "[[prompt]]\n",
    "name = \"acme/calm\"\n",
    "name = \"welcome\"\n",
    "version = \"1.0.0+build\"\n",
    "prompts = { a = \"*\" }\n",
    "wit = \"99.0.0-x\"\n",
    "format = 3\n",
    "\"manifests\":[],",
    "\"subject\":null,",
    "\"size\":-1,",
    "\"schemaVersion\":1,",
    "\u{0}",
    "é",
    "\u{202e}",
];

/// Returns the document with some of its lines removed, repeated, exchanged, or with other text in them.
fn damage(document: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = document.lines().map(|line| format!("{line}\n")).collect();
    for _ in 0..=dice.roll(3) {
        let (at, other) = (dice.roll(lines.len()), dice.roll(lines.len()));
        match dice.roll(5) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            3 => lines.insert(at, dice.text(PIECES, 2)),
            _ => {
                let characters: Vec<char> = lines[at].chars().collect();
                let cut = dice.roll(characters.len());
                lines[at] = characters[..cut].iter().collect();
                lines[at] += &dice.text(PIECES, 2);
                lines[at].extend(&characters[(cut + dice.roll(3)).min(characters.len())..]);
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.concat()
}

fn damage_many_times(document: &str, seed: u64, is_read: fn(&[u8]) -> bool) {
    assert!(is_read(document.as_bytes()), "the sound document is read");
    let mut dice = Dice(seed);
    let mut read = 0;
    for _ in 0..DOCUMENTS {
        read += usize::from(is_read(damage(document, &mut dice).as_bytes()));
    }
    // Else only one half of what is promised would be tested.
    assert!(0 < read && read < DOCUMENTS, "{read} of {DOCUMENTS} were read");
}

#[test]
fn damaged_lock_files_are_read_in_one_way_or_refused() {
    damage_many_times(LOCK_FILE, 23, documents::is_lock_file);
}

#[test]
fn damaged_manifests_are_read_in_one_way_or_refused() {
    damage_many_times(MANIFEST, 29, documents::is_manifest);
}

#[test]
fn a_damaged_bundle_brings_nothing_that_was_not_exported() {
    assert_eq!(bundles::import_damaged(&[0, 0, 0]), Some(2), "the undamaged bundle is imported");
    let mut dice = Dice(31);
    let (mut imported, mut refused) = (0, 0);
    for _ in 0..BUNDLES {
        let length = dice.roll(3) as u8;
        let mut bytes = vec![dice.roll(256) as u8, dice.roll(256) as u8, length];
        // Most changes keep the length, because every header behind another one is unreadable.
        let kept = if dice.roll(8) == 0 { dice.roll(700) } else { 8 * usize::from(length) };
        bytes.extend((0..kept).map(|_| [0, b' ', b'0', b'7', b'L', b'x', 0xff][dice.roll(7)]));
        match bundles::import_damaged(&bytes) {
            Some(_) => imported += 1,
            None => refused += 1,
        }
    }
    assert!(imported > 0 && refused > 0, "{imported} imported, {refused} refused");
}
