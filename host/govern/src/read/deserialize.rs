//! A serde deserialiser from the tree to the gate record, with errors that have a place and a key.

use std::fmt::Display;

use serde::de::value::StringDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use tollgate_model::{Gate, TextSpan};

use super::ERRORS_MAX;
use super::error::GateFileErrorKind;
use super::expected;
use super::tree::{Key, Node, Step, TreeError, Value};

/// Reads the gate. After each error the value is removed from the tree and the rest is read again.
pub(super) fn read(tree: &mut Node, errors: &mut Vec<TreeError>) -> Option<Gate> {
    while errors.len() < ERRORS_MAX {
        let mut error = match Gate::deserialize(&*tree) {
            Ok(gate) => return Some(gate),
            Err(error) => error,
        };
        error.path.reverse();
        // Removing a required value makes its key missing: do not report that as a second error.
        let is_reported = is_already_removed(tree, &error);
        let can_continue = !error.path.is_empty() && tree.remove(&error.path);
        let DeserializeError { span, path, kind } = error;
        if !is_reported {
            errors.push(TreeError { span: span.unwrap_or(tree.span), path, kind });
        }
        // Nothing was removed, so the same error would come again.
        if !can_continue {
            break;
        }
    }
    None
}

/// Checks whether a key is missing only because its value was wrong and has been removed.
fn is_already_removed(tree: &Node, error: &DeserializeError) -> bool {
    let GateFileErrorKind::MissingKey(field) = error.kind else { return false };
    match tree.at(&error.path).map(|node| &node.value) {
        Some(Value::Table(members)) => {
            members.iter().any(|(key, node)| key.text == field && node.is_removed())
        }
        _ => false,
    }
}

/// Error with its path, which is collected from the innermost step outwards.
#[derive(Debug)]
pub(super) struct DeserializeError {
    span: Option<TextSpan>,
    path: Vec<Step>,
    kind: GateFileErrorKind,
}

impl DeserializeError {
    fn new(kind: GateFileErrorKind) -> Self {
        Self { span: None, path: Vec::new(), kind }
    }

    fn at(mut self, span: TextSpan) -> Self {
        self.span.get_or_insert(span);
        self
    }

    fn within(mut self, step: Step) -> Self {
        self.path.push(step);
        self
    }
}

impl Display for DeserializeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for DeserializeError {}

impl Error for DeserializeError {
    fn custom<T: Display>(message: T) -> Self {
        Self::new(GateFileErrorKind::InvalidValue(message.to_string()))
    }

    fn invalid_type(given: Unexpected<'_>, expected_type: &dyn Expected) -> Self {
        let expected = expected::describe_expected(&expected_type.to_string());
        Self::new(GateFileErrorKind::WrongType { expected, given: expected::describe_given(given) })
    }

    fn invalid_value(given: Unexpected<'_>, expected_type: &dyn Expected) -> Self {
        Self::invalid_type(given, expected_type)
    }

    fn unknown_field(_: &str, known: &'static [&'static str]) -> Self {
        Self::new(GateFileErrorKind::UnknownKey { known: expected::join_words(known) })
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::new(GateFileErrorKind::UnknownWord {
            word: word.into(),
            known: expected::join_words(known),
        })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(GateFileErrorKind::MissingKey(field))
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = DeserializeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        let read = match &self.value {
            Value::Text(text) => visitor.visit_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(boolean) => visitor.visit_bool(*boolean),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter(), index: 0 }),
            Value::Table(members) => {
                visitor.visit_map(Members { members: members.iter(), value: None })
            }
            Value::Removed => visitor.visit_unit(),
        };
        read.map_err(|error| error.at(self.span))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DeserializeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DeserializeError> {
        let read = match &self.value {
            Value::Text(word) => {
                let word: StringDeserializer<DeserializeError> = word.clone().into_deserializer();
                visitor.visit_enum(word)
            }
            other => Err(DeserializeError::new(GateFileErrorKind::WrongType {
                expected: format!("one of {}", expected::join_words(words)),
                given: expected::describe_kind(other).into(),
            })),
        };
        read.map_err(|error| error.at(self.span))
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
    type Error = DeserializeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DeserializeError> {
        let Some(item) = self.items.find(|item| !item.is_removed()) else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        let read = seed.deserialize(item).map(Some);
        read.map_err(|error| error.at(item.span).within(Step::Index(index)))
    }
}

struct Members<'de> {
    members: std::slice::Iter<'de, (Key, Node)>,
    value: Option<&'de (Key, Node)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = DeserializeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DeserializeError> {
        self.value = self.members.find(|(_, node)| !node.is_removed());
        let Some((key, _)) = self.value else { return Ok(None) };
        let text: StringDeserializer<DeserializeError> = key.text.clone().into_deserializer();
        let read = seed.deserialize(text);
        read.map(Some).map_err(|error| error.at(key.span).within(Step::Key(key.text.clone())))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DeserializeError> {
        let Some((key, node)) = self.value.take() else {
            return Err(DeserializeError::custom("a value was asked for before its key"));
        };
        let read = seed.deserialize(node);
        read.map_err(|error| error.at(node.span).within(Step::Key(key.text.clone())))
    }
}
