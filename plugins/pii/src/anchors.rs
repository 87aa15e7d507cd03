//! Finds anchors: the digits, `@` and `:` of a text, and the bytes with which markup begins.

use crate::find_byte::find_byte;

fn is_anchor(byte: u8) -> bool {
    // Digits, `:` and `<` are neighbours in ASCII, and so are `%` and `&`. A comparison for each
    // would cost more than a `;` now and then, which lies between.
    (byte.wrapping_sub(b'0') <= b'<' - b'0')
        | (byte.wrapping_sub(b'%') <= b'&' - b'%')
        | (byte == b'@')
}

/// Returns the offset of the next anchor at or after `from`.
pub(crate) fn next_anchor(bytes: &[u8], from: usize) -> Option<usize> {
    find_byte(bytes, from, is_anchor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_few_ascii_characters_only() {
        let anchors: Vec<_> = (0..=u8::MAX).filter(|byte| is_anchor(*byte)).collect();
        assert_eq!(anchors, b"%&0123456789:;<@");
        assert_eq!(next_anchor("/=?A ü€\u{0}\u{7f}".as_bytes(), 0), None);
        assert_eq!(next_anchor("ü@1".as_bytes(), 3), Some(3));
    }
}
