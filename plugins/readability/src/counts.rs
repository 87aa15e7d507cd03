//! What is counted in a text, and the formulas that are made of it.
//!
//! The formulas are those that the Python library textstat uses, with its meaning of a
//! word, a sentence and a long word, so that a limit that was found with it holds here.

use std::ops::Range;

/// All that the formulas need to know of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Stretches without white space or dash that have a letter or a digit.
    pub words: u32,
    /// Stretches of three words or more between full stops, exclamation and question
    /// marks; one, where there are none of them.
    pub sentences: u32,
    /// Of all words together.
    pub syllables: u32,
    /// Words of three syllables or more.
    pub polysyllables: u32,
    /// Those of them that are not familiar to everybody.
    pub complex_words: u32,
    /// Stretches without white space.
    pub pieces: u32,
    /// Characters other than white space.
    pub characters: u32,
    /// Letters and digits.
    pub letters: u32,
    /// Letters that are not Latin.
    pub foreign_letters: u32,
    /// How many words the longest sentence has.
    pub longest_words: u32,
    /// The bytes of that sentence.
    pub longest_span: Range<usize>,
    /// How many sentences have more words than is allowed.
    pub too_long: u32,
}

impl Counts {
    /// Whether the formulas say anything: they are made for English words.
    pub fn are_telling(&self) -> bool {
        self.words > 0 && self.foreign_letters <= self.letters / 2
    }

    /// The average length of a sentence.
    pub fn words_per_sentence(&self) -> f64 {
        per(self.words, self.sentences)
    }

    /// Flesch reading ease: the higher, the easier.
    pub fn flesch(&self) -> f64 {
        206.835 - 1.015 * self.words_per_sentence() - 84.6 * per(self.syllables, self.words)
    }

    /// Flesch–Kincaid grade.
    pub fn flesch_kincaid_grade(&self) -> f64 {
        0.39 * self.words_per_sentence() + 11.8 * per(self.syllables, self.words) - 15.59
    }

    /// SMOG index.
    pub fn smog(&self) -> f64 {
        1.043 * (30.0 * per(self.polysyllables, self.sentences)).sqrt() + 3.1291
    }

    /// Gunning fog index.
    pub fn gunning_fog(&self) -> f64 {
        0.4 * (self.words_per_sentence() + 100.0 * per(self.complex_words, self.words))
    }

    /// Coleman–Liau index.
    pub fn coleman_liau(&self) -> f64 {
        let per_hundred = |count| 100.0 * per(count, self.words);
        0.058 * per_hundred(self.letters) - 0.296 * per_hundred(self.sentences) - 15.8
    }

    /// Automated readability index.
    pub fn automated_readability(&self) -> f64 {
        4.71 * per(self.characters, self.pieces) + 0.5 * self.words_per_sentence() - 21.43
    }
}

fn per(count: u32, of: u32) -> f64 {
    if of == 0 { 0.0 } else { f64::from(count) / f64::from(of) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formulas_by_hand() {
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
    fn nothing_is_no_division_by_zero() {
        let nothing = Counts::default();
        assert!(!nothing.are_telling());
        assert!(nothing.smog().is_finite() && nothing.flesch().is_finite());
    }
}
