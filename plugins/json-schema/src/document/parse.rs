//! From text to document, by way of serde_json.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, error::Category};

use super::{Document, Extent, Node, Value};

/// A guess that fits most documents, so that the list seldom has to grow.
const BYTES_PER_VALUE: usize = 16;

/// Up to here, comparing every name with every other takes less than hashing them.
const PAIRWISE_NAMES_MAX: usize = 12;

/// Why there is no document.
#[derive(Debug)]
pub(crate) enum Unread {
    /// serde_json follows 127 levels, to protect the stack.
    TooDeep,
    /// The same member is named twice, and readers disagree on which of them counts.
    Ambiguous(String),
    NotJson(String),
}

pub(crate) fn parse(text: &str) -> Result<Document<'_>, Unread> {
    let values = Vec::with_capacity(text.len() / BYTES_PER_VALUE);
    let mut document = Document { text, values };
    let mut parser = serde_json::Deserializer::from_str(text);
    let read = Reader(&mut document).deserialize(&mut parser).and_then(|()| parser.end());
    read.map(|()| document).map_err(|error| {
        let reason = error.to_string();
        // serde_json has no other way to tell.
        match error.classify() {
            Category::Data => Unread::Ambiguous(reason),
            _ if reason.starts_with("recursion limit exceeded") => Unread::TooDeep,
            _ => Unread::NotJson(reason),
        }
    })
}

/// Appends what it reads.
struct Reader<'d, 't>(&'d mut Document<'t>);

impl<'t> Reader<'_, 't> {
    fn push<E>(self, value: Value<'t>) -> Result<(), E> {
        self.0.values.push(value);
        Ok(())
    }

    fn below(&mut self) -> Reader<'_, 't> {
        Reader(self.0)
    }

    /// Makes room for an array or object, whose extent is known only behind it.
    fn open(&mut self) -> usize {
        self.0.values.push(Value::Null);
        self.0.values.len() - 1
    }

    fn close(&mut self, at: usize, count: usize, kind: fn(Extent) -> Value<'t>) {
        let end = self.0.values.len();
        if let Some(value) = self.0.values.get_mut(at) {
            *value = kind(Extent { count, end });
        }
    }
}

impl<'t> DeserializeSeed<'t> for Reader<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for Reader<'_, 't> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.push(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.push(Value::Boolean(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.push(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.push(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // JSON has no way to write a number that is none.
        self.push(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'t str) -> Result<(), E> {
        self.push(Value::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.push(Value::String(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut items: A) -> Result<(), A::Error> {
        let (at, mut count) = (self.open(), 0);
        while items.next_element_seed(self.below())?.is_some() {
            count += 1;
        }
        self.close(at, count, Value::Array);
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut members: A) -> Result<(), A::Error> {
        let (at, mut count) = (self.open(), 0);
        while members.next_key_seed(self.below())?.is_some() {
            members.next_value_seed(self.below())?;
            count += 1;
        }
        self.close(at, count, Value::Object);
        match named_twice(Node { document: self.0, index: at }) {
            Some(name) => Err(A::Error::custom(format_args!("`{name}` is named twice here"))),
            None => Ok(()),
        }
    }
}

/// A name that more than one member has.
fn named_twice<'a>(object: Node<'a>) -> Option<&'a str> {
    let members = object.members();
    let mut names = members.clone().enumerate().map(|(at, (name, _))| (at, name));
    if members.left <= PAIRWISE_NAMES_MAX {
        let earlier = |(at, name)| members.clone().take(at).any(|(other, _)| other == name);
        return names.find(|named| earlier(*named)).map(|(_, name)| name);
    }
    let mut seen = HashSet::with_capacity(members.left);
    names.find(|(_, name)| !seen.insert(*name)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Vec<(String, bool)> {
        let document = parse(text).unwrap();
        let strings = document.values.iter().filter_map(|value| match value {
            Value::String(string) => Some((string.to_string(), matches!(string, Cow::Borrowed(_)))),
            _ => None,
        });
        strings.collect()
    }

    #[test]
    fn only_escapes_are_copied() {
        let strings = strings(r#"{"b": "plain ü", "a\t": ["line\n"]}"#);
        let expected = [("b", true), ("plain ü", true), ("a\t", false), ("line\n", false)];
        let expected = expected.map(|(string, borrowed)| (string.to_owned(), borrowed));
        assert_eq!(strings, expected);
    }

    #[test]
    fn a_member_named_twice_is_ambiguous() {
        let many: String = (0..20).map(|name| format!("\"m{name}\": 0, ")).collect();
        for text in [r#"[{"a": 1, "b": {"a": 1}, "\u0061": 3}]"#, &format!("{{{many}\"m7\": 1}}")] {
            let Err(Unread::Ambiguous(reason)) = parse(text) else { panic!("{text}") };
            assert!(reason.contains("is named twice here at line 1"), "{reason}");
        }
        assert!(parse(&format!("{{{many}\"m20\": 1}}")).is_ok());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(127)).is_ok());
        assert!(matches!(parse(&nested(128)), Err(Unread::TooDeep)));
        assert!(matches!(parse(&nested(1 << 20)), Err(Unread::TooDeep)));
    }

    #[test]
    fn what_is_no_json_is_said_to_be_none() {
        for text in ["", "{", "[1,]", "nul", "'a'", "1 2", "\"\u{0}\"", "1e999", "01"] {
            assert!(matches!(parse(text), Err(Unread::NotJson(_))), "{text:?}");
        }
    }
}
