//! Eight bytes of a text at once, in a number: most words are one or two of them.

pub(crate) const BYTES: usize = 8;
const EACH: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = EACH * 0x80;
const SMALL: u64 = EACH * 0x20;

/// The bytes that begin here, the first of them lowest; zeros behind the text.
pub(crate) fn load(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or(&[]);
    match rest.first_chunk::<BYTES>() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => rest.iter().rev().fold(0, |chunk, byte| chunk << 8 | u64::from(*byte)),
    }
}

/// How many ASCII letters a chunk begins with.
pub(crate) fn letters(chunk: u64) -> usize {
    let small = (chunk | SMALL) & !HIGH;
    let from_a = small + EACH * u64::from(0x80 - b'a');
    let behind_z = small + EACH * u64::from(0x7f - b'z');
    let others = !(from_a & !behind_z & !chunk) & HIGH;
    others.trailing_zeros() as usize / BYTES
}

/// So many letters of a chunk in lower case, and nothing behind them.
pub(crate) fn lower(chunk: u64, count: usize) -> u64 {
    let behind = u64::MAX.checked_shl(8 * count as u32).unwrap_or(0);
    (chunk | SMALL) & !behind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_a_letter_or_not() {
        for byte in 0..=u8::MAX {
            for at in 0..BYTES {
                let mut bytes = *b"abyzABYZ";
                bytes[at] = byte;
                let letters_before = if byte.is_ascii_alphabetic() { BYTES } else { at };
                assert_eq!(letters(u64::from_le_bytes(bytes)), letters_before, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn a_text_ends_in_zeros() {
        assert_eq!(load(b"Ab", 0), u64::from_le_bytes(*b"Ab\0\0\0\0\0\0"));
        assert_eq!((load(b"Ab", 2), load(b"Ab", 9)), (0, 0));
        assert_eq!(load(b"-abcdefghi", 1), u64::from_le_bytes(*b"abcdefgh"));
        assert_eq!(lower(load(b"AbC.", 0), 3), load(b"abc", 0));
        assert_eq!(lower(load(b"ABCDEFGH", 0), 8), load(b"abcdefgh", 0));
    }
}
