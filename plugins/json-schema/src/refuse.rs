//! What is wrong with a configuration: where, and in words that name what stands there.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ReferencingError, ValidationError};
use serde_json::Value;
use tollgate_sdk::{BadConfig, Pointer, Refusal};

use crate::documents::Documents;
use crate::{locate, message};

/// Keywords that hold a URI.
const URIS: [&str; 5] = ["$ref", "$dynamicRef", "$recursiveRef", "$id", "$schema"];

/// What there is to point at.
pub(crate) struct Refuse<'c> {
    pub(crate) schema: &'c Value,
    pub(crate) documents: &'c Documents,
}

impl Refuse<'_> {
    /// The schema does not follow its metaschema, or could not be compiled.
    pub(crate) fn invalid(&self, error: &ValidationError) -> Refusal {
        let schema = Pointer::root().key("schema");
        match error.kind() {
            Kind::Referencing(error) => self.reference(error),
            Kind::Custom { message, .. } if message.starts_with("Unknown vocabulary") => {
                let uri = quoted(message);
                let reason =
                    format!("the metaschema requires the vocabulary `{uri}`, which is not served");
                Refusal::bad_config(&schema.key("$schema"), reason)
            }
            Kind::Custom { message, .. } if message.starts_with("Unknown format") => {
                let reason = format!("`{}` is no format that can be checked", quoted(message));
                below(&schema, error, reason)
            }
            _ => at(&schema, error),
        }
    }

    /// A reference leads nowhere, or is none. The error does not know where that stands.
    pub(crate) fn reference(&self, error: &ReferencingError) -> Refusal {
        let (wanted, reason) = explain(error);
        let fits = |name: &str, value: &Value| {
            let text = value.as_str().filter(|_| URIS.contains(&name));
            text.is_some_and(|text| leads_to(text, &wanted))
        };
        let schema = Pointer::root().key("schema");
        let found = locate::member(self.schema, &schema, &fits)
            .or_else(|| self.in_documents(&wanted, &fits))
            .unwrap_or(schema);
        Refusal::bad_config(&found, reason)
    }

    fn in_documents(&self, wanted: &str, fits: &dyn Fn(&str, &Value) -> bool) -> Option<Pointer> {
        let documents = Pointer::root().key("documents");
        self.documents.iter().find_map(|(uri, document)| {
            let at = documents.clone().key(uri);
            if uri == wanted { Some(at) } else { locate::member(document, &at, fits) }
        })
    }
}

/// What an error of the crates quotes.
fn quoted(message: &str) -> &str {
    message.split('\'').nth(1).unwrap_or("")
}

/// A schema that stands at `place` does not follow its metaschema.
pub(crate) fn at(place: &Pointer, error: &ValidationError) -> Refusal {
    let reason = match error.kind() {
        Kind::Format { format } if format == "regex" => {
            "is not a regular expression that can be compiled".into()
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            return message::closest(context)
                .map_or_else(|| unfit(place), |error| at(place, error));
        }
        kind => message::of(kind),
    };
    below(place, error, reason)
}

fn unfit(place: &Pointer) -> Refusal {
    Refusal::bad_config(place, "does not follow its metaschema")
}

fn below(place: &Pointer, error: &ValidationError, reason: String) -> Refusal {
    let pointer = format!("{place}{}", error.instance_path().as_str());
    Refusal::BadConfig(BadConfig { pointer, reason })
}

/// What the reference looks like in the schema, as far as the error knows, and what is
/// wrong with it.
pub(crate) fn explain(error: &ReferencingError) -> (String, String) {
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
        | E::InvalidArrayIndex { pointer, .. } => with(format!("#{pointer}"), "leads nowhere"),
        E::NoSuchAnchor { anchor } | E::InvalidAnchor { anchor } => {
            with(format!("#{anchor}"), "leads nowhere")
        }
        E::UnknownSpecification { specification: uri } | E::CircularMetaschema { uri } => {
            with(uri.clone(), "is no metaschema that is served")
        }
        E::InvalidUri(error) => with(quoted(&error.to_string()).to_owned(), "is not a URI"),
    }
}

/// Whether a reference is this one. The error knows it resolved, the schema often has
/// only its end.
fn leads_to(reference: &str, wanted: &str) -> bool {
    let file = reference.split('#').next().unwrap_or("");
    let relative = file.trim_start_matches(['.', '/']);
    let whole = !wanted.is_empty() && reference.ends_with(wanted);
    whole || (!relative.is_empty() && wanted.ends_with(relative))
}
