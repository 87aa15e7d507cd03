//! The digest of what comes in pieces.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};
use tollgate_model::Digest;

/// How much of a file is in memory at a time.
pub(crate) const PIECE_BYTES: usize = 1 << 16;

/// A digest that is not finished.
#[derive(Clone, Default)]
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Of all that was read.
    pub fn finish(self) -> Digest {
        Digest::from_bytes(self.0.finalize().into())
    }
}

/// The digest of everything that can be read, and how much that is.
pub(crate) fn read_through(mut from: impl Read) -> io::Result<(Digest, u64)> {
    let mut hasher = Hasher::default();
    let mut piece = vec![0; PIECE_BYTES];
    let mut size = 0;
    loop {
        let count = from.read(&mut piece)?;
        let Some(read) = piece.get(..count).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
        size += count as u64;
    }
    Ok((hasher.finish(), size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_whole() {
        for size in [0, 1, PIECE_BYTES, 3 * PIECE_BYTES + 7] {
            let bytes = vec![7; size];
            let expected = (Digest::of(&bytes), size as u64);
            assert_eq!(read_through(bytes.as_slice()).unwrap(), expected);
        }
    }
}
