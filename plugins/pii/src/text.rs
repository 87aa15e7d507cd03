//! The text under judgement, and the questions that every rule asks of it.

/// A text, and the name that it goes by: the key of a JSON member, or nothing.
#[derive(Clone, Copy)]
pub(crate) struct Text<'t> {
    pub(crate) whole: &'t str,
    pub(crate) label: &'t str,
}

impl<'t> Text<'t> {
    #[cfg(test)]
    pub(crate) fn of(whole: &'t str) -> Self {
        Self { whole, label: "" }
    }

    /// The byte at an offset. Zero, which no rule looks for, stands for the end.
    pub(crate) fn byte(&self, at: usize) -> u8 {
        self.whole.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The byte in front of an offset, or zero at the start.
    pub(crate) fn byte_before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |before| self.byte(before))
    }

    /// From an offset to the end.
    pub(crate) fn from(&self, at: usize) -> &'t str {
        self.whole.get(at..).unwrap_or("")
    }

    /// From the start to an offset.
    pub(crate) fn up_to(&self, at: usize) -> &'t str {
        self.whole.get(..at).unwrap_or("")
    }

    /// Where the run of bytes that fit ends, at most `limit` bytes on.
    pub(crate) fn run(&self, from: usize, limit: usize, fits: fn(u8) -> bool) -> usize {
        let bytes = self.whole.as_bytes().get(from..).unwrap_or(&[]);
        from + bytes.iter().take(limit).take_while(|byte| fits(**byte)).count()
    }

    /// Where the run of bytes that fit begins, at most `limit` bytes back.
    pub(crate) fn run_before(&self, to: usize, limit: usize, fits: fn(u8) -> bool) -> usize {
        let bytes = self.whole.as_bytes().get(..to).unwrap_or(&[]);
        to - bytes.iter().rev().take(limit).take_while(|byte| fits(**byte)).count()
    }
}

/// Letters of other scripts are not counted: Chinese, say, is written right up to a
/// number that it speaks of.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(crate) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_either_end_there_is_nothing() {
        let text = Text::of("a1");
        assert_eq!((text.byte(1), text.byte(2)), (b'1', 0));
        assert_eq!((text.byte_before(1), text.byte_before(0)), (b'a', 0));
        assert_eq!((text.from(9), text.up_to(9)), ("", ""));
    }

    #[test]
    fn runs_stop_at_their_limit() {
        let text = Text::of("a12345b");
        assert_eq!(text.run(1, 9, is_digit), 6);
        assert_eq!(text.run(1, 3, is_digit), 4);
        assert_eq!(text.run(9, 3, is_digit), 9);
        assert_eq!(text.run_before(6, 9, is_digit), 1);
        assert_eq!(text.run_before(6, 2, is_digit), 4);
    }
}
