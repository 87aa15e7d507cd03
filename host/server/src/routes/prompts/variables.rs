//! Values for the variables of a prompt. An object with a member that is there twice is refused at every depth, because it is
//! not clear which of the two is meant.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Values for the variables of a prompt.
#[derive(Debug, Default)]
pub(super) struct Variables(Map<String, Value>);

/// JSON without members that are there twice.
struct UnambiguousJson(Value);

struct UnambiguousVisitor;

impl Variables {
    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

impl<'de> Deserialize<'de> for Variables {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match UnambiguousJson::deserialize(deserializer)? {
            UnambiguousJson(Value::Object(members)) => Ok(Self(members)),
            _ => Err(D::Error::custom("`variables` is not an object")),
        }
    }
}

impl JsonSchema for Variables {
    fn schema_name() -> Cow<'static, str> {
        "PromptVariables".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Map::<String, Value>::json_schema(generator)
    }
}

impl<'de> Deserialize<'de> for UnambiguousJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(UnambiguousVisitor).map(Self)
    }
}

impl<'de> Visitor<'de> for UnambiguousVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        number.map(Value::Number).ok_or_else(|| E::custom("a number is infinite"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(UnambiguousJson(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, UnambiguousJson(value))) = map.next_entry::<String, _>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom(format!("duplicate member `{name}`")));
            }
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#"{"a": [1, -2, 2.5, "x\ny", null, true], "b": {"c": {}}}"#;
        let read: Variables = serde_json::from_str(text).unwrap();
        assert_eq!(read.into_value(), serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(Variables::default().into_value(), json!({}));
    }

    #[test]
    fn refuses_members_that_are_there_twice() {
        for text in [r#"{"a": 1, "a": 1}"#, r#"{"a": [{"b": {"c": 1, "\u0063": 2}}]}"#] {
            let error = serde_json::from_str::<Variables>(text).unwrap_err().to_string();
            assert!(error.starts_with("duplicate member"), "{error}");
        }
        for text in ["[]", "null", "\"a\"", "1"] {
            assert!(serde_json::from_str::<Variables>(text).is_err(), "{text}");
        }
    }
}
