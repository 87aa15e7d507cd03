//! Visits the strings and whole numbers of a JSON document while it is parsed, without
//! building a tree. The path is kept as steps, and becomes a pointer only for a finding.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use tollgate_sdk::Pointer;

/// Smaller numbers have fewer digits than any kind of personal data.
const NUMBER_MIN: u64 = 1_000_000;

/// A string, a whole number, or the name of a member.
pub(crate) struct JsonPart<'p> {
    pub(crate) value: &'p str,
    /// Name of the nearest enclosing member. Empty if there is none.
    pub(crate) label: &'p str,
    /// Path of the value. For a name it is the path of the object, because a pointer to the
    /// member would repeat the finding.
    pub(crate) path: &'p JsonPath,
    pub(crate) is_name: bool,
}

/// Reason why a document was not read completely.
pub(crate) enum ParseError {
    /// Nested deeper than 127 levels, where serde_json stops to protect the stack.
    TooDeep,
    NotJson(serde_json::Error),
}

/// Calls `visit` with every part of a document, in document order.
pub(crate) fn visit_parts(json: &str, visit: impl FnMut(JsonPart<'_>)) -> Result<(), ParseError> {
    let mut walker = PartVisitor { path: JsonPath::default(), visit };
    let mut parser = serde_json::Deserializer::from_str(json);
    let read = walker.deserialize(&mut parser).and_then(|()| parser.end());
    read.map_err(|error| {
        // serde_json has no error type for this, only the message.
        let deep = error.to_string().starts_with("recursion limit exceeded");
        if deep { ParseError::TooDeep } else { ParseError::NotJson(error) }
    })
}

/// The path from the root to the current value.
#[derive(Default)]
pub(crate) struct JsonPath {
    steps: Vec<PathStep>,
    /// The concatenated names on the path.
    names: String,
}

enum PathStep {
    /// Start of the name in `names`.
    Member(usize),
    Item(usize),
}

impl JsonPath {
    pub(crate) fn pointer(&self) -> Pointer {
        let mut ends = self.member_starts().skip(1).chain([self.names.len()]);
        self.steps.iter().fold(Pointer::root(), |pointer, step| match step {
            PathStep::Item(index) => pointer.index(*index),
            PathStep::Member(start) => {
                let end = ends.next().unwrap_or(self.names.len());
                pointer.key(self.names.get(*start..end).unwrap_or(""))
            }
        })
    }

    fn member_starts(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter_map(|step| match step {
            PathStep::Member(start) => Some(*start),
            PathStep::Item(_) => None,
        })
    }

    fn label(&self) -> &str {
        let member = self.steps.iter().rev().find_map(|step| match step {
            PathStep::Member(start) => Some(*start),
            PathStep::Item(_) => None,
        });
        member.and_then(|start| self.names.get(start..)).unwrap_or("")
    }
}

struct PartVisitor<F> {
    path: JsonPath,
    visit: F,
}

impl<F: FnMut(JsonPart<'_>)> PartVisitor<F> {
    fn visit_value(&mut self, value: &str) {
        let path = &self.path;
        (self.visit)(JsonPart { value, label: path.label(), path, is_name: false });
    }
}

impl<'de, F: FnMut(JsonPart<'_>)> DeserializeSeed<'de> for &mut PartVisitor<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(JsonPart<'_>)> Visitor<'de> for &mut PartVisitor<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.visit_value(value);
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        if value >= NUMBER_MIN {
            self.visit_value(&value.to_string());
        }
        Ok(())
    }

    // No kind of personal data is negative or has a fraction.
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            self.path.steps.push(PathStep::Item(index));
            let item = items.next_element_seed(&mut *self)?;
            self.path.steps.pop();
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let start = self.path.names.len();
        while members.next_key_seed(NameVisitor(self))?.is_some() {
            self.path.steps.push(PathStep::Member(start));
            members.next_value_seed(&mut *self)?;
            self.path.steps.pop();
            self.path.names.truncate(start);
        }
        Ok(())
    }
}

/// Visits the name of a member, and then adds it to the path.
struct NameVisitor<'w, F>(&'w mut PartVisitor<F>);

impl<'de, F: FnMut(JsonPart<'_>)> DeserializeSeed<'de> for NameVisitor<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<F: FnMut(JsonPart<'_>)> Visitor<'_> for NameVisitor<'_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        let path = &self.0.path;
        (self.0.visit)(JsonPart { value: name, label: path.label(), path, is_name: true });
        self.0.path.names.push_str(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(json: &str) -> Vec<String> {
        let mut parts = Vec::new();
        let read = visit_parts(json, |part| {
            let role = if part.is_name { "name" } else { part.label };
            parts.push(format!("{} {role} {}", part.path.pointer(), part.value));
        });
        assert!(read.is_ok(), "{json}");
        parts
    }

    #[test]
    fn visits_every_string_with_its_path() {
        let json = r#"{"a/b": ["x", {"c~": "y"}, 1, 12345678], "d": "z", "e": {"": -9999999}}"#;
        let expected = [
            " name a/b",
            "/a~1b/0 a/b x",
            "/a~1b/1 name c~",
            "/a~1b/1/c~0 c~ y",
            "/a~1b/3 a/b 12345678",
            " name d",
            "/d d z",
            " name e",
            "/e name ",
        ];
        assert_eq!(parts(json), expected);
        assert_eq!(parts("\"x\""), ["  x"]);
        assert_eq!(parts(r#"["\u0041\n"]"#), ["/0  A\n"]);
    }

    #[test]
    fn reports_unreadable_documents() {
        let read = |json: &str| visit_parts(json, |_| {});
        assert!(read(&format!("{}{}", "[".repeat(127), "]".repeat(127))).is_ok());
        let deep = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert!(matches!(read(&deep), Err(ParseError::TooDeep)));
        assert!(matches!(read("{\"a\" 1}"), Err(ParseError::NotJson(_))));
        assert!(matches!(read("1 2"), Err(ParseError::NotJson(_))));
        assert!(matches!(read(""), Err(ParseError::NotJson(_))));
    }
}
