//! What is known of a value before there is one: its JSON Schema, as far as a template asks.

use std::rc::Rc;

use serde_json::Value;

/// What a value will be.
#[derive(Clone, Debug)]
pub(super) enum Shape<'s> {
    /// Nobody has said.
    Any,
    /// A single value: a text, a number, a truth value.
    Single,
    /// What this schema admits.
    Schema(&'s Value),
    /// The same, with more members.
    More(Rc<(Shape<'s>, Vec<(&'s str, Shape<'s>)>)>),
}

/// What can be done with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    Single,
    List,
    Object,
}

/// Schemas of which only a validator knows what they admit.
const COMBINED: [&str; 4] = ["$ref", "allOf", "anyOf", "oneOf"];

impl<'s> Shape<'s> {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Any => Kind::Any,
            Self::Single => Kind::Single,
            Self::Schema(schema) => kind(schema),
            Self::More(_) => Kind::Object,
        }
    }

    /// A member; nothing, where there is none by declaration.
    pub fn member(&self, name: &str) -> Option<Shape<'s>> {
        match self {
            Self::Any => Some(Self::Any),
            Self::Single => None,
            Self::More(more) => {
                let added = more.1.iter().find(|(added, _)| *added == name);
                added.map(|(_, shape)| shape.clone()).or_else(|| more.0.member(name))
            }
            Self::Schema(schema) => match kind(schema) {
                Kind::Any => Some(Self::Any),
                Kind::Single => None,
                Kind::List => name.parse::<usize>().ok().map(|_| self.item()),
                Kind::Object => member(schema, name),
            },
        }
    }

    /// What one of its items is, or one of its members.
    pub fn item(&self) -> Shape<'s> {
        let Self::Schema(schema) = self else { return Self::Any };
        match kind(schema) {
            Kind::List => schema.get("items").map_or(Self::Any, Self::Schema),
            _ => Self::Any,
        }
    }

    /// The names of its members, for messages.
    pub fn names(&self) -> Vec<&'s str> {
        match self {
            Self::Any | Self::Single => Vec::new(),
            Self::Schema(schema) => {
                let members = schema.get("properties").and_then(Value::as_object);
                members.into_iter().flatten().map(|(name, _)| name.as_str()).collect()
            }
            Self::More(more) => {
                more.1.iter().map(|(name, _)| *name).chain(more.0.names()).collect()
            }
        }
    }
}

fn kind(schema: &Value) -> Kind {
    let Value::Object(members) = schema else { return Kind::Any };
    let of_types = match members.get("type") {
        Some(Value::String(name)) => kind_named(name),
        Some(Value::Array(names)) => {
            let names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            let mut kinds: Vec<_> = names.map(kind_named).collect();
            kinds.dedup();
            if let [kind] = kinds.as_slice() { *kind } else { Kind::Any }
        }
        _ if members.contains_key("properties") => Kind::Object,
        _ => match members.get("enum").and_then(Value::as_array) {
            Some(values) if !values.iter().any(|value| value.is_object() || value.is_array()) => {
                Kind::Single
            }
            _ => Kind::Any,
        },
    };
    let combined = COMBINED.iter().any(|key| members.contains_key(*key));
    if of_types == Kind::Object && combined { Kind::Any } else { of_types }
}

fn kind_named(name: &str) -> Kind {
    match name {
        "array" => Kind::List,
        "object" => Kind::Object,
        "any" => Kind::Any,
        _ => Kind::Single,
    }
}

/// JSON Schema admits whatever it does not name; a template names what is declared.
fn member<'s>(schema: &'s Value, name: &str) -> Option<Shape<'s>> {
    let properties = schema.get("properties").and_then(Value::as_object);
    if let Some(declared) = properties.and_then(|properties| properties.get(name)) {
        return Some(Shape::Schema(declared));
    }
    if schema.get("patternProperties").is_some() {
        return Some(Shape::Any);
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(false)) => None,
        Some(Value::Bool(true)) => Some(Shape::Any),
        Some(others) => Some(Shape::Schema(others)),
        None => properties.is_none().then_some(Shape::Any),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_declared_can_be_named() {
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
        let root = Shape::Schema(&schema);
        let kind = |path: &str| {
            let mut shape = root.clone();
            for part in path.split('.') {
                shape = shape.member(part)?;
            }
            Some(shape.kind())
        };
        assert_eq!(kind("name"), Some(Kind::Single));
        assert_eq!(kind("orders"), Some(Kind::List));
        assert_eq!(kind("orders.0"), Some(Kind::Object));
        assert_eq!(kind("orders.0.id"), Some(Kind::Single));
        assert_eq!(kind("tone"), Some(Kind::Single));
        assert_eq!(kind("other.whatever"), Some(Kind::Any));
        assert_eq!(kind("open.x"), Some(Kind::Single));
        assert_eq!(kind("free.x"), Some(Kind::Any));
        for undeclared in ["nmae", "name.first", "orders.first", "orders.0.nr", "tone.x"] {
            assert_eq!(kind(undeclared), None, "{undeclared}");
        }
    }
}
