//! Finds anchors: the digits, `@` and `:` of a text.
//!
//! Most of a text contains none of them, so it is skipped in blocks. The test of a block
//! has no branches, so the compiler can use the vector instructions of the machine or of
//! WebAssembly.

/// Long enough for two vectors, short enough that an anchor near the start costs little.
const BLOCK_BYTES: usize = 32;

fn is_anchor(byte: u8) -> bool {
    // `:` follows `9` in ASCII, so one comparison covers both.
    (byte.wrapping_sub(b'0') <= b':' - b'0') | (byte == b'@')
}

/// Returns the offset of the next anchor at or after `from`.
pub(crate) fn next_anchor(bytes: &[u8], from: usize) -> Option<usize> {
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
    fn agrees_with_a_plain_loop_at_every_offset() {
        for length in 0..100 {
            for place in 0..length {
                let mut bytes = vec![b'x'; length];
                bytes[place] = b"0:@5"[place % 4];
                for from in 0..length {
                    let expected = (from <= place).then_some(place);
                    assert_eq!(next_anchor(&bytes, from), expected, "{length} {place} {from}");
                }
            }
        }
    }

    #[test]
    fn ignores_neighbouring_characters() {
        assert_eq!(next_anchor("/;?A ü€\u{0}\u{7f}".as_bytes(), 0), None);
        assert_eq!(next_anchor(b"", 0), None);
        assert_eq!(next_anchor(b"1", 7), None);
    }
}
