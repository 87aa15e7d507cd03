//! Values of JSON as they are written: the members of an object or the elements of an array, with their own texts.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Members or elements of a value, in order. A name may be there twice.
pub(super) enum RawChildren<'a> {
    Members(Vec<(String, &'a RawValue)>),
    Elements(Vec<&'a RawValue>),
    /// A value that has nothing inside it.
    None,
}

impl<'a> RawChildren<'a> {
    /// Reads the children of a value. Fails if a name has no valid characters, such as a lone surrogate.
    pub(super) fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        match json.trim_start().as_bytes().first() {
            Some(b'{' | b'[') => serde_json::from_str(json),
            _ => Ok(Self::None),
        }
    }
}

struct ChildrenVisitor;

impl<'de> Visitor<'de> for ChildrenVisitor {
    type Value = RawChildren<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(RawChildren::Members(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element()? {
            elements.push(element);
        }
        Ok(RawChildren::Elements(elements))
    }
}

impl<'de> Deserialize<'de> for RawChildren<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ChildrenVisitor)
    }
}
