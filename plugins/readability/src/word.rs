//! A word as the syllable rules want it: lower-case ASCII.

use crate::chunk;

/// Hardly any English word has more letters. What stands behind them is counted, not
/// spelled.
const LETTERS_MAX: usize = 40;

/// Stirs the letters of a chunk (the golden ratio).
const STIR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Lower-case letters; zeros behind them.
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

    /// Adds so many letters, behind which the chunk has zeros.
    pub(crate) fn push_chunk(&mut self, chunk: u64, count: usize) {
        let room = self.letters.get_mut(self.length..);
        if let Some(room) = room.and_then(|room| room.first_chunk_mut()) {
            *room = chunk.to_le_bytes();
            self.length += count;
        }
    }

    /// A number that few other words have.
    pub(crate) fn hash(&self) -> u32 {
        let (chunks, _) = self.letters.as_chunks();
        let used = chunks.iter().take(self.length.div_ceil(chunk::BYTES));
        let hash = used.fold(0_u64, |hash, chunk| {
            (hash.rotate_left(32) ^ u64::from_le_bytes(*chunk)).wrapping_mul(STIR)
        });
        (hash >> 32) as u32 ^ hash as u32
    }
}
