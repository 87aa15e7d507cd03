//! Declared type of a template value, derived from its JSON Schema as far as templates need it.

use std::rc::Rc;

use serde_json::Value;

/// Declared type of a value.
#[derive(Clone, Debug)]
pub(super) enum ValueShape<'s> {
    /// Nothing is declared, so every use is allowed.
    Any,
    /// A text, number or boolean.
    Single,
    /// A value that this schema describes.
    Schema(&'s Value),
    /// An object with members that a partial call adds to it.
    Extended(Rc<(ValueShape<'s>, Vec<(&'s str, ValueShape<'s>)>)>),
}

/// Use that a template can make of a value: show it, loop over it, or read its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShapeKind {
    Any,
    Single,
    List,
    Object,
}

/// Keywords whose effect on members only a validator can tell.
const COMBINING_KEYWORDS: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];

impl<'s> ValueShape<'s> {
    pub fn kind(&self) -> ShapeKind {
        match self {
            Self::Any => ShapeKind::Any,
            Self::Single => ShapeKind::Single,
            Self::Schema(schema) => schema_kind(schema),
            Self::Extended(_) => ShapeKind::Object,
        }
    }

    /// Returns the type of a member, or `None` if no such member is declared.
    pub fn member(&self, name: &str) -> Option<ValueShape<'s>> {
        match self {
            Self::Any => Some(Self::Any),
            Self::Single => None,
            Self::Extended(extended) => {
                let added = extended.1.iter().find(|(added, _)| *added == name);
                added.map(|(_, shape)| shape.clone()).or_else(|| extended.0.member(name))
            }
            Self::Schema(schema) => match schema_kind(schema) {
                ShapeKind::Any => Some(Self::Any),
                ShapeKind::Single => None,
                ShapeKind::List => name.parse::<usize>().ok().map(|_| self.item()),
                ShapeKind::Object => schema_member(schema, name),
            },
        }
    }

    /// Returns the type of a list's items; `Any` for everything else.
    pub fn item(&self) -> ValueShape<'s> {
        let Self::Schema(schema) = self else { return Self::Any };
        match schema_kind(schema) {
            ShapeKind::List => schema.get("items").map_or(Self::Any, Self::Schema),
            _ => Self::Any,
        }
    }

    /// Returns the names of declared members, for messages.
    pub fn member_names(&self) -> Vec<&'s str> {
        match self {
            Self::Any | Self::Single => Vec::new(),
            Self::Schema(schema) => {
                let members = schema.get("properties").and_then(Value::as_object);
                members.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
            }
            Self::Extended(extended) => {
                extended.1.iter().map(|(name, _)| *name).chain(extended.0.member_names()).collect()
            }
        }
    }
}

fn schema_kind(schema: &Value) -> ShapeKind {
    let Value::Object(members) = schema else { return ShapeKind::Any };
    let kind_of_types = match members.get("type") {
        Some(Value::String(name)) => kind_of_type(name),
        Some(Value::Array(names)) => {
            // `null` stands for an absent optional value and does not change how it is used.
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let mut kinds: Vec<_> = names.map(kind_of_type).collect();
            kinds.dedup();
            if let [kind] = kinds.as_slice() { *kind } else { ShapeKind::Any }
        }
        _ if members.contains_key("properties") => ShapeKind::Object,
        _ => match members.get("enum").and_then(Value::as_array) {
            Some(values) if !values.iter().any(|value| value.is_object() || value.is_array()) => {
                ShapeKind::Single
            }
            _ => ShapeKind::Any,
        },
    };
    let is_combined = COMBINING_KEYWORDS.iter().any(|key| members.contains_key(*key));
    // The other keyword may declare members that are not visible here.
    if kind_of_types == ShapeKind::Object && is_combined { ShapeKind::Any } else { kind_of_types }
}

fn kind_of_type(name: &str) -> ShapeKind {
    match name {
        "array" => ShapeKind::List,
        "object" => ShapeKind::Object,
        "any" => ShapeKind::Any,
        _ => ShapeKind::Single,
    }
}

/// Returns the type of a member of an object schema. Stricter than JSON Schema, which admits
/// members that are not declared: a template can only use declared ones.
fn schema_member<'s>(schema: &'s Value, name: &str) -> Option<ValueShape<'s>> {
    let properties = schema.get("properties").and_then(Value::as_object);
    if let Some(declared) = properties.and_then(|properties| properties.get(name)) {
        return Some(ValueShape::Schema(declared));
    }
    if schema.get("patternProperties").is_some() {
        return Some(ValueShape::Any);
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(ValueShape::Any),
        Some(others) => Some(ValueShape::Schema(others)),
        None => properties.is_none().then_some(ValueShape::Any),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_only_declared_members() {
        let schema = json!({
            "type": "object",
            "properties": {
                "name": {"type": ["string", "null"]},
                "orders": {"type": "array", "items": {"properties": {"id": {"type": "integer"}}}},
                "tone": {"enum": ["warm", null]},
                "other": {},
                "open": {"type": "object", "additionalProperties": {"type": "string"}},
                "free": {"type": "object"},
            },
        });
        let root = ValueShape::Schema(&schema);
        let kind = |path: &str| {
            let mut shape = root.clone();
            for part in path.split('.') {
                shape = shape.member(part)?;
            }
            Some(shape.kind())
        };
        assert_eq!(kind("name"), Some(ShapeKind::Single));
        assert_eq!(kind("orders"), Some(ShapeKind::List));
        assert_eq!(kind("orders.0"), Some(ShapeKind::Object));
        assert_eq!(kind("orders.0.id"), Some(ShapeKind::Single));
        assert_eq!(kind("tone"), Some(ShapeKind::Single));
        assert_eq!(kind("other.whatever"), Some(ShapeKind::Any));
        assert_eq!(kind("open.x"), Some(ShapeKind::Single));
        assert_eq!(kind("free.x"), Some(ShapeKind::Any));
        for undeclared in ["nmae", "name.first", "orders.first", "orders.0.nr", "tone.x"] {
            assert_eq!(kind(undeclared), None, "{undeclared}");
        }
    }
}
