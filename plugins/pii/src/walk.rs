//! Every string of a JSON document and where it stands, as it is parsed: no tree is
//! built. The path is kept as steps, and becomes a pointer only where something was
//! found.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use tollgate_sdk::Pointer;

/// Numbers below this have fewer digits than anything that is looked for.
const NUMBER_MIN: u64 = 1_000_000;

/// A string or a whole number, or the name of a member.
pub(crate) struct Part<'p> {
    pub(crate) value: &'p str,
    /// The name of the nearest member that this belongs to.
    pub(crate) label: &'p str,
    /// Of the value, or of the object that a name stands in: a pointer to the member
    /// itself would repeat what was found.
    pub(crate) path: &'p Path,
    pub(crate) is_name: bool,
}

/// Why a document was not read to its end.
pub(crate) enum Unread {
    /// serde_json follows 128 levels, to protect the stack.
    TooDeep,
    NotJson(serde_json::Error),
}

/// Calls `visit` with every part of a document, in its order.
pub(crate) fn walk(json: &str, visit: impl FnMut(Part<'_>)) -> Result<(), Unread> {
    let mut walker = Walker { path: Path::default(), visit };
    let mut parser = serde_json::Deserializer::from_str(json);
    let read = walker.deserialize(&mut parser).and_then(|()| parser.end());
    read.map_err(|error| {
        // serde_json has no other way to tell.
        let deep = error.to_string().starts_with("recursion limit exceeded");
        if deep { Unread::TooDeep } else { Unread::NotJson(error) }
    })
}

/// The way from the root to the value that is being read.
#[derive(Default)]
pub(crate) struct Path {
    steps: Vec<Step>,
    /// The names on the way, one behind the other.
    names: String,
}

enum Step {
    /// Where the name begins in `names`.
    Member(usize),
    Item(usize),
}

impl Path {
    pub(crate) fn pointer(&self) -> Pointer {
        let mut ends = self.member_starts().skip(1).chain([self.names.len()]);
        self.steps.iter().fold(Pointer::root(), |pointer, step| match step {
            Step::Item(index) => pointer.index(*index),
            Step::Member(start) => {
                let end = ends.next().unwrap_or(self.names.len());
                pointer.key(self.names.get(*start..end).unwrap_or(""))
            }
        })
    }

    fn member_starts(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter_map(|step| match step {
            Step::Member(start) => Some(*start),
            Step::Item(_) => None,
        })
    }

    fn label(&self) -> &str {
        let member = self.steps.iter().rev().find_map(|step| match step {
            Step::Member(start) => Some(*start),
            Step::Item(_) => None,
        });
        member.and_then(|start| self.names.get(start..)).unwrap_or("")
    }
}

struct Walker<F> {
    path: Path,
    visit: F,
}

impl<F: FnMut(Part<'_>)> Walker<F> {
    fn value(&mut self, value: &str) {
        let path = &self.path;
        (self.visit)(Part { value, label: path.label(), path, is_name: false });
    }
}

impl<'de, F: FnMut(Part<'_>)> DeserializeSeed<'de> for &mut Walker<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(Part<'_>)> Visitor<'de> for &mut Walker<F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.value(value);
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        if value >= NUMBER_MIN {
            self.value(&value.to_string());
        }
        Ok(())
    }

    // Nothing that is looked for is negative or has a fraction.
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
            self.path.steps.push(Step::Item(index));
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
        while members.next_key_seed(Name(self))?.is_some() {
            self.path.steps.push(Step::Member(start));
            members.next_value_seed(&mut *self)?;
            self.path.steps.pop();
            self.path.names.truncate(start);
        }
        Ok(())
    }
}

/// The name of a member: a part by itself, and then a step of the path.
struct Name<'w, F>(&'w mut Walker<F>);

impl<'de, F: FnMut(Part<'_>)> DeserializeSeed<'de> for Name<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<F: FnMut(Part<'_>)> Visitor<'_> for Name<'_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<(), E> {
        let path = &self.0.path;
        (self.0.visit)(Part { value: name, label: path.label(), path, is_name: true });
        self.0.path.names.push_str(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(json: &str) -> Vec<String> {
        let mut parts = Vec::new();
        let read = walk(json, |part| {
            let role = if part.is_name { "name" } else { part.label };
            parts.push(format!("{} {role} {}", part.path.pointer(), part.value));
        });
        assert!(read.is_ok(), "{json}");
        parts
    }

    #[test]
    fn every_string_is_met_with_its_place() {
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
    fn what_cannot_be_read_is_said() {
        let read = |json: &str| walk(json, |_| {});
        assert!(read(&format!("{}{}", "[".repeat(127), "]".repeat(127))).is_ok());
        let deep = format!("{}{}", "[".repeat(128), "]".repeat(128));
        assert!(matches!(read(&deep), Err(Unread::TooDeep)));
        assert!(matches!(read("{\"a\" 1}"), Err(Unread::NotJson(_))));
        assert!(matches!(read("1 2"), Err(Unread::NotJson(_))));
        assert!(matches!(read(""), Err(Unread::NotJson(_))));
    }
}
