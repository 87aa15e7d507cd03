//! Reads a text in folded form, one visible character or one stretch of white space at a
//! time, and keeps the position in the original text.

use spelling::is_invisible;
use unicode_normalization::char::canonical_combining_class;

use crate::fold::{DOT_ABOVE, continues_character, fold, is_word_character};

/// Unicode's own limit for text that is safe to stream (UAX #15). No word of any language
/// has more marks on one letter, so reading ends there.
pub(crate) const MARKS_MAX: usize = 30;
/// Folded form of white space.
pub(crate) const SPACE: u8 = b' ';
/// Folded form of white space that contains a blank line. No term contains it, so none
/// matches across a paragraph break.
const BLANK_LINE: u8 = b'\n';

/// One step of the reader: a visible character or a stretch of white space.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// The folded form is a single byte.
    Byte(u8),
    /// The folded form is longer: see [`FoldingReader::folded`].
    Folded,
}

/// Reads forward through a text.
pub(crate) struct FoldingReader<'t> {
    text: &'t str,
    at: usize,
    case_sensitive: bool,
    in_word: bool,
    characters: Vec<char>,
    folded: String,
}

impl<'t> FoldingReader<'t> {
    pub(crate) fn new(text: &'t str, at: usize, case_sensitive: bool) -> Self {
        let (characters, folded) = (Vec::new(), String::new());
        Self { text, at, case_sensitive, in_word: false, characters, folded }
    }

    /// Returns the byte offset after the last step.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Returns the folded form of the last step, if that was [`Step::Folded`].
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// Returns whether only invisible characters are left.
    pub(crate) fn is_done(&self) -> bool {
        self.next_visible().is_none()
    }

    /// Reads one step. Returns `None` at the end, and at a letter with too many marks.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Option<Step> {
        // Printable ASCII and single spaces need no folding beyond case, and most texts are that.
        match self.text.as_bytes().get(self.at..)? {
            [byte, ..] if byte.is_ascii_graphic() => Some(self.step_over_ascii(*byte)),
            [b' ', next, ..] if next.is_ascii_graphic() => Some(self.step_over_ascii(SPACE)),
            _ => self.step_over_other(),
        }
    }

    fn step_over_ascii(&mut self, byte: u8) -> Step {
        self.at += 1;
        self.in_word = byte.is_ascii_alphanumeric();
        Step::Byte(if self.case_sensitive { byte } else { byte.to_ascii_lowercase() })
    }

    fn step_over_other(&mut self) -> Option<Step> {
        let (at, character) = self.next_visible()?;
        if character.is_whitespace() {
            return Some(Step::Byte(self.skip_white_space()));
        }
        if character.is_ascii() && !character.is_ascii_control() {
            self.at = at;
            return Some(self.step_over_ascii(character as u8));
        }
        self.characters.clear();
        self.read_character(at, character);
        self.read_marks()?;
        sort_marks(&mut self.characters);
        self.folded.clear();
        self.folded.extend(&self.characters);
        Some(Step::Folded)
    }

    fn read_character(&mut self, at: usize, character: char) {
        self.at = at + character.len_utf8();
        self.in_word = is_word_character(character);
        fold(character, self.case_sensitive, &mut self.characters);
    }

    fn read_marks(&mut self) -> Option<()> {
        for _ in 0..MARKS_MAX {
            match self.next_visible() {
                Some((at, mark)) if continues_character(mark) => self.read_character(at, mark),
                _ => return Some(()),
            }
        }
        None
    }

    fn skip_white_space(&mut self) -> u8 {
        let mut line_breaks = 0;
        while let Some((at, character)) = self.next_visible() {
            if !character.is_whitespace() {
                break;
            }
            line_breaks += usize::from(character == '\n');
            self.at = at + character.len_utf8();
        }
        self.in_word = false;
        if line_breaks > 1 { BLANK_LINE } else { SPACE }
    }

    /// Returns the next visible character and its byte offset.
    fn next_visible(&self) -> Option<(usize, char)> {
        let mut at = self.at;
        loop {
            let character = self.text.get(at..)?.chars().next()?;
            if !is_invisible(character) && !self.is_dot_on_i(at, character) {
                return Some((at, character));
            }
            at += character.len_utf8();
        }
    }

    /// Returns whether the character is the dot of an i. `İ` in lower case is often two
    /// characters, and the dot makes no difference.
    fn is_dot_on_i(&self, at: usize, character: char) -> bool {
        let before = || at.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        character == DOT_ABOVE && !self.case_sensitive && matches!(before(), Some(b'i' | b'I'))
    }

    /// Returns whether a term may end after the last step: never within a character, and
    /// with `whole_words` not within a word.
    #[inline]
    pub(crate) fn may_end(&self, whole_words: bool) -> bool {
        let inside = whole_words && self.in_word;
        match self.text.as_bytes().get(self.at) {
            Some(byte) if byte.is_ascii() => !(inside && byte.is_ascii_alphanumeric()),
            _ => match self.next_visible() {
                Some((_, next)) => {
                    !(continues_character(next) || inside && is_word_character(next))
                }
                None => true,
            },
        }
    }
}

/// Sorts the marks of each letter into canonical order: marks at different places of a
/// letter may be typed in any order.
fn sort_marks(characters: &mut [char]) {
    for marks in characters.split_mut(|character| canonical_combining_class(*character) == 0) {
        marks.sort_by_key(|mark| canonical_combining_class(*mark));
    }
}
