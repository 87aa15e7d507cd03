//! Folds characters, so that different spellings of the same word become equal.
//!
//! Accents are separated from their letters (NFKD), so that composed and decomposed
//! spellings are equal. Ligatures, full-width letters and the like become plain letters;
//! typographic quotes and hyphens become those of a keyboard. If case does not matter, each
//! character is converted to lower, upper and lower case again: that makes `ß`, `ẞ` and
//! `SS` equal, `σ` and `ς`, and all four Turkish i.

use spelling::decompose;
use unicode_normalization::char::is_combining_mark;

/// The dot that NFKD separates from `İ`. The other kinds of i have no separate dot.
pub(crate) const DOT_ABOVE: char = '\u{307}';

/// Appends the folded form of a character to `folded`.
pub(crate) fn fold(character: char, case_sensitive: bool, folded: &mut Vec<char>) {
    decompose(character, |part| {
        if case_sensitive {
            folded.push(part);
        } else if part != DOT_ABOVE || folded.last() != Some(&'i') {
            folded.extend(fold_case(part));
        }
    });
}

fn fold_case(character: char) -> impl Iterator<Item = char> {
    character.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// Returns whether a character is part of a word: letters, digits and the marks on them.
/// Raised and lowered digits do not count, because they are footnote marks.
pub(crate) fn is_word_character(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    let is_note = matches!(character, '²' | '³' | '¹' | '\u{2070}'..='\u{2089}');
    (character.is_alphanumeric() && !is_note) || is_combining_mark(character)
}

/// Returns whether a character belongs to the one before it: an accent, or the rest of a
/// Hangul syllable. A term never ends in front of such a character, so `cafe` is not found
/// in `café`.
pub(crate) fn continues_character(character: char) -> bool {
    is_combining_mark(character)
        || matches!(character, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let mut folded = Vec::new();
        text.chars().for_each(|character| fold(character, false, &mut folded));
        folded.into_iter().collect()
    }

    #[test]
    fn folds_spellings_of_the_same_word_alike() {
        let same = |one: &str, other: &str| assert_eq!(folded(one), folded(other), "{one} {other}");
        same("ÄRGER", "ärger");
        same("a\u{308}rger", "Ärger");
        same("STRASSE", "Straße");
        same("STRAẞE", "strasse");
        same("ΟΔΟΣ", "οδος");
        same("ΟΔΟΣ", "οδοσ");
        same("İNDİRİM", "indirim");
        same("SATIR", "satır");
        same("ﬁnance", "FINANCE");
        same("ＦＲＥＥ", "free");
        same("don’t", "don't");
        same("risk\u{2011}free", "risk-free");
        same("각", "\u{1100}\u{1161}\u{11a8}");
    }

    #[test]
    fn folds_different_words_differently() {
        assert_ne!(folded("cafe"), folded("café"));
        assert_ne!(folded("schon"), folded("schön"));
        assert_ne!(folded("free—now"), folded("free-now"));
    }
}
