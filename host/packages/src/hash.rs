//! SHA-256 digests of data that is read in pieces.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};
use tollgate_model::Digest;

/// Size of the buffer for reading a file.
pub(crate) const READ_BUFFER_BYTES: usize = 1 << 16;

/// An unfinished digest.
#[derive(Clone, Default)]
pub(crate) struct DigestHasher(Sha256);

impl DigestHasher {
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the digest of all bytes passed to `update`.
    pub fn finish(self) -> Digest {
        Digest::from_bytes(self.0.finalize().into())
    }
}

/// Reads to the end, and returns the digest and the number of bytes.
pub(crate) fn hash_reader(mut from: impl Read) -> io::Result<(Digest, u64)> {
    let mut hasher = DigestHasher::default();
    let mut buffer = vec![0; READ_BUFFER_BYTES];
    let mut size = 0;
    loop {
        let count = from.read(&mut buffer)?;
        let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
        hasher.update(read);
        size += count as u64;
    }
    Ok((hasher.finish(), size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_does_not_depend_on_the_buffer_size() {
        for size in [0, 1, READ_BUFFER_BYTES, 3 * READ_BUFFER_BYTES + 7] {
            let bytes = vec![7; size];
            let expected = (Digest::of(&bytes), size as u64);
            assert_eq!(hash_reader(bytes.as_slice()).unwrap(), expected);
        }
    }
}
