//! Canonical bytes of a prompt: its form as a package, and the input of its digest.
//!
//! They are the normalised text with one newline at the end, followed, for each partial in the
//! order of their names, by a zero byte, the name, a zero byte and the partial's text. Texts
//! contain no zero bytes, so the encoding is unambiguous. Without partials, the digest equals the
//! `sha256sum` of a normalised file.

use std::collections::BTreeMap;

use tollgate_model::TextFileErrors;

use super::PartialFile;
use super::error::error_in;
use super::text::{PromptText, PromptTextError};

/// Encodes a prompt and its partials.
pub(super) fn encode(
    text: &PromptText,
    has_front_matter: bool,
    partials: &BTreeMap<String, PartialFile>,
) -> Vec<u8> {
    let mut bytes = text.as_str().to_owned();
    if has_front_matter {
        // Trailing newlines have no meaning in a template, and editors change them.
        bytes.truncate(bytes.trim_end_matches('\n').len());
        bytes.push('\n');
    }
    for (name, partial) in partials {
        for part in ["\0", name, "\0", partial.text.as_str()] {
            bytes.push_str(part);
        }
    }
    bytes.into_bytes()
}

/// Decodes canonical bytes into the prompt's text and its partials by name.
pub(super) fn decode(
    file: &str,
    bytes: &[u8],
) -> Result<(PromptText, BTreeMap<String, PromptText>), TextFileErrors> {
    let mut parts = bytes.split(|byte| *byte == 0);
    let text = PromptText::new(file, parts.next().unwrap_or_default())?;
    let mut partials = BTreeMap::new();
    while let Some(name) = parts.next() {
        let incomplete = || {
            let error = error_in(text.text_file(), None, PromptTextError::IncompletePartial);
            TextFileErrors::from(error)
        };
        let name = std::str::from_utf8(name).map_err(|_| incomplete())?;
        let partial = parts.next().ok_or_else(incomplete)?;
        partials.insert(name.to_owned(), PromptText::new(format!("_{name}.prompt"), partial)?);
    }
    Ok((text, partials))
}
