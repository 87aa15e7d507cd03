//! Prints documents as JSON.

use serde::Serialize;
use tollgate_api::{indented_json_text, json_text};

use crate::console;

/// Prints a document as indented JSON.
pub(crate) fn print_document(document: &impl Serialize) -> anyhow::Result<()> {
    console::print(indented_json_text(document)?);
    Ok(())
}

/// Prints a document as one line of JSON.
pub(crate) fn print_line(document: &impl Serialize) -> anyhow::Result<()> {
    console::print(json_text(document)?);
    Ok(())
}
