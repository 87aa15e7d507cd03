//! Lower-case hex digits. Upper case is rejected, so that the same bytes have one spelling.

/// Encodes bytes as hex digits, two for each byte.
pub fn encode_hex(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        digits.push(digit(byte >> 4));
        digits.push(digit(byte & 15));
    }
    digits
}

/// Decodes lower-case hex digits. Returns `None` for anything else.
pub fn decode_hex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, []) = digits.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}

fn digit(value: u8) -> char {
    char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 })
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_bytes_and_rejects_other_texts() {
        let bytes = [0, 1, 0x7f, 0xff];
        assert_eq!(encode_hex(&bytes), "00017fff");
        assert_eq!(decode_hex("00017fff"), Some(bytes.to_vec()));
        for text in ["0", "0g", "0A", "0x", " 0", "é"] {
            assert_eq!(decode_hex(text), None, "{text}");
        }
    }
}
