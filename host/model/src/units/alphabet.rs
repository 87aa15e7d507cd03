//! Alphabets with letters that look alike, and words that mix them.

use unicode_general_category::get_general_category;

/// Returns the first word with letters of two alphabets whose letters look alike. Hyphens and apostrophes separate words.
pub fn find_mixed_word(text: &str) -> Option<&str> {
    let is_word = |c: char| c.is_alphabetic() || is_mark(c);
    text.split(|c| !is_word(c)).find(|word| {
        let mut alphabets = word.chars().filter_map(Alphabet::of);
        let first = alphabets.next();
        alphabets.any(|alphabet| Some(alphabet) != first)
    })
}

/// Returns whether a character is a mark on the letter before it, which separates no words.
fn is_mark(c: char) -> bool {
    matches!(get_general_category(c).abbreviation().as_bytes(), [b'M', ..])
}

/// Alphabets that have letters which look alike.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
    Coptic,
    Lisu,
}

impl Alphabet {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'A'..='Z'
            | 'a'..='z'
            | '\u{c0}'..='\u{2af}'
            | '\u{1d00}'..='\u{1d25}'
            | '\u{1d6b}'..='\u{1d77}'
            | '\u{1d79}'..='\u{1d9a}'
            | '\u{1e00}'..='\u{1eff}'
            | '\u{2c60}'..='\u{2c7f}'
            | '\u{a722}'..='\u{a787}'
            | '\u{a78b}'..='\u{a7ff}'
            | '\u{ab30}'..='\u{ab5a}' => Self::Latin,
            '\u{3e2}'..='\u{3ef}' | '\u{2c80}'..='\u{2cff}' => Self::Coptic,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => {
                Self::Cyrillic
            }
            '\u{530}'..='\u{58f}' => Self::Armenian,
            '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Self::Cherokee,
            '\u{a4d0}'..='\u{a4ff}' => Self::Lisu,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_of_two_alphabets() {
        for word in
            ["D\u{430}na", "D\u{338}\u{430}\u{338}na", "\u{a4d3}ana", "\u{2c9f}ne", "Alph\u{3b1}"]
        {
            assert_eq!(find_mixed_word(&format!("Hill {word}")), Some(word));
        }
        for text in
            ["Dana \u{414}\u{430}\u{43d}\u{430}", "Anne-\u{39c}\u{3b1}\u{3c1}", "渡辺アンナ"]
        {
            assert_eq!(find_mixed_word(text), None, "{text}");
        }
    }
}
