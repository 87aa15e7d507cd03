//! Validations before the first subject comes.
//!
//! A regular expression builds most of its automaton while it matches, and each sandbox
//! would build it again. So some documents that the schema itself suggests are validated
//! while it is configured; the host keeps what that leaves behind, and every judgement
//! starts from it. How these documents come out does not matter.

mod document;
mod matching;

use jsonschema::Validator;
use serde_json::Value;

use crate::document::{Flat, parse};
use crate::documents::Documents;

/// Alternatives, types and character classes are gone through in turn, one a round.
const ROUNDS: usize = 4;

pub(crate) fn run(validator: &Validator<Flat>, schema: &Value, documents: &Documents) {
    for round in 0..ROUNDS {
        let text = document::sample(schema, documents, round).to_string();
        if let Ok(document) = parse(&text) {
            validator.iter_errors(document.root()).for_each(drop);
        }
    }
}
