//! Reads a text as a term is looked up in it: folded, in steps that never split what a
//! reader takes for one character, and with the place in the original text.

use unicode_normalization::char::canonical_combining_class;

use crate::fold::{DOT_ABOVE, continues_character, fold, is_invisible, is_word_character};

/// Unicode's own bound for text that is safe to stream (UAX #15). More marks on one
/// letter spell no word in any language, and end the reading.
pub(crate) const MARKS_MAX: usize = 30;
/// What white space is read as.
pub(crate) const SPACE: u8 = b' ';
/// What white space with a blank line in it is read as. No term has it.
const BLANK_LINE: u8 = b'\n';

/// One step: a character as a reader sees it, or a stretch of white space.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// It reads as a single byte.
    Byte(u8),
    /// It reads as more: see [`Reader::folded`].
    Folded,
}

/// A place in a text that moves forward.
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

    /// The byte behind the last step.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// What the last step reads as, if it was [`Step::Folded`].
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// Whether everything is read, but for what nobody sees.
    pub(crate) fn is_done(&self) -> bool {
        self.next_visible().is_none()
    }

    /// Reads on. It stops at the end, and at a letter with too many marks.
    #[inline(always)]
    pub(crate) fn step(&mut self) -> Option<Step> {
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

    /// The next character that a reader sees, and where it stands.
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

    /// `İ` in lower case is often two characters, of which the second says nothing.
    fn is_dot_on_i(&self, at: usize, character: char) -> bool {
        let before = || at.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        character == DOT_ABOVE && !self.case_sensitive && matches!(before(), Some(b'i' | b'I'))
    }

    /// Whether a term may end behind the last step: never within a character, and where
    /// it has to stand alone, not within a word.
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

/// Sorts the marks behind each letter as Unicode does: which of two was typed first does
/// not matter where they stand in different places.
fn sort_marks(characters: &mut [char]) {
    for marks in characters.split_mut(|character| canonical_combining_class(*character) == 0) {
        marks.sort_by_key(|mark| canonical_combining_class(*mark));
    }
}
