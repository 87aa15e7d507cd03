//! What is said of an error: the keyword, and what it asks for. Never the value that
//! is wrong, which may be huge or secret; the pointer leads to it.

use std::fmt::Display;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// Longer names and values are cut.
const PART_CHARS_MAX: usize = 60;
/// More names and values are counted.
const PARTS_MAX: usize = 3;

pub(crate) fn of(kind: &Kind) -> String {
    match kind {
        Kind::FalseSchema => "nothing is allowed here".into(),
        Kind::Custom { message, .. } => cut(message),
        Kind::Referencing(error) => error.to_string(),
        _ => format!("`{}`: {}", kind.keyword(), asks(kind)),
    }
}

fn asks(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind: TypeKind::Single(wanted) } => format!("has to be of type {wanted}"),
        Kind::Type { kind: TypeKind::Multiple(wanted) } => {
            format!("has to be of type {}", list(wanted.iter(), " or "))
        }
        Kind::Constant { expected_value } => format!("has to be {}", cut(expected_value)),
        Kind::Enum { options } => {
            format!("has to be {}", list(options.as_array().into_iter().flatten(), " or "))
        }
        Kind::Required { property: Value::String(name) } => {
            format!("the member `{}` is missing", cut(name))
        }
        Kind::Required { property } => format!("the member {} is missing", cut(property)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("no such member is allowed: {}", names(unexpected))
        }
        Kind::PropertyNames { error } => format!("the name of a member: {}", of(error.kind())),
        Kind::AdditionalItems { limit } => format!("no more than {} allowed", items(*limit as u64)),
        Kind::UnevaluatedItems { unexpected } => {
            format!("{} too many", items(unexpected.len() as u64))
        }
        Kind::Contains => "too few or too many items are of the kind that has to be there".into(),
        Kind::UniqueItems => "two items are the same".into(),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => fits_none(context),
        Kind::OneOfMultipleValid { context } => {
            format!("fits more than one of {} schemas", context.len())
        }
        Kind::Not { .. } => "fits the schema that it must not fit".into(),
        Kind::Pattern { pattern } => format!("has to match `{}`", cut(pattern)),
        Kind::Format { format } => format!("has to be written as `{}`", cut(format)),
        Kind::ContentEncoding { content_encoding: wanted }
        | Kind::ContentMediaType { content_media_type: wanted } => {
            format!("has to be `{}`", cut(wanted))
        }
        Kind::FromUtf8 { .. } => "has to hold UTF-8".into(),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "whether it matches could not be found out in reasonable time".into()
        }
        _ => bound(kind),
    }
}

fn fits_none(ways: &[Vec<ValidationError>]) -> String {
    let count = format!("fits none of {} schemas", ways.len());
    let Some(closest) = closest(ways) else { return count };
    let place = cut(closest.instance_path());
    match closest.kind() {
        // One level is enough for a hint.
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => count,
        kind => format!("{count}; the closest says of `{place}`: {}", of(kind)),
    }
}

/// Of several ways to fit, the one that got furthest is likely to be meant, and of those
/// the first.
pub(crate) fn closest<'e, 'i>(
    ways: &'e [Vec<ValidationError<'i>>],
) -> Option<&'e ValidationError<'i>> {
    let first = ways.iter().rev().filter_map(|way| way.first());
    first.max_by_key(|error| error.instance_path().as_str().len())
}

fn bound(kind: &Kind) -> String {
    match kind {
        Kind::Minimum { limit } => format!("has to be {limit} or more"),
        Kind::Maximum { limit } => format!("has to be {limit} or less"),
        Kind::ExclusiveMinimum { limit } => format!("has to be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("has to be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("has to be a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("has to have {limit} or more characters"),
        Kind::MaxLength { limit } => format!("has to have {limit} or fewer characters"),
        Kind::MinItems { limit } => format!("has to have {limit} or more items"),
        Kind::MaxItems { limit } => format!("has to have {limit} or fewer items"),
        Kind::MinProperties { limit } => format!("has to have {limit} or more members"),
        Kind::MaxProperties { limit } => format!("has to have {limit} or fewer members"),
        _ => "is not followed".into(),
    }
}

fn items(count: u64) -> String {
    if count == 1 { "1 item".into() } else { format!("{count} items") }
}

fn names(names: &[String]) -> String {
    list(names.iter().map(|name| format!("`{}`", cut(name))), ", ")
}

/// The first few, and how many more there are.
fn list<T: Display>(parts: impl Iterator<Item = T>, between: &str) -> String {
    let mut parts: Vec<_> = parts.map(|part| cut(part)).collect();
    let more = parts.len().saturating_sub(PARTS_MAX);
    if more > 0 {
        parts.truncate(PARTS_MAX);
        parts.push(format!("one of {more} more"));
    }
    parts.join(between)
}

fn cut(part: impl Display) -> String {
    let part = part.to_string();
    match part.char_indices().nth(PART_CHARS_MAX) {
        Some((end, _)) => format!("{}…", part.get(..end).unwrap_or("")),
        None => part,
    }
}
