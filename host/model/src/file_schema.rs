//! JSON Schemas of the files that people write, for editors. They are generated from the types that read the files,
//! so that an editor accepts what the tool accepts.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// Returns the JSON Schema (2020-12) of a file with this title.
pub fn file_schema<T: JsonSchema>(title: &str) -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = Value::from(generator.into_root_schema_for::<T>());
    remove_null(&mut schema);
    if let Value::Object(members) = &mut schema {
        members.insert("title".into(), title.into());
    }
    schema
}

/// Removes `null` from a schema, where it only says that a key may be absent: in TOML there is no null.
fn remove_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(choices)) = members.get_mut("anyOf") {
                choices.retain(|choice| *choice != json!({"type": "null"}));
                if let [Value::Object(only)] = choices.as_slice() {
                    let only = only.clone();
                    members.remove("anyOf");
                    members.extend(only);
                }
            }
            members.values_mut().for_each(remove_null);
        }
        Value::Array(items) => items.iter_mut().for_each(remove_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Settings {
        /// Depth of the well.
        depth: Option<u8>,
        inner: Option<Box<Settings>>,
    }

    #[test]
    fn says_nothing_of_null() {
        let schema = file_schema::<Settings>("Settings of a well");
        assert_eq!(schema["title"], "Settings of a well");
        assert_eq!(schema["properties"]["depth"]["type"], "integer");
        assert_eq!(schema["properties"]["depth"]["description"], "Depth of the well.");
        assert!(!schema.to_string().contains("null"), "{schema}");
    }
}
