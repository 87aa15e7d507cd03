//! Validates generated documents before the first subject.
//!
//! A regular expression builds most of its automaton while it matches, and each sandbox
//! would build it again. So `configure` validates some documents that are generated from
//! the schema; the host keeps a snapshot of the memory, and every judgement starts from it.
//! The results of these validations are ignored.

mod document;
mod matching;

use jsonschema::Validator;
use serde_json::Value;

use crate::document::{FlatJson, parse};
use crate::documents::Documents;

/// Each round uses different alternatives, types and character classes.
const ROUNDS: usize = 4;

pub(crate) fn run(validator: &Validator<FlatJson>, schema: &Value, documents: &Documents) {
    for round in 0..ROUNDS {
        let text = document::sample_document(schema, documents, round).to_string();
        if let Ok(document) = parse(&text) {
            validator.iter_errors(document.root()).for_each(drop);
        }
    }
}
