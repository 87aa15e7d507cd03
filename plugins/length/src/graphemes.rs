//! Counts grapheme clusters, with a fast path for ASCII.
//!
//! There is always a boundary between two ASCII characters, except within CR LF. So only
//! the stretches that are not ASCII go through the rules of UAX #29, together with one
//! ASCII neighbour on each side, because the rules look no further. The tests compare the
//! result with the plain rules.

use unicode_segmentation::UnicodeSegmentation;

/// Returns the number of grapheme clusters.
pub(crate) fn count(text: &str) -> usize {
    let mut boundaries = usize::from(!text.is_empty());
    let mut rest = text;
    while let Some(first) = rest.bytes().position(|byte| !byte.is_ascii()) {
        boundaries += count_ascii_boundaries(rest.split_at(first).0);
        // Starts one character early, because the ASCII neighbour belongs to the stretch.
        let stretch = rest.split_at(first.saturating_sub(1)).1;
        let (stretch, next) = split_after_first_ascii(stretch, usize::from(first > 0));
        boundaries += count_boundaries(stretch);
        rest = next;
    }
    boundaries + count_ascii_boundaries(rest)
}

/// Returns the text up to and including the first ASCII character, and the rest, which
/// begins with that character again.
fn split_after_first_ascii(text: &str, from: usize) -> (&str, &str) {
    match text.bytes().skip(from).position(|byte| byte.is_ascii()) {
        Some(at) => (text.split_at(from + at + 1).0, text.split_at(from + at).1),
        None => (text, ""),
    }
}

/// Returns the number of boundaries between the characters.
fn count_boundaries(text: &str) -> usize {
    text.graphemes(true).count().saturating_sub(1)
}

fn count_ascii_boundaries(text: &str) -> usize {
    let line_breaks = text.as_bytes().windows(2).filter(|pair| *pair == b"\r\n").count();
    text.len().saturating_sub(1) - line_breaks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn agrees_with_the_plain_rules() {
        // Letters, both halves of a line break, an accent, a prepended mark, an emoji with
        // its joiner and modifier, halves of flags, Hangul and Devanagari parts.
        let alphabet = "ab\r\n\u{301}\u{600}👩\u{200d}🏽🇩🇪\u{1100}\u{1161}\u{915}\u{94d}é\t";
        let mut random = Random::new(7);
        for _ in 0..200_000 {
            let text = random.text(alphabet, 8);
            assert_eq!(count(&text), text.graphemes(true).count(), "{text:?}");
        }
    }
}
