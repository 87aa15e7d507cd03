//! Finds the terms of one list in a text.

use chunk::{Chunk, Places};
use spelling::is_invisible;

use crate::{
    fold::{continues_character, is_word_character},
    folding_reader::{FoldingReader, Step},
    prefix_filter::PrefixFilter,
    trie::{Node, Trie},
};

/// Options of the comparison between terms and text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MatchOptions {
    pub(crate) whole_words: bool,
    pub(crate) case_sensitive: bool,
}

/// An occurrence of a term: byte offsets in the original text, and the number of the term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) term: usize,
}

/// A compiled list of terms.
#[derive(Debug)]
pub(crate) struct Matcher {
    trie: Trie,
    options: MatchOptions,
    prefix_filter: PrefixFilter,
}

impl Matcher {
    /// Builds the matcher from folded terms with their numbers. The terms must be sorted
    /// and unique.
    pub(crate) fn new(terms: &[(&str, u32)], options: MatchOptions) -> Self {
        let prefix_filter = PrefixFilter::new(terms.iter().map(|(term, _)| term.as_bytes()));
        Self { trie: Trie::new(terms), options, prefix_filter }
    }

    /// Returns whether the list is empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.trie.is_empty()
    }

    /// Calls `visitor` with every position where a term may begin, from left to right. If
    /// the visitor returns a position, the search continues there.
    pub(crate) fn visit_starts(&self, text: &str, mut visitor: impl FnMut(usize) -> Option<usize>) {
        let whole_words = self.options.whole_words;
        let bytes = text.as_bytes();
        let (mut at, mut in_word) = (0, false);
        while at < bytes.len() {
            let chunk = Chunk::load(bytes, at);
            let count = chunk.ascii().leading_count().min(bytes.len() - at);
            // ASCII is handled in chunks of eight bytes, other characters one by one.
            let (starts, next, ends_in_word) = if count > 0 {
                let words = chunk.alphanumeric();
                let inside = words.and(words.following(in_word)).only_if(whole_words);
                let starts = inside.or(chunk.white_space()).complement().before(count);
                (starts, at + count, words.has(count - 1))
            } else {
                let (next, begins, is_word) = classify_non_ascii(text, at, in_word, whole_words);
                (Places::FIRST.only_if(begins), next, is_word)
            };
            (at, in_word) = starts
                .map(|place| at + place)
                .filter(|start| self.prefix_filter.may_begin(bytes, *start))
                .find_map(&mut visitor)
                .map_or((next, ends_in_word), |end| (end, is_end_in_word(text, end)));
        }
    }

    /// Returns the longest term that begins at `start`, ends where a term may end, and is
    /// accepted by `accept`.
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
            // A longer term may still follow, so the walk goes on after a hit.
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

fn is_end_in_word(text: &str, end: usize) -> bool {
    text.split_at(end).0.chars().next_back().is_some_and(is_word_character)
}

/// Returns the position of the next character, whether a term may begin with this one, and
/// whether the text is within a word after it. Invisible characters do not change the last.
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
    let is_word = is_word_character(character);
    let inside = whole_words && in_word && is_word;
    (next, !inside && !continues_character(character) && !character.is_whitespace(), is_word)
}
