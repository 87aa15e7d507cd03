//! Values during rendering, including absent ones and those that loops and partials add.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::{Map, Value};

/// Result of resolving a path.
#[derive(Clone, Debug)]
pub(super) enum RenderValue<'v> {
    /// No value was passed, or the path leads nowhere.
    Absent,
    /// A variable or a part of one.
    Value(&'v Value),
    /// A loop variable such as `@index`: a number, a key or a boolean.
    Loop(Value),
    /// A value with the members that a partial call adds to it.
    Extended(Rc<(RenderValue<'v>, Vec<(&'v str, RenderValue<'v>)>)>),
}

impl<'v> RenderValue<'v> {
    pub fn member(&self, name: &str) -> RenderValue<'v> {
        match self {
            Self::Absent | Self::Loop(_) => Self::Absent,
            Self::Value(Value::Object(members)) => {
                members.get(name).map_or(Self::Absent, Self::Value)
            }
            Self::Value(Value::Array(items)) => {
                let item = name.parse::<usize>().ok().and_then(|index| items.get(index));
                item.map_or(Self::Absent, Self::Value)
            }
            Self::Value(_) => Self::Absent,
            Self::Extended(extended) => {
                let added = extended.1.iter().find(|(added, _)| *added == name);
                added.map_or_else(|| extended.0.member(name), |(_, value)| value.clone())
            }
        }
    }

    /// Returns the value, or `None` if it is absent or null.
    pub fn value(&self) -> Option<Cow<'_, Value>> {
        match self {
            Self::Absent | Self::Value(Value::Null) | Self::Loop(Value::Null) => None,
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Loop(value) => Some(Cow::Borrowed(value)),
            Self::Extended(extended) => {
                let mut members = match extended.0.value().as_deref() {
                    Some(Value::Object(members)) => members.clone(),
                    _ => Map::new(),
                };
                for (name, value) in &extended.1 {
                    if let Some(value) = value.value() {
                        members.insert((*name).into(), value.into_owned());
                    }
                }
                Some(Cow::Owned(Value::Object(members)))
            }
        }
    }

    /// Returns whether `#if` treats the value as true. As in Handlebars, absent values, `false`,
    /// zero, empty texts and empty lists are false.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Extended(_) => true,
            _ => match self.value().as_deref() {
                None | Some(Value::Null) => false,
                Some(Value::Bool(value)) => *value,
                Some(Value::Number(number)) => number.as_f64() != Some(0.0),
                Some(Value::String(text)) => !text.is_empty(),
                Some(Value::Array(items)) => !items.is_empty(),
                Some(Value::Object(_)) => true,
            },
        }
    }

    /// Returns whether both are the same value of the same type. An extended value never equals
    /// another.
    pub fn equals(&self, other: &Self) -> bool {
        if matches!(self, Self::Extended(_)) || matches!(other, Self::Extended(_)) {
            return false;
        }
        match (self.value().as_deref(), other.value().as_deref()) {
            (Some(Value::Number(one)), Some(Value::Number(other))) => {
                one == other || one.as_f64() == other.as_f64()
            }
            (one, other) => one == other,
        }
    }
}
