//! Counts everything in one pass over a text.

use crate::{
    counts::Counts,
    letters::{AsciiWord, LetterRun},
    syllables::Lexicon,
};

/// The formulas count the stretches between full stops, exclamation and question marks,
/// including those in prices and abbreviations. Shorter stretches do not count, because
/// they are initials or list numbers.
const STRETCH_WORDS_MIN: u32 = 3;
/// Minimum number of syllables of a long word.
const POLYSYLLABLES_MIN: u32 = 3;
const EM_DASH: char = '—';

/// Counts a text. Sentences longer than `sentence_words_max` are also counted separately.
pub(crate) fn scan_text(text: &str, lexicon: &Lexicon, sentence_words_max: Option<u64>) -> Counts {
    let sentence_words_max =
        sentence_words_max.map_or(u32::MAX, |max| max.try_into().unwrap_or(u32::MAX));
    let mut scan = Scanner {
        text,
        lexicon,
        sentence_words_max,
        counts: Counts::default(),
        word: OpenWord::default(),
        sentence: OpenSentence::default(),
        stretch_words: 0,
        in_piece: false,
    };
    scan.run();
    scan.counts
}

struct Scanner<'t> {
    text: &'t str,
    lexicon: &'t Lexicon,
    sentence_words_max: u32,
    counts: Counts,
    word: OpenWord,
    sentence: OpenSentence,
    /// Number of words since the last full stop of any kind.
    stretch_words: u32,
    in_piece: bool,
}

/// State of the current word.
#[derive(Clone, Copy, Default)]
struct OpenWord {
    /// Whether it has a letter or a digit.
    has_content: bool,
    /// Whether the current sentence has counted it: a sentence may end within a word.
    counted_in_sentence: bool,
    /// Whether the current stretch has counted it.
    counted_in_stretch: bool,
    syllables: u32,
    familiar: bool,
}

/// State of the current sentence.
#[derive(Clone, Copy, Default)]
struct OpenSentence {
    start: usize,
    end: usize,
    words: u32,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(byte) = self.text.as_bytes().get(at) {
            at = match byte {
                b'a'..=b'z' | b'A'..=b'Z' => self.read_letters(at),
                b' ' | b'\t'..=b'\r' => self.read_white_space(at + 1),
                b'.' | b'!' | b'?' => self.read_terminator(at),
                b'0'..=b'9' => self.read_digit(at),
                0..=0x7f => self.read_other(at + 1),
                _ => self.read_non_ascii(at),
            };
        }
        // The end of the text ends everything that is still open.
        self.read_white_space(at);
        self.end_stretch();
        self.end_sentence();
        if self.counts.words > 0 {
            self.counts.sentences = self.counts.sentences.max(1);
        }
    }

    fn read_letters(&mut self, at: usize) -> usize {
        self.begin_word(at);
        let is_first = self.word.syllables == 0;
        let ((syllables, familiar), end) = match AsciiWord::read(self.text.as_bytes(), at) {
            Some(plain) => {
                self.counts.letters += plain.count as u32;
                self.counts.characters += plain.count as u32;
                self.counts.function_words += u32::from(plain.is_function_word());
                (self.lexicon.lookup_ascii(plain), at + plain.count)
            }
            None => {
                let letters = LetterRun::read(self.text, at);
                self.counts.letters += letters.letters;
                self.counts.foreign_letters += letters.foreign;
                self.counts.characters += letters.characters;
                (self.lexicon.lookup_word(&letters.word, letters.apostrophe), letters.end)
            }
        };
        self.word.syllables += syllables;
        // A word with several runs of letters, such as `well-known`, is not familiar as a whole.
        self.word.familiar = familiar && is_first;
        self.sentence.end = end;
        end
    }

    fn read_digit(&mut self, at: usize) -> usize {
        self.begin_word(at);
        self.counts.letters += 1;
        self.sentence.end = at + 1;
        self.read_other(at + 1)
    }

    fn begin_word(&mut self, at: usize) {
        self.word.has_content = true;
        self.in_piece = true;
        if !self.word.counted_in_sentence {
            self.word.counted_in_sentence = true;
            if self.sentence.words == 0 {
                self.sentence.start = at;
            }
            self.sentence.words += 1;
        }
        if !self.word.counted_in_stretch {
            self.word.counted_in_stretch = true;
            self.stretch_words += 1;
        }
    }

    fn read_other(&mut self, next: usize) -> usize {
        self.in_piece = true;
        self.counts.characters += 1;
        next
    }

    fn read_white_space(&mut self, next: usize) -> usize {
        self.end_word();
        self.counts.pieces += u32::from(self.in_piece);
        self.in_piece = false;
        next
    }

    fn read_terminator(&mut self, at: usize) -> usize {
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

    fn read_non_ascii(&mut self, at: usize) -> usize {
        let Some(character) = self.text.get(at..).and_then(|rest| rest.chars().next()) else {
            return self.text.len();
        };
        let next = at + character.len_utf8();
        match character {
            EM_DASH => {
                self.end_word();
                self.read_other(next)
            }
            letter if letter.is_alphabetic() => self.read_letters(at),
            digit if digit.is_numeric() => {
                self.read_digit(at);
                next
            }
            space if space.is_whitespace() => self.read_white_space(next),
            _ => self.read_other(next),
        }
    }

    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.has_content {
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
        self.word.counted_in_stretch = false;
        self.counts.sentences += u32::from(words >= STRETCH_WORDS_MIN);
    }

    fn end_sentence(&mut self) {
        let sentence = std::mem::take(&mut self.sentence);
        self.word.counted_in_sentence = false;
        self.counts.too_long_sentences += u32::from(sentence.words > self.sentence_words_max);
        if sentence.words > self.counts.longest_sentence_words {
            self.counts.longest_sentence_words = sentence.words;
            self.counts.longest_sentence_span = sentence.start..sentence.end;
        }
    }
}

/// Returns whether the mark is a full stop that does not end its sentence: in `3.50` and
/// `shop.example`, and after `e.g.` if no capital follows.
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
