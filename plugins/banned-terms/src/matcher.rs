//! Where in a text the terms of one list stand.

use crate::{
    beginnings::Beginnings,
    fold::{continues, is_invisible, is_word},
    reader::{Reader, Step},
    trie::{Node, Trie},
};

/// How terms are compared with a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) whole_words: bool,
    pub(crate) case_sensitive: bool,
}

/// A term in a text: bytes of the original, and the number of the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) term: usize,
}

/// A list of terms, ready to be looked for.
#[derive(Debug)]
pub(crate) struct Matcher {
    trie: Trie,
    manner: Manner,
    beginnings: Beginnings,
    kinds: [u8; 256],
    /// The kind of bytes that, within a word, begin nothing.
    inside: u8,
}

/// What a byte is, as far as it says so alone.
const ASCII: u8 = 1;
/// A letter or a digit.
const WORD: u8 = 2;
/// Neither white space nor a control character: it reads as itself, in some case.
const PLAIN: u8 = 4;
/// White space, with which no term begins.
const BLANK: u8 = 8;

fn kinds() -> [u8; 256] {
    let flag = |is, flag| if is { flag } else { 0 };
    let mut kinds = [0; 256];
    for (byte, kind) in (0..=u8::MAX).zip(&mut kinds) {
        *kind = flag(byte.is_ascii(), ASCII)
            | flag(byte.is_ascii_alphanumeric(), WORD)
            | flag(byte.is_ascii_graphic(), PLAIN)
            | flag(char::from(byte).is_whitespace(), BLANK);
    }
    kinds
}

impl Matcher {
    /// From folded terms, sorted and each there once, with their numbers.
    pub(crate) fn new(terms: &[(&str, u32)], manner: Manner) -> Self {
        let beginnings = Beginnings::new(terms.iter().map(|(term, _)| term.as_bytes()));
        let inside = if manner.whole_words { WORD } else { 0 };
        Self { trie: Trie::new(terms), manner, beginnings, kinds: kinds(), inside }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.trie.is_empty()
    }

    /// Offers every place where a term may begin, from the left. The visitor says where
    /// to go on if not right behind it.
    pub(crate) fn visit(&self, text: &str, mut visitor: impl FnMut(usize) -> Option<usize>) {
        let bytes = text.as_bytes();
        let (mut at, mut in_word) = (0, false);
        while let Some(byte) = bytes.get(at) {
            let kind = self.kind(*byte);
            if in_word && kind & self.inside != 0 {
                at += 1;
                continue;
            }
            let (next, begins, word) = match kind & ASCII {
                0 => beyond_ascii(text, at, in_word, self.manner.whole_words),
                _ => (at + 1, self.may_begin(bytes, at), kind & WORD != 0),
            };
            (at, in_word) = match begins.then(|| visitor(at)).flatten() {
                Some(end) => (end, text.split_at(end).0.chars().next_back().is_some_and(is_word)),
                None => (next, word),
            };
        }
    }

    #[inline]
    fn may_begin(&self, bytes: &[u8], at: usize) -> bool {
        let Some([first, second, third]) = bytes.get(at..at + 3) else { return true };
        let first_kind = self.kind(*first);
        match first_kind & self.kind(*second) & self.kind(*third) & PLAIN {
            0 => first_kind & BLANK == 0,
            _ => self.beginnings.include(*first, *second, *third),
        }
    }

    #[inline]
    fn kind(&self, byte: u8) -> u8 {
        self.kinds.get(usize::from(byte)).copied().unwrap_or_default()
    }

    /// The longest term that begins here, ends where a term may end, and is wanted.
    pub(crate) fn longest(
        &self,
        text: &str,
        start: usize,
        mut wanted: impl FnMut(Hit) -> bool,
    ) -> Option<Hit> {
        let mut reader = Reader::new(text, start, self.manner.case_sensitive);
        let (mut node, mut longest) = (Node::ROOT, None);
        while let Some(next) = reader.step().and_then(|step| self.follow(node, step, &reader)) {
            node = next;
            let Some(term) = self.trie.term(node) else { continue };
            let hit = Hit { start, end: reader.at(), term };
            if reader.may_end(self.manner.whole_words) && wanted(hit) {
                longest = Some(hit);
            }
        }
        longest
    }

    fn follow(&self, node: Node, step: Step, reader: &Reader) -> Option<Node> {
        match step {
            Step::Byte(byte) => self.trie.child(node, byte),
            Step::Folded => {
                reader.folded().bytes().try_fold(node, |node, byte| self.trie.child(node, byte))
            }
        }
    }
}

/// Where the next character stands, whether a term may begin with this one, and whether
/// it is of a word. What nobody sees changes nothing.
#[cold]
fn beyond_ascii(text: &str, at: usize, in_word: bool, whole_words: bool) -> (usize, bool, bool) {
    let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        return (text.len(), false, false);
    };
    let next = at + character.len_utf8();
    if is_invisible(character) {
        return (next, false, in_word);
    }
    let word = is_word(character);
    let inside = whole_words && in_word && word;
    (next, !inside && !continues(character) && !character.is_whitespace(), word)
}
