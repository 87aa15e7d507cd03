//! The counts of a text, and the readability formulas.
//!
//! The formulas and the definitions of a word, a sentence and a long word are those of the
//! Python library textstat, so that a limit determined with textstat also works here.

use std::ops::Range;

/// Words from which on function words tell the language. A headline may have none.
const TOLD_WORDS_MIN: u32 = 50;
/// Words of an English text that have one function word between them at least. In prose it is one in five or so, and in
/// other languages fewer than one in fifty.
const WORDS_PER_FUNCTION_WORD: u32 = 30;

/// The counts that the formulas need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Stretches with a letter or a digit, separated by white space or em dashes.
    pub words: u32,
    /// Stretches of at least three words between full stops, exclamation and question
    /// marks. At least 1 in a text with words.
    pub sentences: u32,
    /// Syllables of all words.
    pub syllables: u32,
    /// Words with at least three syllables.
    pub polysyllables: u32,
    /// Polysyllables that are not familiar words.
    pub complex_words: u32,
    /// Stretches without white space.
    pub pieces: u32,
    /// Characters other than white space.
    pub characters: u32,
    /// Letters and digits.
    pub letters: u32,
    /// Letters that are not Latin.
    pub foreign_letters: u32,
    /// Words such as `the` and `of`, which English is full of.
    pub function_words: u32,
    /// Number of words in the longest sentence.
    pub longest_sentence_words: u32,
    /// Byte range of the longest sentence.
    pub longest_sentence_span: Range<usize>,
    /// Number of sentences with more words than the limit.
    pub too_long_sentences: u32,
}

impl Counts {
    /// Returns whether the formulas apply: they are made for English words.
    pub fn have_grades(&self) -> bool {
        self.words > 0 && self.foreign_letters <= self.letters / 2 && self.may_be_english()
    }

    /// Returns whether the text has enough function words for English, or is too short to tell.
    fn may_be_english(&self) -> bool {
        self.words < TOLD_WORDS_MIN || self.function_words >= self.words / WORDS_PER_FUNCTION_WORD
    }

    /// Returns the average number of words per sentence.
    pub fn words_per_sentence(&self) -> f64 {
        divide(self.words, self.sentences)
    }

    /// Returns the Flesch reading ease: a higher score is easier.
    pub fn flesch(&self) -> f64 {
        206.835 - 1.015 * self.words_per_sentence() - 84.6 * divide(self.syllables, self.words)
    }

    /// Returns the Flesch–Kincaid grade.
    pub fn flesch_kincaid_grade(&self) -> f64 {
        0.39 * self.words_per_sentence() + 11.8 * divide(self.syllables, self.words) - 15.59
    }

    /// Returns the SMOG index.
    pub fn smog(&self) -> f64 {
        1.043 * (30.0 * divide(self.polysyllables, self.sentences)).sqrt() + 3.1291
    }

    /// Returns the Gunning fog index.
    pub fn gunning_fog(&self) -> f64 {
        0.4 * (self.words_per_sentence() + 100.0 * divide(self.complex_words, self.words))
    }

    /// Returns the Coleman–Liau index.
    pub fn coleman_liau(&self) -> f64 {
        let per_hundred = |count| 100.0 * divide(count, self.words);
        0.058 * per_hundred(self.letters) - 0.296 * per_hundred(self.sentences) - 15.8
    }

    /// Returns the automated readability index.
    pub fn automated_readability(&self) -> f64 {
        4.71 * divide(self.characters, self.pieces) + 0.5 * self.words_per_sentence() - 21.43
    }
}

fn divide(count: u32, of: u32) -> f64 {
    if of == 0 { 0.0 } else { f64::from(count) / f64::from(of) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_the_formulas() {
        let counts = Counts {
            words: 100,
            sentences: 5,
            syllables: 150,
            polysyllables: 15,
            complex_words: 10,
            pieces: 101,
            characters: 505,
            letters: 480,
            ..Counts::default()
        };
        let check = |got: f64, expected: f64| assert!((got - expected).abs() < 1e-9, "{got}");
        check(counts.words_per_sentence(), 20.0);
        check(counts.flesch(), 206.835 - 20.3 - 126.9);
        check(counts.flesch_kincaid_grade(), 7.8 + 17.7 - 15.59);
        check(counts.smog(), 1.043 * 90_f64.sqrt() + 3.1291);
        check(counts.gunning_fog(), 0.4 * (20.0 + 10.0));
        check(counts.coleman_liau(), 0.058 * 480.0 - 0.296 * 5.0 - 15.8);
        check(counts.automated_readability(), 4.71 * 5.0 + 10.0 - 21.43);
    }

    #[test]
    fn handles_an_empty_text() {
        let nothing = Counts::default();
        assert!(!nothing.have_grades());
        assert!(nothing.smog().is_finite() && nothing.flesch().is_finite());
    }
}
