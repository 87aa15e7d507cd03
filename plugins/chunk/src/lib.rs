//! Eight bytes of a text in one number. A few additions tell which of them are letters,
//! digits or white space; a loop would need eight comparisons.
//!
//! Only ASCII is classified: other bytes belong to no class.

/// Number of bytes in a chunk.
pub const BYTES: usize = 8;

const EACH_BYTE: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = EACH_BYTE * 0x80;
/// The bit that distinguishes lower-case from upper-case letters.
const LOWER_CASE_BITS: u64 = EACH_BYTE * 0x20;

/// Eight bytes, the first of them lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk(pub u64);

/// A set of positions in a chunk. Iterates in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places(u64);

impl Chunk {
    /// Loads the bytes at an offset, filled up with zeros at the end of the text.
    #[inline]
    pub fn load(text: &[u8], at: usize) -> Self {
        let rest = text.get(at..).unwrap_or(&[]);
        Self(match rest.first_chunk::<BYTES>() {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => rest.iter().rev().fold(0, |chunk, byte| chunk << 8 | u64::from(*byte)),
        })
    }

    /// Returns the positions of ASCII characters.
    #[inline]
    pub fn ascii(self) -> Places {
        Places(!self.0 & HIGH_BITS)
    }

    /// Returns the positions of letters.
    #[inline]
    pub fn letters(self) -> Places {
        Self(self.0 | LOWER_CASE_BITS).between(b'a', b'z')
    }

    /// Returns the positions of letters and digits.
    #[inline]
    pub fn alphanumeric(self) -> Places {
        self.letters().or(self.between(b'0', b'9'))
    }

    /// Returns the positions of white space.
    #[inline]
    pub fn white_space(self) -> Places {
        self.between(b'\t', b'\r').or(self.between(b' ', b' '))
    }

    /// Returns whether one of the first `count` bytes is a control character or not ASCII.
    #[inline]
    pub fn has_unprintable(self, count: usize) -> bool {
        let below_space = self.0.wrapping_sub(EACH_BYTE * u64::from(b' '));
        !Places((below_space | self.0) & HIGH_BITS).before(count).is_empty()
    }

    #[inline]
    fn between(self, first: u8, last: u8) -> Places {
        let low = self.0 & !HIGH_BITS;
        let from_first = low + EACH_BYTE * u64::from(0x80 - first);
        let behind_last = low + EACH_BYTE * u64::from(0x7f - last);
        Places(from_first & !behind_last & !self.0 & HIGH_BITS)
    }

    /// Returns the first `count` bytes in lower case, followed by zeros. They must be
    /// letters.
    #[inline]
    pub fn to_lower_case(self, count: usize) -> u64 {
        let behind = u64::MAX.checked_shl(8 * count as u32).unwrap_or(0);
        (self.0 | LOWER_CASE_BITS) & !behind
    }
}

impl Places {
    /// The first position.
    pub const FIRST: Self = Self(0x80);

    /// Returns the union of two sets.
    #[inline]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the intersection of two sets.
    #[inline]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns the positions that are not in this set.
    #[inline]
    pub fn complement(self) -> Self {
        Self(!self.0 & HIGH_BITS)
    }

    /// Returns the positions that directly follow those of this set. `before` tells whether
    /// the position in front of the chunk counts as one of the set.
    #[inline]
    pub fn following(self, before: bool) -> Self {
        Self(self.0 << 8 | u64::from(before) << 7)
    }

    /// Returns the positions below `place`.
    #[inline]
    pub fn before(self, place: usize) -> Self {
        Self(self.0 & !u64::MAX.checked_shl(8 * place as u32).unwrap_or(0))
    }

    /// Returns this set if `condition`, else the empty set.
    #[inline]
    pub fn only_if(self, condition: bool) -> Self {
        Self(if condition { self.0 } else { 0 })
    }

