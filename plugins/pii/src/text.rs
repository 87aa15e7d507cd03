//! The judged text, with the queries that all rules use.

/// `___strong emphasis___`.
const EMPHASIS_BYTES_MAX: usize = 3;

/// A text with its label: the key of a JSON member, or empty.
#[derive(Clone, Copy)]
pub(crate) struct LabelledText<'t> {
    pub(crate) whole: &'t str,
    pub(crate) label: &'t str,
}

impl<'t> LabelledText<'t> {
    #[cfg(test)]
    pub(crate) fn unlabelled(whole: &'t str) -> Self {
        Self { whole, label: "" }
    }

    /// Returns the byte at an offset, or zero, which no rule looks for, at the end.
    pub(crate) fn byte(&self, at: usize) -> u8 {
        self.whole.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// Returns the byte in front of an offset, or zero at the start.
    pub(crate) fn byte_before(&self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |before| self.byte(before))
    }

    /// Returns the text from an offset on.
    pub(crate) fn from(&self, at: usize) -> &'t str {
        self.whole.get(at..).unwrap_or("")
    }

    /// Returns the text up to an offset.
    pub(crate) fn up_to(&self, at: usize) -> &'t str {
        self.whole.get(..at).unwrap_or("")
    }

    /// Returns whether a word goes on at this offset. The underscores of Markdown emphasis do
    /// not: `_415-555-0134_` ends with the number.
    pub(crate) fn goes_on_at(&self, at: usize) -> bool {
        match self.byte(at) {
            b'_' => is_word_byte(self.byte(self.end_of_run(at, EMPHASIS_BYTES_MAX, is_underscore))),
            next => is_word_byte(next),
        }
    }

    /// Returns whether a word that reaches this offset began earlier.
    pub(crate) fn began_before(&self, at: usize) -> bool {
        match self.byte_before(at) {
            b'_' => {
                let start = self.start_of_run(at, EMPHASIS_BYTES_MAX, is_underscore);
                is_word_byte(self.byte_before(start))
            }
            before => is_word_byte(before),
        }
    }

    /// Returns the end of the run of bytes that fit, at most `limit` bytes on.
    pub(crate) fn end_of_run(&self, from: usize, limit: usize, fits: fn(u8) -> bool) -> usize {
        let bytes = self.whole.as_bytes().get(from..).unwrap_or(&[]);
        from + bytes.iter().take(limit).take_while(|byte| fits(**byte)).count()
    }

    /// Returns the start of the run of bytes that fit, at most `limit` bytes back.
    pub(crate) fn start_of_run(&self, to: usize, limit: usize, fits: fn(u8) -> bool) -> usize {
        let bytes = self.whole.as_bytes().get(..to).unwrap_or(&[]);
        to - bytes.iter().rev().take(limit).take_while(|byte| fits(**byte)).count()
    }
}

/// Returns whether a byte is part of a word. Only ASCII counts, because scripts such as
/// Chinese are written without a space before a number.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_underscore(byte: u8) -> bool {
    byte == b'_'
}

pub(crate) fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_nothing_beyond_the_ends() {
        let text = LabelledText::unlabelled("a1");
        assert_eq!((text.byte(1), text.byte(2)), (b'1', 0));
        assert_eq!((text.byte_before(1), text.byte_before(0)), (b'a', 0));
        assert_eq!((text.from(9), text.up_to(9)), ("", ""));
    }

    #[test]
    fn tells_emphasis_from_words() {
        for (text, at) in [("1", 0), ("_1_", 1), ("(__1__)", 3), ("___1___ x", 3)] {
            let text = LabelledText::unlabelled(text);
            assert!(!text.began_before(at) && !text.goes_on_at(at + 1), "{}", text.whole);
        }
        for (text, at) in [("a1b", 1), ("a_1_b", 2), ("____1____", 4), ("1_1_1", 2)] {
            let text = LabelledText::unlabelled(text);
            assert!(text.began_before(at) && text.goes_on_at(at + 1), "{}", text.whole);
        }
    }

    #[test]
    fn limits_runs() {
        let text = LabelledText::unlabelled("a12345b");
        assert_eq!(text.end_of_run(1, 9, is_digit), 6);
        assert_eq!(text.end_of_run(1, 3, is_digit), 4);
        assert_eq!(text.end_of_run(9, 3, is_digit), 9);
        assert_eq!(text.start_of_run(6, 9, is_digit), 1);
        assert_eq!(text.start_of_run(6, 2, is_digit), 4);
    }
}
