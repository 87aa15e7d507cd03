//! Prints documents as JSON.

use serde::Serialize;

use crate::console;

/// Prints a document as indented JSON.
pub(crate) fn print_document(document: &impl Serialize) -> anyhow::Result<()> {
    console::print(serde_json::to_string_pretty(document)?);
    Ok(())
}

/// Prints a document as one line of JSON.
pub(crate) fn print_line(document: &impl Serialize) -> anyhow::Result<()> {
    console::print(serde_json::to_string(document)?);
    Ok(())
}
