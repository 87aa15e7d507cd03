//! The words that are looked up, in a table that a judgement reads without searching.

use super::words;
use crate::word::Word;

/// Less than half of the table is taken, so that most words that are not in it are
/// refused at the first look. It has 8 KiB: two pages of memory.
const SLOTS: usize = 2048;
const SYLLABLES_BITS: u32 = 4;
const FAMILIAR: u32 = 1 << SYLLABLES_BITS;
/// The rest of an entry tells its word from others. One in a hundred million words is
/// mistaken for one of the list, and then counted wrong by a syllable or two.
const WORD: u32 = !(FAMILIAR | (FAMILIAR - 1));

/// The words whose syllables are listed.
#[derive(Debug)]
pub(crate) struct Lexicon(Box<[u32; SLOTS]>);

/// What is known of a word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry(u32);

impl Entry {
    pub(crate) fn syllables(self) -> u32 {
        self.0 & (FAMILIAR - 1)
    }

    /// Whether a fourth-grader knows it, however long it is.
    pub(crate) fn is_familiar(self) -> bool {
        self.0 & FAMILIAR != 0
    }
}

impl Lexicon {
    pub(crate) fn new() -> Self {
        let mut lexicon = Self(Box::new([0; SLOTS]));
        for (syllables, words) in (1..).zip(words::IRREGULAR) {
            words.split_whitespace().for_each(|word| lexicon.put(&listed(word), syllables));
        }
        for word in words::FAMILIAR.split_whitespace().map(listed) {
            let syllables = lexicon.syllables(&word);
            lexicon.put(&word, syllables | FAMILIAR);
        }
        lexicon
    }

    /// Takes the word's own slot or the first free or equal one behind it.
    fn put(&mut self, word: &Word, what: u32) {
        let hash = word.hash();
        let entry = hash & WORD | what;
        let slots = self.0.iter_mut();
        let mut slots = slots.skip(first_slot(hash));
        if let Some(slot) = slots.find(|slot| **slot == 0 || **slot & WORD == hash & WORD) {
            *slot = entry;
        }
    }

    /// What is listed of a word.
    pub(crate) fn find(&self, hash: u32) -> Option<Entry> {
        let mut slots = self.0.iter().skip(first_slot(hash)).take_while(|slot| **slot != 0);
        slots.find(|slot| **slot & WORD == hash & WORD).map(|slot| Entry(*slot))
    }
}

/// Slots at the end stay free for words that find theirs taken.
fn first_slot(hash: u32) -> usize {
    hash as usize % (SLOTS - 48)
}

fn listed(word: &str) -> Word {
    word.as_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_word_is_found_with_its_own_syllables() {
        let lexicon = Lexicon::new();
        for (syllables, words) in (1..).zip(words::IRREGULAR) {
            for word in words.split_whitespace() {
                let found = lexicon.find(listed(word).hash()).map(Entry::syllables);
                assert_eq!(found, Some(syllables), "{word}");
            }
        }
        for word in words::FAMILIAR.split_whitespace() {
            assert!(lexicon.find(listed(word).hash()).is_some_and(Entry::is_familiar), "{word}");
        }
        assert!(lexicon.find(listed("tollgate").hash()).is_none());
        assert!(lexicon.find(Word::default().hash()).is_none());
    }

    #[test]
    fn the_table_stays_mostly_empty() {
        let taken = Lexicon::new().0.iter().filter(|slot| **slot != 0).count();
        assert!(taken * 2 < SLOTS, "{taken} of {SLOTS}");
    }
}
