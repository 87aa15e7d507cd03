//! When two spellings are the same: one character at a time, into a form in which they
//! are written alike.
//!
//! Accents come apart from their letters (NFKD), so that it does not matter whether they
//! were one character or two; ligatures, full-width letters and the like become plain
//! ones; typographic quotes and hyphens become those of a keyboard. Where case does not
//! matter, a character goes to lower, upper and lower case again: that makes `ß`, `ẞ` and
//! `SS` alike, `σ` and `ς`, and all four Turkish i.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// What `İ` keeps when its `I` comes apart; the other i have no dot of their own.
pub(crate) const DOT_ABOVE: char = '\u{307}';

/// Appends what a character looks like after folding.
pub(crate) fn fold(character: char, case_sensitive: bool, folded: &mut Vec<char>) {
    decompose_compatible(character, |part| {
        let part = to_keyboard_form(part);
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

fn to_keyboard_form(character: char) -> char {
    match character {
        '\u{2018}'..='\u{201b}' | '\u{2bc}' => '\'',
        '\u{201c}'..='\u{201f}' => '"',
        '\u{2010}' => '-',
        other => other,
    }
}

/// Whether a boundary of words stands beside it but not within: letters, digits and the
/// marks on them. Raised and lowered digits are notes to the word before, not parts of it.
pub(crate) fn is_word_character(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    let is_note = matches!(character, '²' | '³' | '¹' | '\u{2070}'..='\u{2089}');
    (character.is_alphanumeric() && !is_note) || is_combining_mark(character)
}

/// Whether it belongs to the character before it: an accent, or the rest of a Hangul
/// syllable. A term never ends before one: `cafe` is not found in `café`.
pub(crate) fn continues_character(character: char) -> bool {
    is_combining_mark(character)
        || matches!(character, '\u{1160}'..='\u{11ff}' | '\u{d7b0}'..='\u{d7fb}')
}

/// Whether a reader does not see it: soft hyphens, joiners, direction marks, variation
/// selectors. A term is found with or without them.
pub(crate) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
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
    fn spellings_of_the_same_word() {
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
    fn other_words_stay_other_words() {
        assert_ne!(folded("cafe"), folded("café"));
        assert_ne!(folded("schon"), folded("schön"));
        assert_ne!(folded("free—now"), folded("free-now"));
    }
}
