//! A stretch of letters out of a text, as the syllable rules want it: lower-case ASCII,
//! with what stands behind an apostrophe apart.

use crate::chunk;
use crate::word::Word;

/// Latin letters with accents end here; what comes later is Greek, Cyrillic and so on.
const LATIN_END: char = '\u{24f}';

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
        letters.take_ascii(text);
        while letters.take(text) {
            letters.take_ascii(text);
        }
        letters
    }

    /// Takes as many as are ASCII: in most words, all of them.
    fn take_ascii(&mut self, text: &str) {
        loop {
            let chunk = chunk::load(text.as_bytes(), self.end);
            let count = chunk::letters(chunk);
            self.word.push_chunk(chunk::lower(chunk, count), count);
            self.end += count;
            self.letters += count as u32;
            self.characters += count as u32;
            if count < chunk::BYTES {
                return;
            }
        }
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
