//! A value while it is being rendered.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::{Map, Value};

/// What a way leads to.
#[derive(Clone, Debug)]
pub(super) enum Given<'v> {
    /// Nothing was given.
    Absent,
    /// A variable, or a part of one.
    Value(&'v Value),
    /// What a loop knows: a number, a name, a truth value.
    Turn(Value),
    /// A value with more members, in a partial.
    More(Rc<(Given<'v>, Vec<(&'v str, Given<'v>)>)>),
}

impl<'v> Given<'v> {
    pub fn member(&self, name: &str) -> Given<'v> {
        match self {
            Self::Absent | Self::Turn(_) => Self::Absent,
            Self::Value(Value::Object(members)) => {
                members.get(name).map_or(Self::Absent, Self::Value)
            }
            Self::Value(Value::Array(items)) => {
                let item = name.parse::<usize>().ok().and_then(|index| items.get(index));
                item.map_or(Self::Absent, Self::Value)
            }
            Self::Value(_) => Self::Absent,
            Self::More(more) => {
                let added = more.1.iter().find(|(added, _)| *added == name);
                added.map_or_else(|| more.0.member(name), |(_, given)| given.clone())
            }
        }
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<Cow<'_, Value>> {
        match self {
            Self::Absent | Self::Value(Value::Null) | Self::Turn(Value::Null) => None,
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Turn(value) => Some(Cow::Borrowed(value)),
            Self::More(more) => {
                let mut members = match more.0.value().as_deref() {
                    Some(Value::Object(members)) => members.clone(),
                    _ => Map::new(),
                };
                for (name, given) in &more.1 {
                    if let Some(value) = given.value() {
                        members.insert((*name).into(), value.into_owned());
                    }
                }
                Some(Cow::Owned(Value::Object(members)))
            }
        }
    }

    /// Whether `#if` takes it for yes: as in Handlebars, nothing, zero, an empty text and an
    /// empty list are a no.
    pub fn holds(&self) -> bool {
        match self {
            Self::More(_) => true,
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

    /// Whether both are the same value of the same type. What a partial is about is like
    /// nothing else.
    pub fn equals(&self, other: &Self) -> bool {
        if matches!(self, Self::More(_)) || matches!(other, Self::More(_)) {
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
