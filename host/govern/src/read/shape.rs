//! From the tree to the record: serde's way, with errors that know their line and key.

use std::fmt::Display;

use serde::de::value::StringDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use tollgate_model::Gate;

use super::FAULTS_MAX;
use super::expected;
use super::fault::Problem;
use super::tree::{Key, Node, Step, Value, Wrong};

/// Reads the record; what is wrong is told and taken out, and the rest read again.
pub(super) fn read(tree: &mut Node, faults: &mut Vec<Wrong>) -> Option<Gate> {
    while faults.len() < FAULTS_MAX {
        let mut wrong = match Gate::deserialize(&*tree) {
            Ok(gate) => return Some(gate),
            Err(wrong) => wrong,
        };
        wrong.path.reverse();
        let is_told = was_taken_out(tree, &wrong);
        let can_go_on = !wrong.path.is_empty() && tree.take_out(&wrong.path);
        let Place { line, path, problem } = wrong;
        if !is_told {
            faults.push(Wrong { line: line.unwrap_or(tree.line), path, problem });
        }
        if !can_go_on {
            break;
        }
    }
    None
}

/// What is missing because it was wrong has been told.
fn was_taken_out(tree: &Node, wrong: &Place) -> bool {
    let Problem::KeyMissing(field) = wrong.problem else { return false };
    match tree.at(&wrong.path).map(|node| &node.value) {
        Some(Value::Table(members)) => {
            members.iter().any(|(key, node)| key.text == field && node.is_gone())
        }
        _ => false,
    }
}

/// Something wrong: the way to it is put together from its end.
#[derive(Debug)]
pub(super) struct Place {
    line: Option<usize>,
    path: Vec<Step>,
    problem: Problem,
}

impl Place {
    fn new(problem: Problem) -> Self {
        Self { line: None, path: Vec::new(), problem }
    }

    fn at(mut self, line: usize) -> Self {
        self.line.get_or_insert(line);
        self
    }

    fn within(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Place {}

impl Error for Place {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(Problem::Value(message.to_string()))
    }

    fn invalid_type(given: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        let (wanted, given) = (expected::wanted(&wanted.to_string()), expected::given(given));
        Self::new(Problem::Kind { wanted, given })
    }

    fn invalid_value(given: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::invalid_type(given, wanted)
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownKey { known: expected::listed(known) })
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownWord { word: word.into(), known: expected::listed(known) })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Problem::KeyMissing(field))
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Place;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Place> {
        let read = match &self.value {
            Value::Text(text) => visitor.visit_str(text),
            Value::Whole(number) => visitor.visit_i64(*number),
            Value::Number(number) => visitor.visit_f64(*number),
            Value::Truth(truth) => visitor.visit_bool(*truth),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter(), index: 0 }),
            Value::Table(members) => {
                visitor.visit_map(Members { members: members.iter(), value: None })
            }
            Value::Gone => visitor.visit_unit(),
        };
        read.map_err(|place| place.at(self.line))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Place> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Place> {
        visitor.visit_newtype_struct(self)
    }

    /// Choices are words.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Place> {
        let read = match &self.value {
            Value::Text(word) => {
                let word: StringDeserializer<Place> = word.clone().into_deserializer();
                visitor.visit_enum(word)
            }
            other => Err(Place::new(Problem::Kind {
                wanted: format!("one of {}", expected::listed(words)),
                given: expected::kind(other).into(),
            })),
        };
        read.map_err(|place| place.at(self.line))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Items<'de> {
    items: std::slice::Iter<'de, Node>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Place;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Place> {
        let Some(item) = self.items.find(|item| !item.is_gone()) else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        let read = seed.deserialize(item).map(Some);
        read.map_err(|place| place.at(item.line).within(Step::Index(index)))
    }
}

struct Members<'de> {
    members: std::slice::Iter<'de, (Key, Node)>,
    value: Option<&'de (Key, Node)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Place;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Place> {
        self.value = self.members.find(|(_, node)| !node.is_gone());
        let Some((key, _)) = self.value else { return Ok(None) };
        let text: StringDeserializer<Place> = key.text.clone().into_deserializer();
        let read = seed.deserialize(text);
        read.map(Some).map_err(|place| place.at(key.line).within(Step::Key(key.text.clone())))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Place> {
        let Some((key, node)) = self.value.take() else {
            return Err(Place::custom("a value was asked for before its key"));
        };
        let read = seed.deserialize(node);
        read.map_err(|place| place.at(node.line).within(Step::Key(key.text.clone())))
    }
}
