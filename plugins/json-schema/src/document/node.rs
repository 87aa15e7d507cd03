//! Implements the traits through which `jsonschema` reads a document.

use std::borrow::Cow;
use std::sync::OnceLock;

use jsonschema::JsonType;
use jsonschema::json::{self, Array, Json, NodeIdentity, Object};
use jsonschema_value::LazyInstance;
use serde_json::Number;

use super::{ArrayItems, Document, Node, ObjectMembers, Value, compare};

/// Identifies this representation to `jsonschema`.
pub(crate) struct FlatJson;

impl Json for FlatJson {
    type Node<'a> = Node<'a>;
    type PreparedKey = String;
    type StringBuffer = Document<'static>;

    /// A lookup scans the members, so `jsonschema` should scan them once for many keys.
    const KEYS_PER_LOOKUP: usize = 1000;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>(
        buffer: &mut Document<'static>,
        string: &str,
        f: impl FnOnce(Node<'_>) -> T,
    ) -> T {
        buffer.values.clear();
        buffer.values.push(Value::String(Cow::Owned(string.to_owned())));
        f(buffer.root())
    }
}

impl<'a> json::Node<'a, FlatJson> for Node<'a> {
    type Object = ObjectMembers<'a>;
    type Array = ArrayItems<'a>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<ObjectMembers<'a>> {
        matches!(self.value(), Value::Object(_)).then(|| self.members())
    }

    fn as_array(&self) -> Option<ArrayItems<'a>> {
        matches!(self.value(), Value::Array(_)).then(|| self.items())
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        if let Value::String(string) = self.value() { Some(Cow::Borrowed(string)) } else { None }
    }

    fn as_number(&self) -> Option<&'a Number> {
        if let Value::Number(number) = self.value() { Some(number) } else { None }
    }

    fn as_boolean(&self) -> Option<bool> {
        if let Value::Boolean(boolean) = self.value() { Some(*boolean) } else { None }
    }

    fn is_null(&self) -> bool {
        matches!(self.value(), Value::Null)
    }

    fn json_type(&self) -> JsonType {
        match self.value() {
            Value::Null => JsonType::Null,
            Value::Boolean(_) => JsonType::Boolean,
            Value::Number(_) => JsonType::Number,
            Value::String(_) => JsonType::String,
            Value::Array(_) => JsonType::Array,
            Value::Object(_) => JsonType::Object,
        }
    }

    fn equals_value(&self, expected: &serde_json::Value) -> bool {
        compare::equals_value(*self, expected)
    }

    fn to_value(&self) -> Cow<'a, serde_json::Value> {
        Cow::Owned(compare::to_value(*self))
    }

    /// Returns null for all values except the root. Errors carry their value, and the
    /// errors of `anyOf` copy those of every branch. No message uses the values, and in a
    /// large document they would not fit into memory. The root is needed after a pattern
    /// was given up.
    fn lazy_value(&self) -> LazyInstance<'a> {
        if self.index > 0 {
            return LazyInstance::Ready(Cow::Owned(serde_json::Value::Null));
        }
        let bytes = self.document.text.as_bytes();
        LazyInstance::Deferred { bytes, tag: 0, make: reparse, cell: OnceLock::new() }
    }

    fn identity(&self) -> Option<NodeIdentity> {
        let document = std::ptr::from_ref(self.document) as usize;
        Some(NodeIdentity::tagged(document, u32::try_from(self.index).ok()?))
    }
}

fn reparse(text: &[u8], _: u32) -> serde_json::Value {
    serde_json::from_slice(text).unwrap_or_default()
}

impl<'a> Object<'a, FlatJson> for ObjectMembers<'a> {
    type Node = Node<'a>;
    type MemberName = &'a str;
    type MembersIter = Self;

    fn len(&self) -> usize {
        self.left
    }

    fn get(&self, key: &String) -> Option<Node<'a>> {
        self.clone().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    fn members(&self) -> Self {
        self.clone()
    }
}

impl<'a> Array<'a, FlatJson> for ArrayItems<'a> {
    type Node = Node<'a>;
    type ElementsIter = Self;

    fn len(&self) -> usize {
        self.left
    }

    fn elements(&self) -> Self {
        self.clone()
    }

    fn is_unique(&self) -> bool {
        compare::are_unique(self.clone())
    }
}