    /// Returns whether the set contains a position.
    #[inline]
    pub fn has(self, place: usize) -> bool {
        self.0.checked_shr(8 * place as u32).is_some_and(|places| places & Self::FIRST.0 != 0)
    }

    /// Returns whether the set is empty.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the number of consecutive positions in the set, from the first on.
    #[inline]
    pub fn leading_count(self) -> usize {
        self.complement().0.trailing_zeros() as usize / BYTES
    }
}

impl Iterator for Places {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let place = self.0.trailing_zeros() as usize / BYTES;
        self.0 &= self.0.checked_sub(1)?;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(is: impl Fn(u8) -> bool, bytes: [u8; BYTES]) -> Vec<usize> {
        (0..BYTES).filter(|place| is(bytes[*place])).collect()
    }

    #[test]
    fn classifies_every_byte_at_every_position() {
        for byte in 0..=u8::MAX {
            for at in 0..BYTES {
                let mut bytes = *b"az AZ\t09";
                bytes[at] = byte;
                let chunk = Chunk::load(&bytes, 0);
                let check = |got: Places, is: fn(&u8) -> bool| {
                    let expected = places(|byte| is(&byte), bytes);
                    assert_eq!(got.collect::<Vec<_>>(), expected, "{byte} at {at}");
                };
                check(chunk.letters(), u8::is_ascii_alphabetic);
                check(chunk.alphanumeric(), u8::is_ascii_alphanumeric);
                check(chunk.white_space(), |byte| {
                    byte.is_ascii() && char::from(*byte).is_whitespace()
                });
                check(chunk.letters().complement(), |byte| !byte.is_ascii_alphabetic());
                check(chunk.ascii(), u8::is_ascii);
            }
        }
    }

    #[test]
    fn detects_unprintable_bytes() {
        for byte in 0..=u8::MAX {
            for at in 0..BYTES {
                let mut bytes = *b"az AZ ~0";
                bytes[at] = byte;
                for count in 0..=BYTES {
                    let expected = at < count && !(b' '..=0x7f).contains(&byte);
                    let got = Chunk::load(&bytes, 0).has_unprintable(count);
                    assert_eq!(got, expected, "{byte} at {at} of {count}");
                }
            }
        }
    }

    #[test]
    fn fills_up_with_zeros_at_the_end() {
        assert_eq!(Chunk::load(b"Ab", 0), Chunk(u64::from_le_bytes(*b"Ab\0\0\0\0\0\0")));
        assert_eq!((Chunk::load(b"Ab", 2), Chunk::load(b"Ab", 9)), (Chunk(0), Chunk(0)));
        assert_eq!(Chunk::load(b"-abcdefghi", 1), Chunk(u64::from_le_bytes(*b"abcdefgh")));
        assert_eq!(Chunk::load(b"AbC.", 0).to_lower_case(3), Chunk::load(b"abc", 0).0);
        assert_eq!(Chunk::load(b"ABCDEFGH", 0).to_lower_case(8), Chunk::load(b"abcdefgh", 0).0);
    }

    #[test]
    fn shifts_and_limits_positions() {
        let letters = Chunk::load(b"ab cd ef", 0).letters();
        assert_eq!(letters.following(true).collect::<Vec<_>>(), [0, 1, 2, 4, 5, 7]);
        assert_eq!(letters.following(false).collect::<Vec<_>>(), [1, 2, 4, 5, 7]);
        assert_eq!(letters.before(4).collect::<Vec<_>>(), [0, 1, 3]);
        assert_eq!(letters.before(8), letters);
        assert_eq!((letters.has(1), letters.has(2), letters.has(8)), (true, false, false));
        assert_eq!((letters.only_if(true), letters.only_if(false)), (letters, letters.before(0)));
        assert_eq!((letters.leading_count(), letters.has(7)), (2, true));
        assert_eq!(Chunk::load(b"abcdefgh", 0).letters().leading_count(), 8);
        assert_eq!((letters.before(0).leading_count(), letters.before(5).has(7)), (0, false));
    }
}
