//! Words with an apostrophe: `couldn't`, `it's`, `O'Neil`.

use super::{Lexicon, is_vowel};

impl Lexicon {
    /// Counts the syllables of the parts before and after an apostrophe.
    pub(super) fn count_contraction(&self, word: &[u8], rest: &[u8]) -> u32 {
        match rest {
            b"" => self.count_syllables(&word.into()),
            b"t" => self.count_negation(word),
            b"s" | b"d" | b"ll" | b"re" | b"ve" | b"m" => {
                self.count_syllables(&word.into()) + u32::from(is_ending_spoken(word, rest))
            }
            _ => self.count_syllables(&word.into()) + self.count_syllables(&rest.into()),
        }
    }

    /// Counts a negation: `couldn't` and `haven't` have one syllable more than their verbs,
    /// `don't` and `aren't` do not.
    fn count_negation(&self, word: &[u8]) -> u32 {
        match word.strip_suffix(b"n") {
            Some(b"ai" | b"are" | b"ca" | b"do" | b"sha" | b"were" | b"wo") => 1,
            Some(verb) if !verb.is_empty() => self.count_syllables(&verb.into()) + 1,
            _ => self.count_syllables(&word.into()),
        }
    }
}

/// Returns whether the ending is a syllable of its own: `Max's`, `it'll`, `would've`.
fn is_ending_spoken(word: &[u8], ending: &[u8]) -> bool {
    let (before, last) = match word {
        [.., before, last] => (*before, *last),
        [last] => (0, *last),
        [] => return false,
    };
    match ending {
        b"s" => matches!(last, b's' | b'x' | b'z') || last == b'h' && matches!(before, b'c' | b's'),
        b"d" => matches!(last, b't' | b'd'),
        b"ll" | b"ve" => word.len() > 1 && !is_vowel(last),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_syllables_of_contractions() {
        let lexicon = Lexicon::new();
        let check = |text: &str, expected| {
            let (word, rest) = text.split_once('\'').unwrap();
            let got = lexicon.count_contraction(word.as_bytes(), rest.as_bytes());
            assert_eq!(got, expected, "{text}");
        };
        check("don't", 1);
        check("can't", 1);
        check("aren't", 1);
        check("couldn't", 2);
        check("isn't", 2);
        check("haven't", 2);
        check("day's", 1);
        check("boss's", 2);
        check("it'll", 2);
        check("i'll", 1);
        check("they've", 1);
        check("would've", 2);
        check("o'neil", 2);
    }
}
