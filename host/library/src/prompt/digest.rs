//! What a prompt is as a package, and what identifies it: its canonical bytes.
//!
//! They are its text with lines that end in a newline, no byte order mark and one newline at
//! the end; where it is made of partials, then for each in the order of their names a zero
//! byte, the name, a zero byte and its text. Texts hold no zero, so this is one prompt only. Of a
//! prompt without partials, the digest is what `sha256sum` says of its file.

use std::collections::BTreeMap;

use super::PartialFile;
use super::fault::Faults;
use super::source::{Source, SourceProblem};

/// The bytes that identify a prompt.
pub(super) fn bytes(
    source: &Source,
    has_front_matter: bool,
    partials: &BTreeMap<String, PartialFile>,
) -> Vec<u8> {
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
    bytes.into_bytes()
}

/// The texts that canonical bytes are made of: the prompt's own, and those of its partials.
pub(super) fn split(
    file: &str,
    bytes: &[u8],
) -> Result<(Source, BTreeMap<String, Source>), Faults> {
    let mut parts = bytes.split(|byte| *byte == 0);
    let source = Source::new(file, parts.next().unwrap_or_default())?;
    let mut partials = BTreeMap::new();
    while let Some(name) = parts.next() {
        let torn = || Faults::from(source.fault(1, SourceProblem::Torn));
        let name = std::str::from_utf8(name).map_err(|_| torn())?;
        let text = parts.next().ok_or_else(torn)?;
        partials.insert(name.to_owned(), Source::new(format!("_{name}.prompt"), text)?);
    }
    Ok((source, partials))
}
