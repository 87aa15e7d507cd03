//! What terms begin with. It spares most places of a text the walk into the tree, and may
//! say yes too often, but never no.

use chunk::Chunk;

use crate::reader::SPACE;

/// So many characters are looked at: most words have fewer in common with any term.
const PREFIX_BYTES: usize = 5;
/// The first of them say where to look.
const ROW_BYTES: usize = 3;
/// One row for many beginnings.
const ROW_COUNT: usize = 512;
/// Letters of either case and the space are told apart; other characters may be taken
/// for one of them.
const BYTE_CLASSES: u64 = 32;
/// Stirs a number (the golden ratio).
const HASH_FACTOR: u32 = 0x9e37_79b9;

/// For the first characters, one bit for each of those behind them.
#[derive(Debug)]
pub(crate) struct PrefixFilter(Box<[u64; ROW_COUNT]>);

impl PrefixFilter {
    /// Those of the folded terms.
    pub(crate) fn new<'t>(terms: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut beginnings = Self(Box::new([0; ROW_COUNT]));
        for term in terms {
            beginnings.insert(&mut Vec::with_capacity(PREFIX_BYTES), term);
        }
        beginnings
    }

    /// Adds a term in all the ways to write it: one space may be several in a text.
    fn insert(&mut self, written: &mut Vec<u8>, term: &[u8]) {
        let length = written.len();
        match term {
            [byte, rest @ ..] if length < PREFIX_BYTES => {
                written.push(*byte);
                self.insert(written, rest);
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
        // Behind the end of a short term anything may stand.
        let bits = if written.len() < PREFIX_BYTES { u64::MAX } else { tail_bit(start) };
        let missing = ROW_BYTES.saturating_sub(written.len());
        for behind in 0..BYTE_CLASSES.pow(missing as u32) {
            let pair = (behind % BYTE_CLASSES) | ((behind / BYTE_CLASSES) << 8);
            let behind = pair << (8 * (ROW_BYTES - missing));
            self.0.iter_mut().skip(row_index(start | behind)).take(1).for_each(|row| *row |= bits);
        }
    }

    /// Whether a term may begin here, where there is no white space.
    #[inline]
    pub(crate) fn may_begin(&self, text: &[u8], at: usize) -> bool {
        let start = Chunk::load(text, at);
        let row = self.0.get(row_index(start.0)).copied().unwrap_or_default();
        row & tail_bit(start.0) != 0 || start.has_unprintable(PREFIX_BYTES)
    }
}

/// Where to look for those that begin with these bytes.
#[inline]
fn row_index(bytes: u64) -> usize {
    ((bytes as u32 & 0x001f_1f1f).wrapping_mul(HASH_FACTOR) >> 16) as usize % ROW_COUNT
}

/// The bit of the fourth and the fifth byte.
#[inline]
fn tail_bit(bytes: u64) -> u64 {
    let (fourth, fifth) = (bytes >> 24 & 0x1f, bytes >> 32 & 0x1f);
    1 << (fourth ^ fifth << 1)
}
