//! Visits the string values of a JSON document while it is parsed. No document is built, so
//! both values of a duplicate key are visited.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use tollgate_sdk::{Pointer, Refusal};

/// The position of a value: a chain up to the root. The pointer is built only for values
/// with findings.
pub(crate) enum ValuePath<'p> {
    Root,
    Member(&'p ValuePath<'p>, &'p str),
    Item(&'p ValuePath<'p>, usize),
}

impl ValuePath<'_> {
    pub(crate) fn pointer(&self) -> Pointer {
        match self {
            Self::Root => Pointer::root(),
            Self::Member(parent, key) => parent.pointer().key(key),
            Self::Item(parent, index) => parent.pointer().index(*index),
        }
    }
}

/// Calls `visit` with each string value. Keys and numbers are skipped.
pub(crate) fn visit_strings(
    json: &str,
    mut visit: impl FnMut(&str, &ValuePath),
) -> Result<(), Refusal> {
    let mut document = serde_json::Deserializer::from_str(json);
    let value = StringVisitor { path: &ValuePath::Root, visit: &mut visit };
    value
        .deserialize(&mut document)
        .and_then(|()| document.end())
        .map_err(|error| Refusal::Broken(format!("the JSON cannot be read: {error}")))
}

struct StringVisitor<'v, F> {
    path: &'v ValuePath<'v>,
    visit: &'v mut F,
}

impl<'de, F: FnMut(&str, &ValuePath)> DeserializeSeed<'de> for StringVisitor<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&str, &ValuePath)> Visitor<'de> for StringVisitor<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, string: &str) -> Result<(), E> {
        (self.visit)(string, self.path);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        for index in 0.. {
            let path = &ValuePath::Item(self.path, index);
            if items.next_element_seed(StringVisitor { path, visit: &mut *self.visit })?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            let path = &ValuePath::Member(self.path, &key);
            members.next_value_seed(StringVisitor { path, visit: &mut *self.visit })?;
        }
        Ok(())
    }
}
