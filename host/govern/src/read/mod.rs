//! Reading of gate files. Reports all errors of a file at once, each with its place and key.
//!
//! The text becomes a tree with places (`tree`), the tree becomes a gate (`deserialize`), and
//! the gate is checked as a whole (`consistency`). A value with an error is removed and reading
//! continues, so that one error does not hide the next.

mod consistency;
mod deserialize;
mod error;
mod expected;
mod placeholders;
mod tree;

use tollgate_model::{BrandVoice, Digest, Gate, TextFile, TextFileErrors};

pub use placeholders::{
    Placeholder, PlaceholderPlace, check_besides_placeholders, find_placeholders,
};

use error::GateFileErrorKind;

/// Largest size of a gate file. Real ones have a few kilobytes; more is the wrong file.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Most errors reported for one file. It also bounds the work: each error restarts deserialisation.
const ERRORS_MAX: usize = 100;

/// Reads the text of a gate file. `file` is its path, used in messages and for the name of the
/// gate.
pub fn read(file: &str, text: &str) -> Result<Gate, TextFileErrors> {
    read_with_name(file, gate_name_of_file(file), text)
}

/// Reads a gate file whose name may differ from the gate's, such as an older version of it. With
/// `expected_name` as `None` the text has to contain the `name`.
pub fn read_with_name(
    file: &str,
    expected_name: Option<&str>,
    text: &str,
) -> Result<Gate, TextFileErrors> {
    if text.len() > FILE_BYTES_MAX {
        let kind = GateFileErrorKind::TooLarge;
        let error = TextFile::new(file, "").error(kind.to_string()).with_help(kind.help());
        return Err(error.into());
    }
    let (tree, mut errors) = tree::parse(text);
    let Some(mut tree) = tree else { return Err(sorted_errors(file, text, errors)) };
    placeholders::reject_placeholders(&mut tree, &mut errors);
    match read_tree(expected_name, &mut tree, &mut errors) {
        Some(gate) if errors.is_empty() => Ok(gate),
        _ => Err(sorted_errors(file, text, errors)),
    }
}

/// Reads a gate from a tree, adds the errors, and returns what could be read in spite of them.
fn read_tree(
    expected_name: Option<&str>,
    tree: &mut tree::Node,
    errors: &mut Vec<tree::TreeError>,
) -> Option<Gate> {
    if let Some(expected_name) = expected_name {
        // `name` is optional in files: the file name is the name of the gate.
        tree.insert_default("name", expected_name);
    }
    let gate = deserialize::read(tree, errors);
    if let Some(gate) = &gate {
        consistency::check_consistency(expected_name, gate, tree, errors);
    }
    gate
}

/// Checks the brand voice document of a gate that was read from this text. `actual` is the digest of the document, or
/// `None` if it is missing. With another document than the agreed one, every output is held and no approval helps.
pub fn check_brand_voice(
    file: &str,
    text: &str,
    voice: &BrandVoice,
    actual: Option<Digest>,
) -> Result<(), TextFileErrors> {
    let (tree, mut errors) = tree::parse(text);
    if let Some(tree) = tree {
        consistency::check_document(voice, actual, &tree, &mut errors);
    }
    if errors.is_empty() { Ok(()) } else { Err(sorted_errors(file, text, errors)) }
}

/// Returns the file name without folders and `.toml`, or `None` if it does not end in `.toml`.
fn gate_name_of_file(file: &str) -> Option<&str> {
    file.rsplit(['/', '\\']).next().unwrap_or(file).strip_suffix(".toml")
}

/// Returns the errors in the order of the text, at most [`ERRORS_MAX`].
fn sorted_errors(file: &str, text: &str, mut errors: Vec<tree::TreeError>) -> TextFileErrors {
    let file = TextFile::new(file, text);
    errors.sort_by_key(|error| error.span.start);
    let errors = errors.into_iter().take(ERRORS_MAX);
    TextFileErrors(errors.map(|error| error.into_file_error(&file)).collect())
}

#[cfg(test)]
mod tests;
