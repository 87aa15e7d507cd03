//! JSON as text. A terminal may show it, so its strings have no hidden characters but as escapes.

use serde::Serialize;
use tollgate_model::escape_hidden_in_json;

/// Returns a document as one line of JSON.
pub fn json_text(document: &impl Serialize) -> serde_json::Result<String> {
    Ok(escape_hidden_in_json(&serde_json::to_string(document)?).into_owned())
}

/// Returns a document as indented JSON.
pub fn indented_json_text(document: &impl Serialize) -> serde_json::Result<String> {
    Ok(escape_hidden_in_json(&serde_json::to_string_pretty(document)?).into_owned())
}
