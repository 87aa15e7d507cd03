//! Bytes as people compare them: two digits for each.

use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(digit).collect();
    let (pairs, []) = digits.as_deref()?.as_chunks::<2>() else { return None };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// Upper case is refused: the same bytes have one spelling.
fn digit(character: char) -> Option<u8> {
    let digit = character.to_digit(16).filter(|_| !character.is_ascii_uppercase())?;
    u8::try_from(digit).ok()
}

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex(bytes))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    unhex(&text).ok_or_else(|| D::Error::custom("a signature is written in hex digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_read_back_and_nothing_else_is_read() {
        let bytes = [0, 1, 0x7f, 0xff];
        assert_eq!(hex(&bytes), "00017fff");
        assert_eq!(unhex("00017fff"), Some(bytes.to_vec()));
        for text in ["0", "0g", "0A", "0x", " 0", "é"] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}
