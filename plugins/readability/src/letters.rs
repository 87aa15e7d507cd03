//! A stretch of letters out of a text, as the syllable rules want it: lower-case ASCII,
//! with what stands behind an apostrophe apart.

use chunk::{BYTES, Chunk};

use crate::word::{Word, hash};

/// Latin letters with accents end here; what comes later is Greek, Cyrillic and so on.
const LATIN_END: char = '\u{24f}';

/// What most words are: a few ASCII letters and nothing else.
#[derive(Clone, Copy)]
pub(crate) struct Plain {
    chunks: [u64; 2],
    pub(crate) count: usize,
}

impl Plain {
    /// Reads the letters that begin here, if that is what they are.
    #[inline]
    pub(crate) fn read(text: &[u8], at: usize) -> Option<Self> {
        let first = Chunk::load(text, at);
        let count = first.letters().leading_count();
        if count < BYTES {
            let plain = Self { chunks: [first.to_lower_case(count), 0], count };
            return ends_plainly(first, count).then_some(plain);
        }
        let second = Chunk::load(text, at + BYTES);
        let more = second.letters().leading_count();
        let chunks = [first.to_lower_case(BYTES), second.to_lower_case(more)];
        let plain = Self { chunks, count: BYTES + more };
        (more < BYTES && ends_plainly(second, more)).then_some(plain)
    }

    pub(crate) fn hash(self) -> u32 {
        let used = if self.count > BYTES { 2 } else { 1 };
        hash(self.chunks.into_iter().take(used))
    }

    pub(crate) fn letters(self) -> [u8; 2 * BYTES] {
        (u128::from(self.chunks[0]) | u128::from(self.chunks[1]) << u64::BITS).to_le_bytes()
    }
}

/// Whether what stands behind so many letters ends the word as well.
#[inline]
fn ends_plainly(chunk: Chunk, count: usize) -> bool {
    let next = (chunk.0 >> (8 * count)) as u8;
    next.is_ascii() && next != b'\''
}

/// Letters, and apostrophes between them.
pub(crate) struct Letters {
    pub(crate) word: Word,
    /// How many letters stand before the first apostrophe.
    pub(crate) apostrophe: Option<usize>,
    pub(crate) letters: u32,
    pub(crate) foreign: u32,
    pub(crate) characters: u32,
    /// The byte behind the last of them.
    pub(crate) end: usize,
}

impl Letters {
    /// Reads those that begin here.
    pub(crate) fn read(text: &str, at: usize) -> Self {
        let mut letters = Self {
            word: Word::default(),
            apostrophe: None,
            letters: 0,
            foreign: 0,
            characters: 0,
            end: at,
        };
        while letters.take(text) {}
        letters
    }

    fn take(&mut self, text: &str) -> bool {
        match text.as_bytes().get(self.end..) {
            Some([byte, ..]) if byte.is_ascii_alphabetic() => {
                self.spell(byte.to_ascii_lowercase(), 1)
            }
            Some([b'\'', next, ..]) if next.is_ascii_alphabetic() => self.part(1),
            Some([byte, ..]) if !byte.is_ascii() => self.take_beyond_ascii(text),
            _ => false,
        }
    }

    fn take_beyond_ascii(&mut self, text: &str) -> bool {
        let mut characters = text.get(self.end..).unwrap_or_default().chars();
        let Some(character) = characters.next() else { return false };
        let bytes = character.len_utf8();
        match character {
            '’' if characters.next().is_some_and(char::is_alphabetic) => self.part(bytes),
            '\u{300}'..='\u{36f}' => self.accent(bytes),
            letter if letter.is_alphabetic() => {
                self.foreign += u32::from(letter > LATIN_END);
                self.spell(plain(letter), bytes)
            }
            _ => false,
        }
    }

    fn spell(&mut self, letter: u8, bytes: usize) -> bool {
        self.word.push(letter);
        self.letters += 1;
        self.pass(bytes)
    }

    fn part(&mut self, bytes: usize) -> bool {
        self.apostrophe.get_or_insert(self.word.len());
        self.pass(bytes)
    }

    /// An accent that is a character of its own.
    fn accent(&mut self, bytes: usize) -> bool {
        if let Some(last @ b'e') = self.word.last_mut() {
            *last = SOUNDING_E;
        }
        self.pass(bytes)
    }

    fn pass(&mut self, bytes: usize) -> bool {
        self.characters += 1;
        self.end += bytes;
        true
    }
}

/// An `e` with an accent is never silent: `café`.
const SOUNDING_E: u8 = b'i';

/// The ASCII letter that sounds most alike. Which consonant it is makes no difference.
fn plain(letter: char) -> u8 {
    match letter.to_lowercase().next().unwrap_or(letter) {
        'à'..='æ' | 'ā' | 'ă' | 'ą' => b'a',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => SOUNDING_E,
        'ì'..='ï' | 'ī' | 'į' | 'ı' => b'i',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'œ' => b'o',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => b'u',
        'ý' | 'ÿ' => b'y',
        'ç' => b'c',
        'ß' => b's',
        _ => b't',
    }
}
