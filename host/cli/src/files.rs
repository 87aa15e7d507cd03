//! Reading and writing files, and reading standard input in place of a file.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
pub(crate) use tollgate_project::files::{
    create_private_folder, parent_folder, read, read_given, read_given_json, read_given_text,
    read_text, read_text_from, write, write_private, write_private_with, write_with,
};

/// Reads a text file, or standard input if the path is `-`.
pub(crate) fn read_text_or_stdin(path: &Path) -> anyhow::Result<String> {
    if path != Path::new("-") {
        return Ok(read_given_text(path)?);
    }
    read_text_from(std::io::stdin().lock()).context("cannot read standard input")
}

/// Opens a file for streaming, or standard input if the path is `-`.
pub(crate) fn open_or_stdin(path: &Path) -> anyhow::Result<Box<dyn Read + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let file = std::fs::File::open(path).with_context(|| read_error_message(path))?;
    Ok(Box::new(file))
}

pub(crate) fn read_error_message(path: &Path) -> String {
    format!("cannot read `{}`", path.display())
}
