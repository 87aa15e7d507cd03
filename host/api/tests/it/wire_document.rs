//! A document with its schema and an example.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Value, json};

/// A document that the tool writes.
pub struct WireDocument {
    /// Name of its files.
    pub name: &'static str,
    /// Commands that write it.
    pub commands: &'static [&'static str],
    pub schema: Value,
    /// Example, as it is written.
    pub example: String,
}

impl WireDocument {
    pub fn new<T: JsonSchema + Serialize>(
        name: &'static str,
        commands: &'static [&'static str],
        example: &T,
    ) -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize();
        let schema = settings.into_generator().into_root_schema_for::<T>();
        let mut schema = serde_json::to_value(schema).unwrap();
        allow_further_members(&mut schema);
        schema["title"] = json!(name);
        Self { name, commands, schema, example: serde_json::to_string_pretty(example).unwrap() }
    }
}

/// Allows further members in all objects: readers have to expect members that later versions of the tool add.
fn allow_further_members(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for key in ["additionalProperties", "unevaluatedProperties"] {
                if members.get(key) == Some(&json!(false)) {
                    members.remove(key);
                }
            }
            members.values_mut().for_each(allow_further_members);
        }
        Value::Array(items) => items.iter_mut().for_each(allow_further_members),
        _ => {}
    }
}
