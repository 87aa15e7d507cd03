//! Where in a text the terms of one list stand.

use chunk::{Chunk, Places};

use crate::{
    fold::{continues_character, is_invisible, is_word_character},
    prefix_filter::PrefixFilter,
    reader::{FoldingReader, Step},
    trie::{Node, Trie},
};

/// How terms are compared with a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatchOptions {
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
    options: MatchOptions,
    beginnings: PrefixFilter,
}

impl Matcher {
    /// From folded terms, sorted and each there once, with their numbers.
    pub(crate) fn new(terms: &[(&str, u32)], options: MatchOptions) -> Self {
        let beginnings = PrefixFilter::new(terms.iter().map(|(term, _)| term.as_bytes()));
        Self { trie: Trie::new(terms), options, beginnings }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.trie.is_empty()
    }

    /// Offers every place where a term may begin, from the left. The visitor says where
    /// to go on if not right behind it.
    pub(crate) fn visit_starts(&self, text: &str, mut visitor: impl FnMut(usize) -> Option<usize>) {
        let whole_words = self.options.whole_words;
        let bytes = text.as_bytes();
        let (mut at, mut in_word) = (0, false);
        while at < bytes.len() {
            let chunk = Chunk::load(bytes, at);
            let count = chunk.ascii().leading_count().min(bytes.len() - at);
            let (starts, next, word) = if count > 0 {
                let words = chunk.alphanumeric();
                let inside = words.and(words.following(in_word)).only_if(whole_words);
                let starts = inside.or(chunk.white_space()).complement().before(count);
                (starts, at + count, words.has(count - 1))
            } else {
                let (next, begins, word) = classify_non_ascii(text, at, in_word, whole_words);
                (Places::FIRST.only_if(begins), next, word)
            };
            (at, in_word) = starts
                .map(|place| at + place)
                .filter(|start| self.beginnings.may_begin(bytes, *start))
                .find_map(&mut visitor)
                .map_or((next, word), |end| (end, ends_in_word(text, end)));
        }
    }

    /// The longest term that begins here, ends where a term may end, and is wanted.
    pub(crate) fn longest_hit_at(
        &self,
        text: &str,
        start: usize,
        mut accept: impl FnMut(Hit) -> bool,
    ) -> Option<Hit> {
        let mut reader = FoldingReader::new(text, start, self.options.case_sensitive);
        let (mut node, mut longest) = (Node::ROOT, None);
        while let Some(next) = reader.step().and_then(|step| self.advance(node, step, &reader)) {
            node = next;
            let Some(term) = self.trie.term(node) else { continue };
            let hit = Hit { start, end: reader.position(), term };
            if reader.may_end(self.options.whole_words) && accept(hit) {
                longest = Some(hit);
            }
        }
        longest
    }

    fn advance(&self, node: Node, step: Step, reader: &FoldingReader) -> Option<Node> {
        match step {
            Step::Byte(byte) => self.trie.child(node, byte),
            Step::Folded => {
                reader.folded().bytes().try_fold(node, |node, byte| self.trie.child(node, byte))
            }
        }
    }
}

fn ends_in_word(text: &str, end: usize) -> bool {
    text.split_at(end).0.chars().next_back().is_some_and(is_word_character)
}

/// Where the next character stands, whether a term may begin with this one, and whether
/// it is of a word. What nobody sees changes nothing.
#[cold]
fn classify_non_ascii(
    text: &str,
    at: usize,
    in_word: bool,
    whole_words: bool,
) -> (usize, bool, bool) {
    let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) else {
        return (text.len(), false, false);
    };
    let next = at + character.len_utf8();
    if is_invisible(character) {
        return (next, false, in_word);
    }
    let word = is_word_character(character);
    let inside = whole_words && in_word && word;
    (next, !inside && !continues_character(character) && !character.is_whitespace(), word)
}
