//! One walk over a text that counts everything at once.

use crate::{
    counts::Counts,
    letters::{Letters, Plain},
    syllables::Lexicon,
};

/// The formulas count what stands between full stops, exclamation and question marks,
/// those in prices and abbreviations included, and nothing shorter than this: it would
/// be an initial, or the number of a list.
const STRETCH_WORDS_MIN: u32 = 3;
/// From here on a word is long.
const POLYSYLLABLES_MIN: u32 = 3;
const EM_DASH: char = '—';

/// Counts what there is in the text. Sentences longer than the limit are counted apart.
pub(crate) fn scan(text: &str, lexicon: &Lexicon, sentence_words_max: Option<u64>) -> Counts {
    let sentence_words_max =
        sentence_words_max.map_or(u32::MAX, |max| max.try_into().unwrap_or(u32::MAX));
    let mut scan = Scan {
        text,
        lexicon,
        sentence_words_max,
        counts: Counts::default(),
        word: Word::default(),
        sentence: Sentence::default(),
        stretch_words: 0,
        in_piece: false,
    };
    scan.run();
    scan.counts
}

struct Scan<'t> {
    text: &'t str,
    lexicon: &'t Lexicon,
    sentence_words_max: u32,
    counts: Counts,
    word: Word,
    sentence: Sentence,
    /// How many words there are since the last full stop, of whatever it is.
    stretch_words: u32,
    in_piece: bool,
}

/// What there is so far of a word.
#[derive(Clone, Copy, Default)]
struct Word {
    /// Whether it has a letter or a digit.
    begun: bool,
    /// Whether the sentence has counted it: one may end within a word.
    in_sentence: bool,
    /// Whether the stretch has.
    in_stretch: bool,
    syllables: u32,
    familiar: bool,
}

/// What there is so far of a sentence.
#[derive(Clone, Copy, Default)]
struct Sentence {
    start: usize,
    end: usize,
    words: u32,
}

impl Scan<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(byte) = self.text.as_bytes().get(at) {
            at = match byte {
                b'a'..=b'z' | b'A'..=b'Z' => self.letters(at),
                b' ' | b'\t'..=b'\r' => self.white_space(at + 1),
                b'.' | b'!' | b'?' => self.terminator(at),
                b'0'..=b'9' => self.digit(at),
                0..=0x7f => self.other(at + 1),
                _ => self.beyond_ascii(at),
            };
        }
        self.white_space(at);
        self.end_stretch();
        self.end_sentence();
        if self.counts.words > 0 {
            self.counts.sentences = self.counts.sentences.max(1);
        }
    }

    fn letters(&mut self, at: usize) -> usize {
        self.begin_word(at);
        let is_first = self.word.syllables == 0;
        let ((syllables, familiar), end) = match Plain::read(self.text.as_bytes(), at) {
            Some(plain) => {
                self.counts.letters += plain.count as u32;
                self.counts.characters += plain.count as u32;
                (self.lexicon.plain(plain), at + plain.count)
            }
            None => {
                let letters = Letters::read(self.text, at);
                self.counts.letters += letters.letters;
                self.counts.foreign_letters += letters.foreign;
                self.counts.characters += letters.characters;
                (self.lexicon.word(&letters.word, letters.apostrophe), letters.end)
            }
        };
        self.word.syllables += syllables;
        self.word.familiar = familiar && is_first;
        self.sentence.end = end;
        end
    }

    fn digit(&mut self, at: usize) -> usize {
        self.begin_word(at);
        self.counts.letters += 1;
        self.sentence.end = at + 1;
        self.other(at + 1)
    }

    fn begin_word(&mut self, at: usize) {
        self.word.begun = true;
        self.in_piece = true;
        if !self.word.in_sentence {
            self.word.in_sentence = true;
            if self.sentence.words == 0 {
                self.sentence.start = at;
            }
            self.sentence.words += 1;
        }
        if !self.word.in_stretch {
            self.word.in_stretch = true;
            self.stretch_words += 1;
        }
    }

    fn other(&mut self, next: usize) -> usize {
        self.in_piece = true;
        self.counts.characters += 1;
        next
    }

    fn white_space(&mut self, next: usize) -> usize {
        self.end_word();
        self.counts.pieces += u32::from(self.in_piece);
        self.in_piece = false;
        next
    }

    fn terminator(&mut self, at: usize) -> usize {
        let rest = self.text.as_bytes().iter().skip(at);
        let run = rest.take_while(|byte| matches!(byte, b'.' | b'!' | b'?')).count();
        self.end_stretch();
        if !(run == 1 && is_within_sentence(self.text.as_bytes(), at)) {
            self.sentence.end = at + run;
            self.end_sentence();
        }
        self.counts.characters += run as u32;
        self.in_piece = true;
        at + run
    }

    fn beyond_ascii(&mut self, at: usize) -> usize {
        let Some(character) = self.text.get(at..).and_then(|rest| rest.chars().next()) else {
            return self.text.len();
        };
        let next = at + character.len_utf8();
        match character {
            EM_DASH => {
                self.end_word();
                self.other(next)
            }
            letter if letter.is_alphabetic() => self.letters(at),
            digit if digit.is_numeric() => {
                self.digit(at);
                next
            }
            space if space.is_whitespace() => self.white_space(next),
            _ => self.other(next),
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.begun {
            let syllables = word.syllables.max(1);
            let is_long = syllables >= POLYSYLLABLES_MIN;
            self.counts.words += 1;
            self.counts.syllables += syllables;
            self.counts.polysyllables += u32::from(is_long);
            self.counts.complex_words += u32::from(is_long && !word.familiar);
        }
    }

    fn end_stretch(&mut self) {
        let words = std::mem::take(&mut self.stretch_words);
        self.word.in_stretch = false;
        self.counts.sentences += u32::from(words >= STRETCH_WORDS_MIN);
    }

    fn end_sentence(&mut self) {
        let sentence = std::mem::take(&mut self.sentence);
        self.word.in_sentence = false;
        self.counts.too_long += u32::from(sentence.words > self.sentence_words_max);
        if sentence.words > self.counts.longest_words {
            self.counts.longest_words = sentence.words;
            self.counts.longest_span = sentence.start..sentence.end;
        }
    }
}

/// Whether the mark is a full stop that does not end its sentence: in `3.50` and
/// `shop.example`, and behind `e.g.` where no capital follows.
fn is_within_sentence(bytes: &[u8], at: usize) -> bool {
    let goes_on = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    match bytes.get(at..) {
        Some([b'.', next, ..]) if goes_on(next) => true,
        Some([b'.', b' ', next, ..]) if goes_on(next) => {
            let before = at.checked_sub(2).and_then(|from| bytes.get(from..at));
            matches!(before, Some([b'.', letter]) if letter.is_ascii_alphabetic())
        }
        _ => false,
    }
}
