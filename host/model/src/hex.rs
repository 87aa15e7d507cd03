//! Lower-case hex digits. Upper case is rejected, so that the same bytes have one spelling.

use data_encoding::HEXLOWER;

/// Encodes bytes as hex digits, two for each byte.
pub fn encode_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// Decodes lower-case hex digits. Returns `None` for anything else.
pub fn decode_hex(digits: &str) -> Option<Vec<u8>> {
    HEXLOWER.decode(digits.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_bytes_and_rejects_other_texts() {
        let bytes = [0, 1, 0x7f, 0xff];
        assert_eq!(encode_hex(&bytes), "00017fff");
        assert_eq!(decode_hex("00017fff"), Some(bytes.to_vec()));
        for text in ["0", "0g", "0A", "0x", " 0", "00\n", "é"] {
            assert_eq!(decode_hex(text), None, "{text}");
        }
    }
}
