//! A filter over the first bytes of all terms. It rules out most positions of a text
//! without a walk through the tree. It has false positives, but no false negatives.

use chunk::Chunk;

use crate::folding_reader::SPACE;

/// Number of bytes that are compared. Few words have more in common with any term.
const PREFIX_BYTES: usize = 5;
/// The first bytes select the row; the others select the bit in it.
const ROW_BYTES: usize = 3;
/// Number of rows, shared by all prefixes.
const ROW_COUNT: usize = 512;
/// Bytes are reduced to their lowest five bits. That distinguishes letters (in either case)
/// and the space; other characters may share a class with one of them.
const BYTE_CLASSES: u64 = 32;
/// Multiplier of the hash (golden ratio).
const HASH_FACTOR: u32 = 0x9e37_79b9;

/// For each hash of the first three bytes, one bit per hash of the next two.
#[derive(Debug)]
pub(crate) struct PrefixFilter(Box<[u64; ROW_COUNT]>);

impl PrefixFilter {
    /// Builds the filter for folded terms.
    pub(crate) fn new<'t>(terms: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut filter = Self(Box::new([0; ROW_COUNT]));
        for term in terms {
            filter.insert(&mut Vec::with_capacity(PREFIX_BYTES), term);
        }
        filter
    }

    /// Adds all spellings of a term: one space in a term may be several in a text.
    fn insert(&mut self, written: &mut Vec<u8>, term: &[u8]) {
        let length = written.len();
        match term {
            [byte, tail @ ..] if length < PREFIX_BYTES => {
                written.push(*byte);
                self.insert(written, tail);
                if *byte == SPACE {
                    self.insert(written, term);
                }
                written.truncate(length);
            }
            _ => self.insert_prefix(written),
        }
    }

    fn insert_prefix(&mut self, written: &[u8]) {
        let start = Chunk::load(written, 0).0;
        // A term shorter than the prefix can be followed by anything.
        let bits = if written.len() < PREFIX_BYTES { u64::MAX } else { tail_bit(start) };
        let missing = ROW_BYTES.saturating_sub(written.len());
        for rest in 0..BYTE_CLASSES.pow(missing as u32) {
            let pair = (rest % BYTE_CLASSES) | ((rest / BYTE_CLASSES) << 8);
            let rest = pair << (8 * (ROW_BYTES - missing));
            self.0.iter_mut().skip(row_index(start | rest)).take(1).for_each(|row| *row |= bits);
        }
    }

    /// Returns whether a term may begin at this position, which must not be white space.
    #[inline]
    pub(crate) fn may_begin(&self, text: &[u8], at: usize) -> bool {
        let start = Chunk::load(text, at);
        let row = self.0.get(row_index(start.0)).copied().unwrap_or_default();
        row & tail_bit(start.0) != 0 || start.has_unprintable(PREFIX_BYTES)
    }
}

/// Returns the row for the first three bytes.
#[inline]
fn row_index(bytes: u64) -> usize {
    ((bytes as u32 & 0x001f_1f1f).wrapping_mul(HASH_FACTOR) >> 16) as usize % ROW_COUNT
}

/// Returns the bit for the fourth and the fifth byte.
#[inline]
fn tail_bit(bytes: u64) -> u64 {
    let (fourth, fifth) = (bytes >> 24 & 0x1f, bytes >> 32 & 0x1f);
    1 << (fourth ^ fifth << 1)
}
