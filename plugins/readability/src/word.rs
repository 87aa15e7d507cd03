//! A word in the form that the syllable rules need: lower-case ASCII.

use chunk::BYTES;

/// Hardly any English word is longer. Further letters are counted but not stored.
const LETTERS_MAX: usize = 40;

/// Multiplier of the hash (golden ratio).
const HASH_FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Lower-case letters, filled up with zeros.
#[derive(Clone, Copy)]
pub(crate) struct Word {
    letters: [u8; LETTERS_MAX],
    length: usize,
}

impl Default for Word {
    fn default() -> Self {
        Self { letters: [0; LETTERS_MAX], length: 0 }
    }
}

impl From<&[u8]> for Word {
    fn from(letters: &[u8]) -> Self {
        let mut word = Self::default();
        letters.iter().for_each(|letter| word.push(*letter));
        word
    }
}

impl Word {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.letters.split_at(self.length).0
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn last_mut(&mut self) -> Option<&mut u8> {
        self.letters.get_mut(self.length.checked_sub(1)?)
    }

    pub(crate) fn push(&mut self, letter: u8) {
        if let Some(place) = self.letters.get_mut(self.length) {
            *place = letter;
            self.length += 1;
        }
    }

    pub(crate) fn hash(&self) -> u32 {
        let (chunks, _) = self.letters.as_chunks::<BYTES>();
        let used = chunks.iter().take(self.length.div_ceil(BYTES));
        hash_chunks(used.map(|chunk| u64::from_le_bytes(*chunk)))
    }
}

/// Returns a hash of a word's letters.
#[inline]
pub(crate) fn hash_chunks(chunks: impl Iterator<Item = u64>) -> u32 {
    let hash =
        chunks.fold(0_u64, |hash, chunk| (hash.rotate_left(32) ^ chunk).wrapping_mul(HASH_FACTOR));
    (hash >> 32) as u32 ^ hash as u32
}
