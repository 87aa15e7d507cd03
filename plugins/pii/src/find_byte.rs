//! Finds the next byte of a rare class.
//!
//! Most of a text contains none of them, so it is skipped in blocks. The test of a block
//! has no branches, so the compiler can use the vector instructions of the machine or of
//! WebAssembly.

/// Long enough for two vectors, short enough that a match near the start costs little.
const BLOCK_BYTES: usize = 32;

/// Returns the offset of the next byte at or after `from` that passes a test. The test should
/// be made of `&` and `|`, which do not branch.
pub(crate) fn find_byte(bytes: &[u8], from: usize, matches: impl Fn(u8) -> bool) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let (blocks, _) = rest.as_chunks::<BLOCK_BYTES>();
    let holds_none =
        |block: &[u8; BLOCK_BYTES]| !block.iter().fold(false, |found, byte| found | matches(*byte));
    let passed = blocks.iter().take_while(|block| holds_none(block)).count() * BLOCK_BYTES;
    let here = rest.get(passed..)?.iter().position(|byte| matches(*byte))?;
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
                bytes[place] = b'0';
                for from in 0..length {
                    let expected = (from <= place).then_some(place);
                    let found = find_byte(&bytes, from, |byte| byte == b'0');
                    assert_eq!(found, expected, "{length} {place} {from}");
                }
            }
        }
    }

    #[test]
    fn finds_nothing_behind_the_end() {
        assert_eq!(find_byte(b"", 0, |_| true), None);
        assert_eq!(find_byte(b"1", 7, |_| true), None);
    }
}
