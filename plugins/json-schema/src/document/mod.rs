//! The subject as a flat list of its values, in document order.
//!
//! serde_json's own values take an allocation for every string, name, array and object.
//! This takes one for the list, and one for each string with escapes: all other strings are
//! borrowed from the text. A sandbox lives for one judgement and pays for each page of
//! memory that it touches.

mod compare;
mod node;
mod parse;

use std::borrow::Cow;

use serde_json::Number;

pub(crate) use node::FlatJson;
pub(crate) use parse::{ParseError, parse};

/// A JSON document. The first value is the root.
#[derive(Debug, Default)]
pub(crate) struct Document<'t> {
    /// The text that was parsed.
    text: &'t str,
    values: Vec<Value<'t>>,
}

/// A value, or the name of a member. The items of an array follow it directly, and so do
/// the members of an object, as alternating names and values.
#[derive(Debug)]
enum Value<'t> {
    Null,
    Boolean(bool),
    Number(Number),
    String(Cow<'t, str>),
    Array(Extent),
    Object(Extent),
}

#[derive(Clone, Copy, Debug)]
struct Extent {
    /// Number of items or members.
    count: usize,
    /// Index of the first value after the container's content.
    end: usize,
}

/// A value in its document.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    document: &'a Document<'a>,
    index: usize,
}

impl<'a> Document<'a> {
    pub(crate) fn root(&'a self) -> Node<'a> {
        Node { document: self, index: 0 }
    }
}

impl<'a> Node<'a> {
    fn value(self) -> &'a Value<'a> {
        // Indexes always come from the list itself, so the default is never used.
        self.document.values.get(self.index).unwrap_or(&Value::Null)
    }

    /// Returns the items of an array. Other values have none.
    fn items(self) -> ArrayItems<'a> {
        let Value::Array(extent) = self.value() else { return ArrayItems { next: self, left: 0 } };
        ArrayItems { next: self.first_child(), left: extent.count }
    }

    /// Returns the members of an object. Other values have none.
    fn members(self) -> ObjectMembers<'a> {
        let Value::Object(extent) = self.value() else {
            return ObjectMembers { next: self, left: 0 };
        };
        ObjectMembers { next: self.first_child(), left: extent.count }
    }

    fn first_child(self) -> Self {
        Self { index: self.index + 1, ..self }
    }

    fn next_sibling(self) -> Self {
        let index = match self.value() {
            Value::Array(extent) | Value::Object(extent) => extent.end,
            _ => self.index + 1,
        };
        Self { index, ..self }
    }
}

/// Iterates over the items of an array.
#[derive(Clone)]
pub(crate) struct ArrayItems<'a> {
    next: Node<'a>,
    left: usize,
}

impl<'a> Iterator for ArrayItems<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        self.left = self.left.checked_sub(1)?;
        let item = self.next;
        self.next = item.next_sibling();
        Some(item)
    }
}

/// Iterates over the members of an object, with their names.
#[derive(Clone)]
pub(crate) struct ObjectMembers<'a> {
    next: Node<'a>,
    left: usize,
}

impl<'a> Iterator for ObjectMembers<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<(&'a str, Node<'a>)> {
        self.left = self.left.checked_sub(1)?;
        let name = if let Value::String(name) = self.next.value() { name } else { "" };
        let value = self.next.first_child();
        self.next = value.next_sibling();
        Some((name, value))
    }
}
