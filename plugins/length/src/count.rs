//! Counts the units of a text.

use unicode_segmentation::UnicodeSegmentation;

use crate::{Unit, graphemes, words};

pub(crate) fn count(unit: Unit, text: &str) -> u64 {
    let count = match unit {
        Unit::Bytes => text.len(),
        Unit::Characters => text.chars().count(),
        Unit::Graphemes => graphemes::count(text),
        Unit::Words => words::count(text),
        Unit::Sentences => text.unicode_sentences().count(),
        Unit::Lines => text.lines().count(),
        Unit::Paragraphs => count_paragraphs(text),
    };
    count as u64
}

/// Counts the lines that begin a block of non-blank lines.
fn count_paragraphs(text: &str) -> usize {
    let mut before_blank = true;
    let begins = text.lines().filter(|line| {
        let blank = line.trim().is_empty();
        let begins = before_blank && !blank;
        before_blank = blank;
        begins
    });
    begins.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expects the counts in the order of [`Unit::ALL`].
    fn check(text: &str, expected: [u64; 7]) {
        assert_eq!(Unit::ALL.map(|unit| count(unit, text)), expected, "{text:?}");
    }

    #[test]
    fn counts_every_unit_of_small_texts() {
        check("", [0, 0, 0, 0, 0, 0, 0]);
        check(" ", [1, 1, 1, 0, 0, 1, 0]);
        check("\n", [1, 1, 1, 0, 0, 1, 0]);
        check("One.", [4, 4, 4, 1, 1, 1, 1]);
        check("One. Two!\n", [10, 10, 10, 2, 2, 1, 1]);
        check("a\r\n\r\nb", [6, 6, 4, 2, 2, 3, 2]);
        check("one\ntwo\n \t\n\nthree", [17, 17, 17, 3, 3, 5, 2]);
    }

    #[test]
    fn counts_non_ascii_texts() {
        check("Größe", [7, 5, 5, 1, 1, 1, 1]);
        check("Cafe\u{301}", [6, 5, 4, 1, 1, 1, 1]);
        check("👩‍👩‍👧 🇩🇪", [27, 8, 3, 0, 0, 1, 1]);
        check("你好。", [9, 3, 3, 2, 1, 1, 1]);
        check("don’t", [7, 5, 5, 1, 1, 1, 1]);
    }

    #[test]
    fn counts_megabytes_in_linear_time() {
        let text = "The Straße is “wide”, 3.5 m.\r\n\r\nNaïve e\u{301} 👩‍👧 x\n".repeat(50_000);
        let begun = std::time::Instant::now();
        for unit in Unit::ALL {
            assert!(count(unit, &text) >= 50_000, "{unit:?}");
        }
        // Generous for a debug build on a busy machine; a quadratic count takes hours.
        assert!(begun.elapsed().as_secs() < 20);
    }
}
