//! Reads a run of letters from a text in the form that the syllable rules need: lower-case
//! ASCII, split at an apostrophe.

use chunk::{BYTES, Chunk};

use crate::word::{Word, hash_chunks};

/// The last Latin letter with an accent. Later letters are Greek, Cyrillic and so on.
const LATIN_END: char = '\u{24f}';

const FUNCTION_WORD_LETTERS_MAX: usize = 4;

/// Words that English prose is full of and that other languages in Latin letters hardly have.
#[rustfmt::skip]
const FUNCTION_WORDS: [&[u8; BYTES]; 26] = [
    b"the\0\0\0\0\0", b"of\0\0\0\0\0\0", b"and\0\0\0\0\0", b"to\0\0\0\0\0\0",
    b"that\0\0\0\0", b"you\0\0\0\0\0", b"with\0\0\0\0", b"are\0\0\0\0\0",
    b"this\0\0\0\0", b"from\0\0\0\0", b"your\0\0\0\0", b"they\0\0\0\0",
    b"have\0\0\0\0", b"will\0\0\0\0", b"not\0\0\0\0\0", b"but\0\0\0\0\0",
    b"our\0\0\0\0\0", b"its\0\0\0\0\0", b"it\0\0\0\0\0\0", b"be\0\0\0\0\0\0",
    b"or\0\0\0\0\0\0", b"what\0\0\0\0", b"when\0\0\0\0", b"who\0\0\0\0\0",
    b"how\0\0\0\0\0", b"can\0\0\0\0\0",
];

/// A word of a few ASCII letters and nothing else, which most words are.
#[derive(Clone, Copy)]
pub(crate) struct AsciiWord {
    chunks: [u64; 2],
    pub(crate) count: usize,
}

impl AsciiWord {
    /// Reads the word at this offset, or returns `None` if it has another form.
    #[inline]
    pub(crate) fn read(text: &[u8], at: usize) -> Option<Self> {
        let first = Chunk::load(text, at);
        let count = first.letters().leading_count();
        if count < BYTES {
            let plain = Self { chunks: [first.to_lower_case(count), 0], count };
            return ends_word(first, count).then_some(plain);
        }
        let second = Chunk::load(text, at + BYTES);
        let more = second.letters().leading_count();
        let chunks = [first.to_lower_case(BYTES), second.to_lower_case(more)];
        let plain = Self { chunks, count: BYTES + more };
        (more < BYTES && ends_word(second, more)).then_some(plain)
    }

    /// Returns whether this is one of the words that tell English from other languages.
    pub(crate) fn is_function_word(self) -> bool {
        let [letters, _] = self.chunks;
        self.count <= FUNCTION_WORD_LETTERS_MAX
            && FUNCTION_WORDS.iter().any(|word| u64::from_le_bytes(**word) == letters)
    }

    pub(crate) fn hash(self) -> u32 {
        let used = if self.count > BYTES { 2 } else { 1 };
        hash_chunks(self.chunks.into_iter().take(used))
    }

    pub(crate) fn letters(self) -> [u8; 2 * BYTES] {
        (u128::from(self.chunks[0]) | u128::from(self.chunks[1]) << u64::BITS).to_le_bytes()
    }
}

/// Returns whether the word ends after this number of letters.
#[inline]
fn ends_word(chunk: Chunk, count: usize) -> bool {
    let next = (chunk.0 >> (8 * count)) as u8;
    next.is_ascii() && next != b'\''
}

/// A run of letters, and apostrophes between them.
pub(crate) struct LetterRun {
    pub(crate) word: Word,
    /// Number of letters before the first apostrophe.
    pub(crate) apostrophe: Option<usize>,
    pub(crate) letters: u32,
    pub(crate) foreign: u32,
    pub(crate) characters: u32,
    /// Byte offset after the last letter.
    pub(crate) end: usize,
}

impl LetterRun {
    /// Reads the run that begins at this offset.
    pub(crate) fn read(text: &str, at: usize) -> Self {
        let mut letters = Self {
            word: Word::default(),
            apostrophe: None,
            letters: 0,
            foreign: 0,
            characters: 0,
            end: at,
        };
        while letters.read_character(text) {}
        letters
    }

    fn read_character(&mut self, text: &str) -> bool {
        match text.as_bytes().get(self.end..) {
            Some([byte, ..]) if byte.is_ascii_alphabetic() => {
                self.push_letter(byte.to_ascii_lowercase(), 1)
            }
            Some([b'\'', next, ..]) if next.is_ascii_alphabetic() => self.push_apostrophe(1),
            Some([byte, ..]) if !byte.is_ascii() => self.read_non_ascii(text),
            _ => false,
        }
    }

    fn read_non_ascii(&mut self, text: &str) -> bool {
        let mut characters = text.get(self.end..).unwrap_or_default().chars();
        let Some(character) = characters.next() else { return false };
        let bytes = character.len_utf8();
        match character {
            '’' if characters.next().is_some_and(char::is_alphabetic) => {
                self.push_apostrophe(bytes)
            }
            '\u{300}'..='\u{36f}' => self.apply_accent(bytes),
            letter if letter.is_alphabetic() => {
                self.foreign += u32::from(letter > LATIN_END);
                self.push_letter(closest_ascii(letter), bytes)
            }
            _ => false,
        }
    }

    fn push_letter(&mut self, letter: u8, bytes: usize) -> bool {
        self.word.push(letter);
        self.letters += 1;
        self.move_past(bytes)
    }

    fn push_apostrophe(&mut self, bytes: usize) -> bool {
        self.apostrophe.get_or_insert(self.word.len());
        self.move_past(bytes)
    }

    /// Applies an accent that is a separate character.
    fn apply_accent(&mut self, bytes: usize) -> bool {
        if let Some(last @ b'e') = self.word.last_mut() {
            *last = ACCENTED_E;
        }
        self.move_past(bytes)
    }

    fn move_past(&mut self, bytes: usize) -> bool {
        self.characters += 1;
        self.end += bytes;
        true
    }
}

/// Stands for an `e` with an accent, which is never silent: `café`.
const ACCENTED_E: u8 = b'i';

/// Returns the ASCII letter with the closest sound. All other letters become the same
/// consonant, because consonants make no difference.
fn closest_ascii(letter: char) -> u8 {
    match letter.to_lowercase().next().unwrap_or(letter) {
        'à'..='æ' | 'ā' | 'ă' | 'ą' => b'a',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => ACCENTED_E,
        'ì'..='ï' | 'ī' | 'į' | 'ı' => b'i',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'œ' => b'o',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => b'u',
        'ý' | 'ÿ' => b'y',
        'ç' => b'c',
        'ß' => b's',
        _ => b't',
    }
}
