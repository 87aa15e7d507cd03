//! Where to look: the digits, `@` and `:` of a text.
//!
//! Most of a text holds none of them, so it is passed over in blocks. The test of a
//! block has no branches, which lets the compiler do all of its bytes at once, with
//! the vector instructions of the machine or of WebAssembly.

/// Long enough for two vectors, short enough that a hit near its start costs little.
const BLOCK_BYTES: usize = 32;

fn is_anchor(byte: u8) -> bool {
    // `:` follows `9` in ASCII, so one comparison covers both.
    (byte.wrapping_sub(b'0') <= b':' - b'0') | (byte == b'@')
}

/// The next place to look at, from an offset on.
pub(crate) fn next(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let (blocks, _) = rest.as_chunks::<BLOCK_BYTES>();
    let holds_none = |block: &[u8; BLOCK_BYTES]| {
        !block.iter().fold(false, |found, byte| found | is_anchor(*byte))
    };
    let passed = blocks.iter().take_while(|block| holds_none(block)).count() * BLOCK_BYTES;
    let here = rest.get(passed..)?.iter().position(|byte| is_anchor(*byte))?;
    Some(from + passed + here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_plain_loop_finds_at_every_offset() {
        for length in 0..100 {
            for place in 0..length {
                let mut bytes = vec![b'x'; length];
                bytes[place] = b"0:@5"[place % 4];
                for from in 0..length {
                    let expected = (from <= place).then_some(place);
                    assert_eq!(next(&bytes, from), expected, "{length} {place} {from}");
                }
            }
        }
    }

    #[test]
    fn the_neighbours_of_an_anchor_are_none() {
        assert_eq!(next("/;?A ü€\u{0}\u{7f}".as_bytes(), 0), None);
        assert_eq!(next(b"", 0), None);
        assert_eq!(next(b"1", 7), None);
    }
}
