//! Parses a text into a document with serde_json.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, error::Category};

use super::{Document, Extent, Node, Value};

/// An estimate that fits most documents, so that the list seldom grows.
const BYTES_PER_VALUE: usize = 16;

/// Up to this number of names, comparing all pairs is faster than hashing.
const PAIRWISE_NAMES_MAX: usize = 12;

/// Reason why a text is not a valid document.
#[derive(Debug)]
pub(crate) enum ParseError {
    /// Nested deeper than 127 levels, where serde_json stops to protect the stack.
    TooDeep,
    /// An object has two members of the same name, and JSON parsers disagree on which of
    /// them counts.
    Ambiguous(String),
    NotJson(String),
}

pub(crate) fn parse(text: &str) -> Result<Document<'_>, ParseError> {
    let values = Vec::with_capacity(text.len() / BYTES_PER_VALUE);
    let mut document = Document { text, values };
    let mut parser = serde_json::Deserializer::from_str(text);
    let read = DocumentBuilder(&mut document).deserialize(&mut parser).and_then(|()| parser.end());
    read.map(|()| document).map_err(|error| {
        let reason = error.to_string();
        // serde_json has no error type for this, only the message.
        match error.classify() {
            Category::Data => ParseError::Ambiguous(reason),
            _ if reason.starts_with("recursion limit exceeded") => ParseError::TooDeep,
            _ => ParseError::NotJson(reason),
        }
    })
}

/// Appends the values that serde_json reads.
struct DocumentBuilder<'d, 't>(&'d mut Document<'t>);

impl<'t> DocumentBuilder<'_, 't> {
    fn push<E>(self, value: Value<'t>) -> Result<(), E> {
        self.0.values.push(value);
        Ok(())
    }

    fn reborrow(&mut self) -> DocumentBuilder<'_, 't> {
        DocumentBuilder(self.0)
    }

    /// Adds a placeholder for an array or object, because its extent is known only at its
    /// end.
    fn begin_container(&mut self) -> usize {
        self.0.values.push(Value::Null);
        self.0.values.len() - 1
    }

    fn finish_container(&mut self, at: usize, count: usize, kind: fn(Extent) -> Value<'t>) {
        let end = self.0.values.len();
        if let Some(value) = self.0.values.get_mut(at) {
            *value = kind(Extent { count, end });
        }
    }
}

impl<'t> DeserializeSeed<'t> for DocumentBuilder<'_, 't> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'t> Visitor<'t> for DocumentBuilder<'_, 't> {
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
        // JSON cannot express NaN or infinity, so this is always a number.
        self.push(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'t str) -> Result<(), E> {
        self.push(Value::String(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.push(Value::String(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'t>>(mut self, mut items: A) -> Result<(), A::Error> {
        let (at, mut count) = (self.begin_container(), 0);
        while items.next_element_seed(self.reborrow())?.is_some() {
            count += 1;
        }
        self.finish_container(at, count, Value::Array);
        Ok(())
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut members: A) -> Result<(), A::Error> {
        let (at, mut count) = (self.begin_container(), 0);
        while members.next_key_seed(self.reborrow())?.is_some() {
            members.next_value_seed(self.reborrow())?;
            count += 1;
        }
        self.finish_container(at, count, Value::Object);
        match find_duplicate_name(Node { document: self.0, index: at }) {
            Some(name) => Err(A::Error::custom(format_args!("duplicate member `{name}`"))),
            None => Ok(()),
        }
    }
}

/// Returns the first name that more than one member has.
fn find_duplicate_name<'a>(object: Node<'a>) -> Option<&'a str> {
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
    fn copies_only_strings_with_escapes() {
        let strings = strings(r#"{"b": "plain ü", "a\t": ["line\n"]}"#);
        let expected = [("b", true), ("plain ü", true), ("a\t", false), ("line\n", false)];
        let expected = expected.map(|(string, borrowed)| (string.to_owned(), borrowed));
        assert_eq!(strings, expected);
    }

    #[test]
    fn rejects_duplicate_members() {
        let many: String = (0..20).map(|name| format!("\"m{name}\": 0, ")).collect();
        for text in [r#"[{"a": 1, "b": {"a": 1}, "\u0061": 3}]"#, &format!("{{{many}\"m7\": 1}}")] {
            let Err(ParseError::Ambiguous(reason)) = parse(text) else { panic!("{text}") };
            assert!(reason.contains("` at line 1"), "{reason}");
        }
        assert!(parse(&format!("{{{many}\"m20\": 1}}")).is_ok());
    }

    #[test]
    fn limits_the_depth() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(127)).is_ok());
        assert!(matches!(parse(&nested(128)), Err(ParseError::TooDeep)));
        assert!(matches!(parse(&nested(1 << 20)), Err(ParseError::TooDeep)));
    }

    #[test]
    fn rejects_invalid_json() {
        for text in ["", "{", "[1,]", "nul", "'a'", "1 2", "\"\u{0}\"", "1e999", "01"] {
            assert!(matches!(parse(text), Err(ParseError::NotJson(_))), "{text:?}");
        }
    }
}
