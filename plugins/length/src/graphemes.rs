//! Grapheme clusters, counted quickly where the text is ASCII.
//!
//! Between two ASCII characters there is always a boundary, but within a CR LF. So only
//! stretches that are not ASCII, each with its ASCII neighbours, go through the rules of
//! UAX #29, which look no further than that. The tests hold this against the rules alone.

use unicode_segmentation::UnicodeSegmentation;

/// How many grapheme clusters the text has.
pub(crate) fn count(text: &str) -> usize {
    let mut boundaries = usize::from(!text.is_empty());
    let mut rest = text;
    while let Some(first) = rest.bytes().position(|byte| !byte.is_ascii()) {
        boundaries += within_ascii(rest.split_at(first).0);
        let stretch = rest.split_at(first.saturating_sub(1)).1;
        let (stretch, next) = split_behind_first_ascii(stretch, usize::from(first > 0));
        boundaries += within(stretch);
        rest = next;
    }
    boundaries + within_ascii(rest)
}

/// The stretch with its right neighbour, and the rest, which begins with it again.
fn split_behind_first_ascii(text: &str, from: usize) -> (&str, &str) {
    match text.bytes().skip(from).position(|byte| byte.is_ascii()) {
        Some(at) => (text.split_at(from + at + 1).0, text.split_at(from + at).1),
        None => (text, ""),
    }
}

/// How many boundaries stand between the characters.
fn within(text: &str) -> usize {
    text.graphemes(true).count().saturating_sub(1)
}

fn within_ascii(text: &str) -> usize {
    let within_line_breaks = text.as_bytes().windows(2).filter(|pair| *pair == b"\r\n").count();
    text.len().saturating_sub(1) - within_line_breaks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn it_counts_as_the_rules_alone_do() {
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
