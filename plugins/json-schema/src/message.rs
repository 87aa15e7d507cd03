//! Messages for validation errors: the keyword and its requirement. They never contain the
//! invalid value, which may be huge or secret; the finding's pointer leads to it.

use std::fmt::Display;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

/// Longer names and values are truncated.
const PART_CHARS_MAX: usize = 60;
/// Number of names and values in a list. The others are counted.
const PARTS_MAX: usize = 3;

pub(crate) fn describe_error(error: &ValidationError) -> String {
    match error.kind() {
        Kind::FalseSchema => "nothing is allowed here".into(),
        Kind::Custom { message, .. } => truncate(message),
        Kind::Referencing(error) => error.to_string(),
        Kind::Contains | Kind::Required { .. } => describe_shared_kind(error),
        kind => format!("`{}`: {}", kind.keyword(), describe_requirement(kind)),
    }
}

/// Describes an error of a kind that several keywords have. The path in the schema ends with the keyword.
fn describe_shared_kind(error: &ValidationError) -> String {
    let path = error.schema_path().as_str();
    let keyword = path.rsplit('/').next().unwrap_or_default();
    let requirement = describe_requirement(error.kind());
    match keyword {
        "minContains" => "`minContains`: too few items match".into(),
        "maxContains" => "`maxContains`: too many items match, or none".into(),
        "dependentRequired" | "dependencies" => {
            format!("`{keyword}`: {requirement}, which another member requires")
        }
        _ => format!("`{}`: {requirement}", error.kind().keyword()),
    }
}

fn describe_requirement(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind: TypeKind::Single(expected) } => format!("has to be of type {expected}"),
        Kind::Type { kind: TypeKind::Multiple(expected) } => {
            format!("has to be of type {}", join_limited(expected.iter(), " or "))
        }
        Kind::Constant { expected_value } => format!("has to be {}", truncate(expected_value)),
        Kind::Enum { options } => {
            format!("has to be {}", join_limited(options.as_array().into_iter().flatten(), " or "))
        }
        Kind::Required { property: Value::String(name) } => {
            format!("the member `{}` is missing", truncate(name))
        }
        Kind::Required { property } => format!("the member {} is missing", truncate(property)),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("no such member is allowed: {}", list_names(unexpected))
        }
        Kind::PropertyNames { error } => {
            format!("the name of a member: {}", describe_error(error))
        }
        Kind::AdditionalItems { limit } => {
            format!("no more than {} allowed", count_items(*limit as u64))
        }
        Kind::UnevaluatedItems { unexpected } => {
            format!("{} too many", count_items(unexpected.len() as u64))
        }
        Kind::Contains => "no item matches".into(),
        Kind::UniqueItems => "two items are the same".into(),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => describe_no_match(context),
        Kind::OneOfMultipleValid { context } => {
            format!("fits more than one of {} schemas", context.len())
        }
        Kind::Not { .. } => "fits the forbidden schema".into(),
        Kind::Pattern { pattern } => format!("has to match `{}`", truncate(pattern)),
        Kind::Format { format } => format!("has to be written as `{}`", truncate(format)),
        Kind::ContentEncoding { content_encoding: expected }
        | Kind::ContentMediaType { content_media_type: expected } => {
            format!("has to be `{}`", truncate(expected))
        }
        Kind::FromUtf8 { .. } => "has to hold UTF-8".into(),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "matching took too long, so the result is unknown".into()
        }
        _ => describe_bound(kind),
    }
}

fn describe_no_match(ways: &[Vec<ValidationError>]) -> String {
    let count = format!("fits none of {} schemas", ways.len());
    let Some(closest) = closest_error(ways) else { return count };
    let place = truncate(closest.instance_path());
    match closest.kind() {
        // One level of detail is enough.
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => count,
        _ => format!("{count}; the closest one fails at `{place}`: {}", describe_error(closest)),
    }
}

/// Returns the error of the branch that was probably meant: the one whose error is deepest
/// in the document, and of those the first.
pub(crate) fn closest_error<'e, 'i>(
    ways: &'e [Vec<ValidationError<'i>>],
) -> Option<&'e ValidationError<'i>> {
    let first = ways.iter().rev().filter_map(|way| way.first());
    first.max_by_key(|error| error.instance_path().as_str().len())
}

fn describe_bound(kind: &Kind) -> String {
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
        _ => "the value violates this keyword".into(),
    }
}

fn count_items(count: u64) -> String {
    if count == 1 { "1 item".into() } else { format!("{count} items") }
}

fn list_names(names: &[String]) -> String {
    join_limited(names.iter().map(|name| format!("`{}`", truncate(name))), ", ")
}

/// Joins the first parts and the number of the others.
fn join_limited<T: Display>(parts: impl Iterator<Item = T>, between: &str) -> String {
    let mut parts: Vec<_> = parts.map(|part| truncate(part)).collect();
    let more = parts.len().saturating_sub(PARTS_MAX);
    if more > 0 {
        parts.truncate(PARTS_MAX);
        parts.push(format!("one of {more} more"));
    }
    parts.join(between)
}

fn truncate(part: impl Display) -> String {
    let part = part.to_string();
    match part.char_indices().nth(PART_CHARS_MAX) {
        Some((end, _)) => format!("{}…", part.get(..end).unwrap_or("")),
        None => part,
    }
}
