//! The folded terms as a tree of bytes.
//!
//! The nodes stand in the order of their depth, so that the children of one stand
//! together: a node needs nothing but its byte and where its children begin. A judgement
//! runs in fresh memory, and what it does not touch, it does not pay for.

use std::collections::VecDeque;

/// Marks a node where no term ends.
const NO_TERM: u32 = u32::MAX;

/// A place in the tree: the bytes on the way to it, and all terms that begin with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node(usize);

impl Node {
    pub(crate) const ROOT: Self = Self(0);
}

#[derive(Debug)]
pub(crate) struct Trie {
    /// The root's children by their bytes, because it has many and they are asked for most.
    root_children: [Option<Node>; 256],
    bytes: Vec<u8>,
    /// One more than there are nodes, so that every node's children have an end.
    children: Vec<u32>,
    terms: Vec<u32>,
}

impl Trie {
    /// From folded terms, sorted and each there once, with their numbers.
    pub(crate) fn new(terms: &[(&str, u32)]) -> Self {
        let mut trie = Self {
            root_children: [None; 256],
            bytes: vec![0],
            children: Vec::new(),
            terms: Vec::new(),
        };
        let mut waiting = VecDeque::from([(terms, 0)]);
        while let Some((terms, depth)) = waiting.pop_front() {
            let terms = trie.record_term(terms, depth);
            trie.children.push(trie.bytes.len() as u32);
            let byte =
                |term: &(&str, u32)| term.0.as_bytes().get(depth).copied().unwrap_or_default();
            for branch in terms.chunk_by(|one, other| byte(one) == byte(other)) {
                trie.bytes.extend(branch.first().map(byte));
                waiting.push_back((branch, depth + 1));
            }
        }
        trie.children.push(trie.bytes.len() as u32);
        let mut root_children = [None; 256];
        for (byte, first) in (0..=u8::MAX).zip(&mut root_children) {
            *first = trie.find_child(Node::ROOT, byte);
        }
        Self { root_children, ..trie }
    }

    /// Notes the term that is as long as the way to this node: it is the first of them.
    fn record_term<'t>(
        &mut self,
        terms: &'t [(&'t str, u32)],
        depth: usize,
    ) -> &'t [(&'t str, u32)] {
        match terms {
            [(term, number), longer @ ..] if term.len() == depth => {
                self.terms.push(*number);
                longer
            }
            _ => {
                self.terms.push(NO_TERM);
                terms
            }
        }
    }

    /// Whether it holds no term.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.len() == 1
    }

    /// One byte deeper.
    #[inline]
    pub(crate) fn child(&self, node: Node, byte: u8) -> Option<Node> {
        match node {
            Node::ROOT => self.root_children.get(usize::from(byte)).copied().flatten(),
            _ => self.find_child(node, byte),
        }
    }

    fn find_child(&self, Node(node): Node, byte: u8) -> Option<Node> {
        let [first, end] = self.children.get(node..node + 2)? else { return None };
        let children = self.bytes.get(*first as usize..*end as usize)?;
        let at = children.iter().position(|child| *child == byte)?;
        Some(Node(*first as usize + at))
    }

    /// The number of the term that ends here.
    #[inline]
    pub(crate) fn term(&self, Node(node): Node) -> Option<usize> {
        self.terms.get(node).filter(|term| **term != NO_TERM).map(|term| *term as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(trie: &Trie, text: &str) -> Option<usize> {
        let step = |node, byte| trie.child(node, byte);
        trie.term(text.bytes().try_fold(Node::ROOT, step)?)
    }

    #[test]
    fn it_holds_its_terms_and_nothing_else() {
        let trie = Trie::new(&[("a", 3), ("ab", 0), ("abc", 7), ("b", 1), ("bcd", 2), ("ü", 4)]);
        for (term, number) in [("a", 3), ("ab", 0), ("abc", 7), ("b", 1), ("bcd", 2), ("ü", 4)] {
            assert_eq!(find(&trie, term), Some(number), "{term}");
        }
        for other in ["", "c", "abcd", "bc", "aa", "Ã"] {
            assert_eq!(find(&trie, other), None, "{other}");
        }
    }

    #[test]
    fn an_empty_tree_finds_nothing() {
        let trie = Trie::new(&[]);
        assert_eq!(find(&trie, "a"), None);
    }
}
