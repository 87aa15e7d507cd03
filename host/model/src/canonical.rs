//! Canonical JSON (RFC 8785): one spelling for every value, so that equal values have equal digests.

use serde::Serialize;
use serde_json::{Map, Number, Value};

/// Canonical JSON has 64-bit floats only. Integers up to 2^53 are exact in them; beyond it, two
/// integers can have one spelling.
const INTEGER_MAX: u64 = 1 << 53;

/// A value has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalJsonError {
    /// Writing it would lose digits, so two different documents would have one digest.
    #[error(
        "the integer {number} at `{pointer}` is beyond {INTEGER_MAX}, where canonical JSON loses \
         digits: write it as a string"
    )]
    InexactInteger {
        number: Number,
        /// JSON Pointer (RFC 6901) to the integer; empty for the whole document.
        pointer: String,
    },
    #[error("it cannot be written as JSON: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// Writes a value as RFC 8785 says: members sorted by the UTF-16 code units of their names, numbers
/// as ECMAScript writes them, no white space. Refuses integers that it could not write exactly.
pub fn canonical_json<T: Serialize + ?Sized>(value: &T) -> Result<String, CanonicalJsonError> {
    let value = serde_json::to_value(value)?;
    check_integers(&value, &mut String::new())?;
    Ok(serde_json_canonicalizer::to_string(&value)?)
}

/// Checks every integer of a value. A number that was too long for 64 bits has become a float when it
/// was parsed, and no longer differs from its neighbours.
fn check_integers(value: &Value, pointer: &mut String) -> Result<(), CanonicalJsonError> {
    match value {
        Value::Number(number) if !is_exact(number) => Err(CanonicalJsonError::InexactInteger {
            number: number.clone(),
            pointer: pointer.clone(),
        }),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| check_member(&index.to_string(), item, pointer)),
        Value::Object(members) => {
            members.iter().try_for_each(|(name, member)| check_member(name, member, pointer))
        }
        _ => Ok(()),
    }
}

fn check_member(
    name: &str,
    member: &Value,
    pointer: &mut String,
) -> Result<(), CanonicalJsonError> {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    check_integers(member, pointer)?;
    pointer.truncate(length);
    Ok(())
}

fn is_exact(number: &Number) -> bool {
    match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => positive <= INTEGER_MAX,
        (None, Some(negative)) => negative.unsigned_abs() <= INTEGER_MAX,
        (None, None) => true,
    }
}

/// Returns the value with the members of every object sorted by name.
///
/// `serde_json` sorts only as long as no crate of the build enables its `preserve_order` feature, so
/// this function does not rely on it.
pub fn sort_members(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            let members =
                members.into_iter().map(|(name, value)| (name.clone(), sort_members(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(sort_members).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        canonical_json(&serde_json::from_str::<Value>(text).unwrap()).unwrap()
    }

    /// The example of RFC 8785, section 3.2.2.
    #[test]
    fn writes_the_example_of_the_rfc() {
        let written = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        let expected = concat!(
            r#"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
            r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        assert_eq!(canonical(written), expected);
    }

    /// The example of RFC 8785, section 3.2.3. The order of UTF-8 would put the smiley last.
    #[test]
    fn sorts_members_as_the_rfc_does() {
        let written = r#"{
            "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis"
        }"#;
        let expected = concat!(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",",
            "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",",
            "\"\u{1f600}\":\"Emoji: Grinning Face\",",
            "\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        );
        assert_eq!(canonical(written), expected);
        assert_eq!(
            canonical(r#"{"b": [{"d": 1.0, "c": 2}], "a": "ä"}"#),
            r#"{"a":"ä","b":[{"c":2,"d":1}]}"#
        );
    }

    /// Numbers of RFC 8785, appendix B, by the bits of the float.
    #[test]
    fn writes_numbers_as_the_rfc_does() {
        for (bits, expected) in [
            (0x0000000000000000, "0"),
            (0x8000000000000000, "0"),
            (0x0000000000000001, "5e-324"),
            (0x7fefffffffffffff, "1.7976931348623157e+308"),
            (0x4340000000000000, "9007199254740992"),
            (0xc340000000000000, "-9007199254740992"),
            (0x4430000000000000, "295147905179352830000"),
            (0x44b52d02c7e14af5, "9.999999999999997e+22"),
            (0x44b52d02c7e14af6, "1e+23"),
            (0x444b1ae4d6e2ef4e, "999999999999999700000"),
            (0x444b1ae4d6e2ef4f, "999999999999999900000"),
            (0x444b1ae4d6e2ef50, "1e+21"),
            (0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"),
            (0x3eb0c6f7a0b5ed8d, "0.000001"),
            (0x41b3de4355555553, "333333333.3333332"),
            (0x41b3de4355555554, "333333333.33333325"),
            (0x41b3de4355555555, "333333333.3333333"),
            (0x41b3de4355555556, "333333333.3333334"),
            (0x41b3de4355555557, "333333333.33333343"),
            (0xbecbf647612f3696, "-0.0000033333333333333333"),
            (0x43143ff3c1cb0959, "1424953923781206.2"),
        ] {
            assert_eq!(canonical_json(&f64::from_bits(bits)).unwrap(), expected, "{bits:x}");
        }
    }

    #[test]
    fn refuses_integers_that_would_lose_digits() {
        for exact in ["9007199254740992", "-9007199254740992", "0"] {
            assert_eq!(canonical(exact), exact);
        }
        for inexact in [
            "9007199254740993",
            "-9007199254740993",
            "18446744073709551615",
            "-9223372036854775808",
        ] {
            let value: Value =
                serde_json::from_str(&format!(r#"{{"a/b": [1, {{"~": {inexact}}}]}}"#)).unwrap();
            let error = canonical_json(&value).unwrap_err().to_string();
            assert!(error.contains(inexact) && error.contains("`/a~1b/1/~0`"), "{error}");
        }
    }
}
