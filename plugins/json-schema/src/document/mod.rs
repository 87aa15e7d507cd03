//! The subject as a flat list of its values, in the order of its text.
//!
//! A tree of serde_json's own values takes an allocation for every string, name, array
//! and object. This takes one for the list, and one for each string that is written
//! with escapes: all others are borrowed from the text. A sandbox that lives for one
//! judgement feels each page that it touches.

mod compare;
mod node;
mod parse;

use std::borrow::Cow;

use serde_json::Number;

pub(crate) use node::Flat;
pub(crate) use parse::{Unread, parse};

/// A JSON document. Its root stands first.
#[derive(Debug, Default)]
pub(crate) struct Document<'t> {
    /// What it was read from.
    text: &'t str,
    values: Vec<Value<'t>>,
}

/// A value, or the name of a member. What belongs to an array or an object follows it
/// directly: its items, or in turn the names and the values of its members.
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
    /// How many items or members there are.
    count: usize,
    /// Where in the list the next value stands that does not belong here.
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
        // An index always comes from the list itself.
        self.document.values.get(self.index).unwrap_or(&Value::Null)
    }

    /// Its items; none, where it is no array.
    fn items(self) -> Items<'a> {
        let Value::Array(extent) = self.value() else { return Items { next: self, left: 0 } };
        Items { next: self.first_below(), left: extent.count }
    }

    /// Its members; none, where it is no object.
    fn members(self) -> Members<'a> {
        let Value::Object(extent) = self.value() else { return Members { next: self, left: 0 } };
        Members { next: self.first_below(), left: extent.count }
    }

    fn first_below(self) -> Self {
        Self { index: self.index + 1, ..self }
    }

    fn behind(self) -> Self {
        let index = match self.value() {
            Value::Array(extent) | Value::Object(extent) => extent.end,
            _ => self.index + 1,
        };
        Self { index, ..self }
    }
}

/// The items of an array.
#[derive(Clone)]
pub(crate) struct Items<'a> {
    next: Node<'a>,
    left: usize,
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        self.left = self.left.checked_sub(1)?;
        let item = self.next;
        self.next = item.behind();
        Some(item)
    }
}

/// The members of an object, with their names.
#[derive(Clone)]
pub(crate) struct Members<'a> {
    next: Node<'a>,
    left: usize,
}

impl<'a> Iterator for Members<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<(&'a str, Node<'a>)> {
        self.left = self.left.checked_sub(1)?;
        let name = if let Value::String(name) = self.next.value() { name } else { "" };
        let value = self.next.first_below();
        self.next = value.behind();
        Some((name, value))
    }
}
