//! What serde expected and got, in the words of people who write files.

use serde::de::Unexpected;

use super::tree::Value;

/// What should stand there.
pub(super) fn wanted(expected: &str) -> String {
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

/// What stands there.
pub(super) fn given(unexpected: Unexpected<'_>) -> String {
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

/// Of which kind a value is.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "a text",
        Value::Whole(_) | Value::Number(_) => "a number",
        Value::Truth(_) => "`true` or `false`",
        Value::List(_) => "a list",
        Value::Table(_) => "a table",
        Value::Gone => "nothing",
    }
}

/// Words, as messages list them.
pub(super) fn listed(words: &[&str]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match &words[..] {
        [] => "none".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
