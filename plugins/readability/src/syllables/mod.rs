//! How many syllables an English word has.
//!
//! English spelling does not say. A list answers for the words that follow no rule and
//! for the most common ones, rules answer for the rest. Both were checked against the
//! CMU Pronouncing Dictionary: of the running words of English, 99 in 100 come out.

mod contraction;
mod endings;
mod lexicon;
mod vowels;
mod words;

use lexicon::Entry;
pub(crate) use lexicon::Lexicon;

use crate::{letters::Plain, word::Word};

/// A letter of a word by its place; 0 before and behind it.
fn letter(word: &[u8], at: usize) -> u8 {
    word.get(at).copied().unwrap_or(0)
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

impl Lexicon {
    /// Counts the syllables of a word, and says whether everybody knows it.
    pub(crate) fn plain(&self, word: Plain) -> (u32, bool) {
        match self.find(word.hash()) {
            Some(entry) => (entry.syllables(), entry.is_familiar()),
            None => (by_rule(word.letters().split_at(word.count).0), false),
        }
    }

    /// Counts the syllables of a word that may have an apostrophe behind so many letters,
    /// and says whether everybody knows it.
    pub(crate) fn word(&self, word: &Word, apostrophe: Option<usize>) -> (u32, bool) {
        let Some(at) = apostrophe else {
            return match self.find(word.hash()) {
                Some(entry) => (entry.syllables(), entry.is_familiar()),
                None => (by_rule(word.as_bytes()), false),
            };
        };
        let (word, rest) = word.as_bytes().split_at(at);
        let familiar = self.find(Word::from(word).hash()).is_some_and(Entry::is_familiar);
        (self.contraction(word, rest), familiar)
    }

    fn syllables(&self, word: &Word) -> u32 {
        self.find(word.hash()).map_or_else(|| by_rule(word.as_bytes()), Entry::syllables)
    }
}

/// Abbreviations without a vowel count one, as in the reference: `km`, but also `html`.
fn by_rule(word: &[u8]) -> u32 {
    let sounding = vowels::sounding(word) + endings::added(word);
    sounding.saturating_sub(endings::silent(word)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(syllables: u32, words: &str) {
        let lexicon = Lexicon::new();
        for word in words.split_whitespace() {
            assert_eq!(lexicon.word(&word.as_bytes().into(), None).0, syllables, "{word}");
        }
    }

    #[test]
    fn a_silent_e_is_silent_within_a_word_too() {
        check(1, "cake cakes baked league plague played dye");
        check(2, "safely movement homework lifetime hopeful unique placement careless");
        check(2, "table centre places wanted hundred fire wired wishes boxes");
        check(3, "everyone hopefully acquired amusement");
    }

    #[test]
    fn vowels_that_part() {
        check(2, "being create lion quiet poem ruin fluid react");
        check(3, "radio idea museum serious");
        check(3, "area piano variance");
        check(4, "reality european society variety experience cooperate");
    }

    #[test]
    fn vowels_that_do_not() {
        check(2, "nation special patient question million soldier region");
        check(3, "delicious musician convenient marriages");
        check(1, "friend through queue guide build");
    }

    #[test]
    fn consonants_that_sound() {
        check(2, "prism rhythm");
        check(3, "gambling tourism mcdonald");
    }

    #[test]
    fn every_word_has_one_at_least() {
        check(1, "tsk km e shh brr x");
        let lexicon = Lexicon::new();
        assert_eq!(lexicon.word(&Word::default(), None).0, 1);
    }
}
