//! Turns errors of `jsonschema` into refusals that name the place in the configuration.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ReferencingError, ValidationError};
use serde_json::Value;
use tollgate_sdk::{BadConfig, Pointer, Refusal};

use crate::documents::Documents;
use crate::{locate, message};

/// Keywords that contain a URI.
const URI_KEYWORDS: [&str; 5] = ["$ref", "$dynamicRef", "$recursiveRef", "$id", "$schema"];

/// The parts of the configuration that refusals point at.
pub(crate) struct RefusalBuilder<'c> {
    pub(crate) schema: &'c Value,
    pub(crate) documents: &'c Documents,
}

impl RefusalBuilder<'_> {
    /// Refuses a schema that violates its metaschema or cannot be compiled.
    pub(crate) fn refuse_schema(&self, error: &ValidationError) -> Refusal {
        let schema = Pointer::root().key("schema");
        match error.kind() {
            Kind::Referencing(error) => self.refuse_reference(error),
            Kind::Custom { message, .. } if message.starts_with("Unknown vocabulary") => {
                let uri = quoted_part(message);
                let reason = format!(
                    "the metaschema requires the vocabulary `{uri}`, which is not supported"
                );
                Refusal::bad_config(&schema.key("$schema"), reason)
            }
            Kind::Custom { message, .. } if message.starts_with("Unknown format") => {
                self.refuse_format(quoted_part(message))
            }
            _ => refuse_at(&schema, error),
        }
    }

    /// Refuses a reference that is invalid or cannot be resolved. The error does not know
    /// its place, so the reference is searched for.
    pub(crate) fn refuse_reference(&self, error: &ReferencingError) -> Refusal {
        let (reference_in_error, reason) = explain_reference_error(error);
        let fits = |name: &str, value: &Value| {
            let text = value.as_str().filter(|_| URI_KEYWORDS.contains(&name));
            text.is_some_and(|text| is_same_reference(text, &reference_in_error))
        };
        let schema = Pointer::root().key("schema");
        let found = locate::locate_member(self.schema, &schema, &fits)
            .or_else(|| self.locate_in_documents(&reference_in_error, &fits))
            .unwrap_or(schema);
        Refusal::bad_config(&found, reason)
    }

    /// Refuses a format that cannot be checked. The error does not know its place either.
    fn refuse_format(&self, format: &str) -> Refusal {
        let fits = |name: &str, value: &Value| name == "format" && value == format;
        let schema = Pointer::root().key("schema");
        let found = locate::locate_member(self.schema, &schema, &fits)
            .or_else(|| self.locate_in_documents("", &fits))
            .unwrap_or(schema);
        let reason = format!("the format `{format}` is unknown, so it cannot be checked");
        Refusal::bad_config(&found, reason)
    }

    fn locate_in_documents(
        &self,
        reference_in_error: &str,
        fits: &dyn Fn(&str, &Value) -> bool,
    ) -> Option<Pointer> {
        let documents = Pointer::root().key("documents");
        self.documents.iter().find_map(|(uri, document)| {
            let at = documents.clone().key(uri);
            if uri == reference_in_error {
                Some(at)
            } else {
                locate::locate_member(document, &at, fits)
            }
        })
    }
}

/// Returns the quoted part of an error message of `jsonschema`.
fn quoted_part(message: &str) -> &str {
    message.split('\'').nth(1).unwrap_or("")
}

/// Refuses a schema at `place` that violates its metaschema.
pub(crate) fn refuse_at(place: &Pointer, error: &ValidationError) -> Refusal {
    let reason = match error.kind() {
        Kind::Format { format } if format == "regex" => "is not a valid regular expression".into(),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            return message::closest_error(context)
                .map_or_else(|| refuse_whole(place), |error| refuse_at(place, error));
        }
        _ => message::describe_error(error),
    };
    refuse_below(place, error, reason)
}

fn refuse_whole(place: &Pointer) -> Refusal {
    Refusal::bad_config(place, "does not follow its metaschema")
}

fn refuse_below(place: &Pointer, error: &ValidationError, reason: String) -> Refusal {
    let pointer = format!("{place}{}", error.instance_path().as_str());
    Refusal::BadConfig(BadConfig { pointer, reason })
}

/// Returns the reference, as far as the error knows it, and a message.
pub(crate) fn explain_reference_error(error: &ReferencingError) -> (String, String) {
    use ReferencingError as E;
    let with = |reference: String, wrong: &str| {
        let reason = format!("`{reference}` {wrong}");
        (reference, reason)
    };
    match error {
        E::Unretrievable { uri, .. } => {
            with(uri.clone(), "is not among `documents`, and nothing is fetched")
        }
        E::PointerToNowhere { pointer }
        | E::InvalidPercentEncoding { pointer, .. }
        | E::InvalidArrayIndex { pointer, .. } => with(format!("#{pointer}"), "does not exist"),
        E::NoSuchAnchor { anchor } | E::InvalidAnchor { anchor } => {
            with(format!("#{anchor}"), "does not exist")
        }
        E::UnknownSpecification { specification: uri } | E::CircularMetaschema { uri } => {
            with(uri.clone(), "is not a supported metaschema")
        }
        E::InvalidUri(error) => with(quoted_part(&error.to_string()).to_owned(), "is not a URI"),
    }
}

/// Returns whether `reference` is the one from an error. The error has the resolved URI,
/// the schema often only its end.
fn is_same_reference(reference: &str, reference_in_error: &str) -> bool {
    let file = reference.split('#').next().unwrap_or("");
    let relative = file.trim_start_matches(['.', '/']);
    let whole = !reference_in_error.is_empty() && reference.ends_with(reference_in_error);
    whole || (!relative.is_empty() && reference_in_error.ends_with(relative))
}
