//! The listed words, in a hash table.

use super::words;
use crate::word::Word;

/// Less than half of the slots are taken, so that most words that are not listed are
/// recognised at the first slot. The table has 8 KiB, which is two pages of memory.
const SLOTS: usize = 2048;
const SYLLABLES_BITS: u32 = 4;
const FAMILIAR: u32 = 1 << SYLLABLES_BITS;
/// The remaining bits of an entry are the word's hash. One word in a hundred million is
/// mistaken for a listed one and miscounted by a syllable or two.
const HASH_MASK: u32 = !(FAMILIAR | (FAMILIAR - 1));

/// The words with listed syllables.
#[derive(Debug)]
pub(crate) struct Lexicon(Box<[u32; SLOTS]>);

/// The syllables of a listed word, and whether it is familiar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LexiconEntry(u32);

impl LexiconEntry {
    pub(crate) fn syllables(self) -> u32 {
        self.0 & (FAMILIAR - 1)
    }

    /// Returns whether a fourth-grader knows the word, whatever its length.
    pub(crate) fn is_familiar(self) -> bool {
        self.0 & FAMILIAR != 0
    }
}

impl Lexicon {
    pub(crate) fn new() -> Self {
        let mut lexicon = Self(Box::new([0; SLOTS]));
        // Irregular words come first, because the familiar ones take their syllables from them.
        for (syllables, words) in (1..).zip(words::IRREGULAR) {
            words.split_whitespace().for_each(|word| lexicon.insert(&to_word(word), syllables));
        }
        for word in words::FAMILIAR.split_whitespace().map(to_word) {
            let syllables = lexicon.count_syllables(&word);
            lexicon.insert(&word, syllables | FAMILIAR);
        }
        lexicon
    }

    /// Inserts an entry into the word's own slot, or the first free or equal slot after it.
    fn insert(&mut self, word: &Word, what: u32) {
        let hash = word.hash();
        let entry = hash & HASH_MASK | what;
        let slots = self.0.iter_mut();
        let mut slots = slots.skip(first_slot(hash));
        if let Some(slot) = slots.find(|slot| **slot == 0 || **slot & HASH_MASK == hash & HASH_MASK)
        {
            *slot = entry;
        }
    }

    /// Returns the entry of the word with this hash.
    pub(crate) fn find(&self, hash: u32) -> Option<LexiconEntry> {
        let mut slots = self.0.iter().skip(first_slot(hash)).take_while(|slot| **slot != 0);
        slots.find(|slot| **slot & HASH_MASK == hash & HASH_MASK).map(|slot| LexiconEntry(*slot))
    }
}

/// Returns the slot where the search starts. The last slots stay free for collisions.
fn first_slot(hash: u32) -> usize {
    hash as usize % (SLOTS - 48)
}

fn to_word(word: &str) -> Word {
    word.as_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_listed_word_with_its_syllables() {
        let lexicon = Lexicon::new();
        for (syllables, words) in (1..).zip(words::IRREGULAR) {
            for word in words.split_whitespace() {
                let found = lexicon.find(to_word(word).hash()).map(LexiconEntry::syllables);
                assert_eq!(found, Some(syllables), "{word}");
            }
        }
        for word in words::FAMILIAR.split_whitespace() {
            assert!(
                lexicon.find(to_word(word).hash()).is_some_and(LexiconEntry::is_familiar),
                "{word}"
            );
        }
        assert!(lexicon.find(to_word("tollgate").hash()).is_none());
        assert!(lexicon.find(Word::default().hash()).is_none());
    }

    #[test]
    fn fills_less_than_half_of_the_table() {
        let taken = Lexicon::new().0.iter().filter(|slot| **slot != 0).count();
        assert!(taken * 2 < SLOTS, "{taken} of {SLOTS}");
    }
}
