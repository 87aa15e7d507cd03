//! The folded terms as a tree of bytes.
//!
//! The nodes are stored in order of depth, so the children of a node are adjacent and a
//! node needs only its byte and the index of its first child. Each judgement starts with
//! fresh memory and pays for every page that it touches, so the tree is kept small.

use std::collections::VecDeque;

/// Marks a node at which no term ends.
const NO_TERM: u32 = u32::MAX;

/// A node of the tree. It stands for the bytes on the path to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Node(usize);

impl Node {
    pub(crate) const ROOT: Self = Self(0);
}

#[derive(Debug)]
pub(crate) struct Trie {
    /// The root's children by byte, because they are many and looked up most often.
    root_children: [Option<Node>; 256],
    bytes: Vec<u8>,
    /// Index of each node's first child. It has one more entry than there are nodes, so
    /// that the last node's children have an end, too.
    children: Vec<u32>,
    terms: Vec<u32>,
}

impl Trie {
    /// Builds the tree from folded terms with their numbers. The terms must be sorted and
    /// unique.
    pub(crate) fn new(terms: &[(&str, u32)]) -> Self {
        let mut trie = Self {
            root_children: [None; 256],
            bytes: vec![0],
            children: Vec::new(),
            terms: Vec::new(),
        };
        // Breadth first, so that the children of a node are adjacent.
        let mut queue = VecDeque::from([(terms, 0)]);
        while let Some((terms, depth)) = queue.pop_front() {
            let terms = trie.record_term(terms, depth);
            trie.children.push(trie.bytes.len() as u32);
            let byte =
                |term: &(&str, u32)| term.0.as_bytes().get(depth).copied().unwrap_or_default();
            for branch in terms.chunk_by(|one, other| byte(one) == byte(other)) {
                trie.bytes.extend(branch.first().map(byte));
                queue.push_back((branch, depth + 1));
            }
        }
        trie.children.push(trie.bytes.len() as u32);
        let mut root_children = [None; 256];
        for (byte, first) in (0..=u8::MAX).zip(&mut root_children) {
            *first = trie.find_child(Node::ROOT, byte);
        }
        Self { root_children, ..trie }
    }

    /// Records the term that ends at this node, which sorts before all longer ones, and
    /// returns the rest.
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

    /// Returns whether the tree contains no term.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.len() == 1
    }

    /// Returns the child of a node for a byte.
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

    /// Returns the number of the term that ends at a node.
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
    fn contains_exactly_its_terms() {
        let trie = Trie::new(&[("a", 3), ("ab", 0), ("abc", 7), ("b", 1), ("bcd", 2), ("ü", 4)]);
        for (term, number) in [("a", 3), ("ab", 0), ("abc", 7), ("b", 1), ("bcd", 2), ("ü", 4)] {
            assert_eq!(find(&trie, term), Some(number), "{term}");
        }
        for other in ["", "c", "abcd", "bc", "aa", "Ã"] {
            assert_eq!(find(&trie, other), None, "{other}");
        }
    }

    #[test]
    fn finds_nothing_in_an_empty_tree() {
        let trie = Trie::new(&[]);
        assert_eq!(find(&trie, "a"), None);
    }
}
