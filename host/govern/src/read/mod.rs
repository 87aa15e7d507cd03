//! Reading of gate files. Reports all errors of a file at once, each with its line and key.
//!
//! The text becomes a tree with line numbers (`tree`), the tree becomes a gate (`deserialize`), and
//! the gate is checked as a whole (`consistency`). A value with an error is removed and reading
//! continues, so that one error does not hide the next.

mod consistency;
mod deserialize;
mod error;
mod expected;
mod tree;

use tollgate_model::Gate;

pub use error::{GateFileError, GateFileErrorKind, GateFileErrors};

/// Largest size of a gate file. Real ones have a few kilobytes; more is the wrong file.
pub const FILE_BYTES_MAX: usize = 1 << 20;
/// Most errors reported for one file. It also bounds the work: each error restarts deserialisation.
const ERRORS_MAX: usize = 100;

/// Reads the text of a gate file. `file` is its path, used in messages and for the name of the
/// gate.
pub fn read(file: &str, text: &str) -> Result<Gate, GateFileErrors> {
    read_with_name(file, gate_name_of_file(file), text)
}

/// Reads a gate file whose name may differ from the gate's, such as an older version of it. With
/// `expected_name` as `None` the text has to contain the `name`.
pub fn read_with_name(
    file: &str,
    expected_name: Option<&str>,
    text: &str,
) -> Result<Gate, GateFileErrors> {
    let whole = |problem| GateFileErrors(vec![GateFileError::for_whole_file(file, problem)]);
    if text.len() > FILE_BYTES_MAX {
        return Err(whole(GateFileErrorKind::TooLarge { bytes_max: FILE_BYTES_MAX }));
    }
    let (tree, mut errors) = tree::parse(text);
    let Some(mut tree) = tree else { return Err(GateFileErrors(sorted_errors(file, errors))) };
    if let Some(expected_name) = expected_name {
        // `name` is optional in files: the file name is the name of the gate.
        tree.insert_default("name", expected_name);
    }
    let gate = deserialize::read(&mut tree, &mut errors);
    if let Some(gate) = &gate {
        consistency::check_consistency(expected_name, gate, &tree, &mut errors);
    }
    match gate {
        Some(gate) if errors.is_empty() => Ok(gate),
        _ => Err(GateFileErrors(sorted_errors(file, errors))),
    }
}

/// Returns the file name without folders and `.toml`, or `None` if it does not end in `.toml`.
fn gate_name_of_file(file: &str) -> Option<&str> {
    file.rsplit(['/', '\\']).next().unwrap_or(file).strip_suffix(".toml")
}

/// Returns the errors sorted by line, at most [`ERRORS_MAX`].
fn sorted_errors(file: &str, mut errors: Vec<tree::TreeError>) -> Vec<GateFileError> {
    errors.sort_by_key(|error| error.line);
    let errors = errors.into_iter().take(ERRORS_MAX);
    errors
        .map(|error| GateFileError {
            file: file.into(),
            line: Some(error.line),
            key: tree::format_path(&error.path),
            kind: error.kind,
        })
        .collect()
}

#[cfg(test)]
mod tests;
