//! What identifies a prompt: its canonical bytes.
//!
//! They are its text with lines that end in a newline, no byte order mark and one newline at
//! the end; where it is made of partials, then for each in the order of their names a zero
//! byte, the name, a zero byte and its text. Texts hold no zero, so this is one prompt only. Of a
//! prompt without partials, the digest is what `sha256sum` says of its file.

use std::collections::BTreeMap;

use tollgate_model::Digest;

use super::PartialFile;
use super::source::Source;

pub(super) fn of(
    source: &Source,
    has_front_matter: bool,
    partials: &BTreeMap<String, PartialFile>,
) -> Digest {
    let mut bytes = source.text.clone();
    if has_front_matter {
        // What ends a template says nothing, and editors change it.
        bytes.truncate(bytes.trim_end_matches('\n').len());
        bytes.push('\n');
    }
    for (name, partial) in partials {
        for part in ["\0", name, "\0", &partial.source.text] {
            bytes.push_str(part);
        }
    }
    Digest::of(bytes)
}
