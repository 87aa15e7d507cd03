//! What a word of YAML means: nothing, a truth value, a number or a text, as YAML 1.2 has it.

use saphyr_parser::ScalarStyle;
use serde_json::{Number, Value};

use super::YamlProblem;

pub(super) fn scalar(text: &str, style: ScalarStyle) -> Result<Value, YamlProblem> {
    if style != ScalarStyle::Plain {
        return Ok(Value::String(text.into()));
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match number(text) {
            Some(Some(number)) => Value::Number(number),
            Some(None) => return Err(YamlProblem::Number(text.into())),
            None => Value::String(text.into()),
        },
    })
}

/// The number that a plain word is; within, nothing where JSON does not have it.
fn number(text: &str) -> Option<Option<Number>> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(&digits) {
        return Some(None);
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return i64::from_str_radix(digits, radix).ok().map(|whole| Some(whole.into()));
        }
    }
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-' | '+');
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') || !digits.chars().all(numeric)
    {
        return None;
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(whole) = unsigned.parse::<i64>() {
        return Some(Some(whole.into()));
    }
    if let Ok(whole) = unsigned.parse::<u64>() {
        return Some(Some(whole.into()));
    }
    unsigned.parse::<f64>().ok().map(Number::from_f64)
}
