//! Wording of serde's type errors for people who write gate files.

use serde::de::Unexpected;

use super::tree::Value;

/// Describes the expected type.
pub(super) fn describe_expected(expected: &str) -> String {
    match expected {
        "a string" | "string" => "a text in quotes",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        "a map" => "a table",
        "u8" | "u16" | "u32" | "u64" | "i64" | "usize" => "a whole number, zero or more",
        "f64" => "a number",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
    .into()
}

/// Describes the value that was found.
pub(super) fn describe_given(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(truth) => format!("`{truth}`"),
        Unexpected::Unsigned(number) => format!("the number `{number}`"),
        Unexpected::Signed(number) => format!("the number `{number}`"),
        Unexpected::Float(number) => format!("the number `{number}`"),
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Seq => "a list".into(),
        Unexpected::Map => "a table".into(),
        other => other.to_string(),
    }
}

/// Describes the type of a value.
pub(super) fn describe_kind(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "a text",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "`true` or `false`",
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
        Value::Removed => "nothing",
    }
}

/// Joins words in backticks to a list, such as `a`, `b` and `c`.
pub(super) fn join_words(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match &words[..] {
        [] => "none".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
