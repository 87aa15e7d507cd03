//! Types of YAML scalars by the rules of YAML 1.2: null, boolean, number or text.

use saphyr_parser::ScalarStyle;
use serde_json::{Number, Value};

use super::YamlError;

pub(super) fn parse_scalar(text: &str, style: ScalarStyle) -> Result<Value, YamlError> {
    if style != ScalarStyle::Plain {
        return Ok(Value::String(text.into()));
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match parse_number(text) {
            Some(Some(number)) => Value::Number(number),
            Some(None) => return Err(YamlError::UnsupportedNumber(text.into())),
            None => Value::String(text.into()),
        },
    })
}

/// Reads a plain scalar as a number. Returns `None` if it is not a number, and `Some(None)` if it
/// is one that JSON cannot express.
fn parse_number(text: &str) -> Option<Option<Number>> {
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
    // Whole numbers are kept exact; only what fits neither integer type becomes a float.
    if let Ok(whole) = unsigned.parse::<i64>() {
        return Some(Some(whole.into()));
    }
    if let Ok(whole) = unsigned.parse::<u64>() {
        return Some(Some(whole.into()));
    }
    unsigned.parse::<f64>().ok().map(Number::from_f64)
}
