//! Picoschema, dotprompt's short way to write a JSON Schema.
//!
//! `name?: string, a description` is an optional text; `tags(array): string` a list;
//! `tone(enum): [warm, plain]` a choice; `(*): any` allows further members. A schema with `type` or
//! `properties` at the top is JSON Schema already and is passed through.

use serde_json::{Map, Value, json};
use tollgate_model::{TextSpan, count_schema_steps};

use super::yaml::{YamlKey, YamlNode, YamlValue};

const SCALARS: [&str; 6] = ["any", "boolean", "integer", "null", "number", "string"];
const WILDCARD: &str = "(*)";

/// Error in a schema of a front matter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptSchemaError {
    #[error("unknown type `{0}`")]
    UnknownType(String),
    /// A list is written as in TypeScript, such as `string[]`.
    #[error("unknown type `{0}`")]
    BracketList(String),
    #[error("unknown kind `({0})`")]
    UnknownKind(String),
    #[error("`{0}` is not a valid property")]
    InvalidProperty(String),
    #[error("duplicate property `{0}`")]
    DuplicateProperty(String),
    #[error("the values of `{0}` must be a list")]
    EnumNotAList(String),
    #[error("a schema must be a type or a map of properties")]
    NotASchema,
    #[error("not valid JSON Schema: {0}")]
    InvalidJsonSchema(String),
}

/// Error with its place in the file.
type SchemaErrorAt = (TextSpan, PromptSchemaError);

impl PromptSchemaError {
    pub(super) fn help(&self) -> Option<String> {
        let help = match self {
            Self::NotASchema | Self::InvalidJsonSchema(_) => return None,
            Self::BracketList(list) => {
                let item = list.trim_end_matches("[]");
                return Some(format!("write a list as `NAME(array): {item}`"));
            }
            Self::UnknownType(_) => {
                "use `any`, `boolean`, `integer`, `null`, `number` or `string`; a schema defined \
                 elsewhere must be repeated here"
            }
            Self::UnknownKind(_) => "use `(array)`, `(object)` or `(enum)`",
            Self::InvalidProperty(_) => "write `NAME`, `NAME?` or `NAME(array, DESCRIPTION)`",
            Self::DuplicateProperty(_) => "remove one",
            Self::EnumNotAList(_) => "write `[one, another]`",
        };
        Some(help.into())
    }
}

/// Converts a schema of a front matter, in either notation, to a valid JSON Schema.
pub(super) fn to_json_schema(node: &YamlNode) -> Result<Value, SchemaErrorAt> {
    let schema = match &node.value {
        YamlValue::Map(_) if is_json_schema(node) => node.to_json(),
        YamlValue::Map(_) if node.get("properties").is_some_and(|all| all.as_map().is_some()) => {
            let mut schema = node.to_json();
            if let Value::Object(members) = &mut schema {
                members.insert("type".into(), "object".into());
            }
            schema
        }
        _ => convert(node)?,
    };
    let invalid = |reason: String| (node.span, PromptSchemaError::InvalidJsonSchema(reason));
    compile_validator(&schema).map_err(invalid)?;
    // Values are not known yet. What is too expensive for none is too expensive for any.
    count_schema_steps(&schema, &json!({})).map_err(|error| invalid(error.to_string()))?;
    Ok(schema)
}

/// Compiles a validator. Patterns run in linear time, and references to other documents are not
/// fetched.
pub(super) fn compile_validator(schema: &Value) -> Result<jsonschema::Validator, String> {
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .map_err(|error| error.to_string())
}

fn is_json_schema(node: &YamlNode) -> bool {
    let is_type = |node: &YamlNode| {
        let name = node.as_text();
        name.is_some_and(|name| SCALARS.contains(&name) || ["object", "array"].contains(&name))
    };
    node.get("type").is_some_and(|member| match &member.value {
        YamlValue::List(types) => types.iter().all(is_type),
        _ => is_type(member),
    })
}

fn convert(node: &YamlNode) -> Result<Value, SchemaErrorAt> {
    match &node.value {
        YamlValue::Scalar(Value::String(text)) => {
            convert_scalar(text).map_err(|error| (node.span, error))
        }
        YamlValue::Map(members) => convert_object(members),
        _ => Err((node.span, PromptSchemaError::NotASchema)),
    }
}

/// Converts `string, a description`.
fn convert_scalar(text: &str) -> Result<Value, PromptSchemaError> {
    let (name, description) = split_description(text);
    let mut schema = match name {
        "any" => json!({}),
        name if SCALARS.contains(&name) => json!({"type": name}),
        name if name.ends_with("[]") => return Err(PromptSchemaError::BracketList(name.into())),
        name => return Err(PromptSchemaError::UnknownType(name.into())),
    };
    set_description(&mut schema, description);
    Ok(schema)
}

fn convert_object(members: &[(YamlKey, YamlNode)]) -> Result<Value, SchemaErrorAt> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    // Unlike in JSON Schema, further members are allowed only with `(*)`.
    let mut others = Value::Bool(false);
    for (key, node) in members {
        if key.text == WILDCARD {
            others = convert(node)?;
            continue;
        }
        let property = parse_property(&key.text).map_err(|error| (key.span, error))?;
        if !property.optional {
            required.push(property.name);
        }
        let schema = property.schema(key.span, node)?;
        if properties.insert(property.name.into(), schema).is_some() {
            return Err((key.span, PromptSchemaError::DuplicateProperty(property.name.into())));
        }
    }
    let mut schema =
        json!({"type": "object", "properties": properties, "additionalProperties": others});
    if let (Value::Object(schema), false) = (&mut schema, required.is_empty()) {
        schema.insert("required".into(), json!(required));
    }
    Ok(schema)
}

/// Parsed property key `name?(kind, description)`.
pub(super) struct PropertyKey<'s> {
    pub name: &'s str,
    optional: bool,
    kind: Option<&'s str>,
    description: Option<&'s str>,
}

pub(super) fn parse_property(key: &str) -> Result<PropertyKey<'_>, PromptSchemaError> {
    let invalid = || PromptSchemaError::InvalidProperty(key.into());
    let (name, kind) = match key.split_once('(') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(invalid)?)),
        None => (key, None),
    };
    let (name, optional) = match name.strip_suffix('?') {
        Some(name) => (name, true),
        None => (name, false),
    };
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(invalid());
    }
    let (kind, description) = kind.map_or((None, None), |kind| {
        let (kind, description) = split_description(kind);
        (Some(kind), description)
    });
    Ok(PropertyKey { name, optional, kind, description })
}

impl PropertyKey<'_> {
    fn schema(&self, span: TextSpan, node: &YamlNode) -> Result<Value, SchemaErrorAt> {
        let mut schema = match self.kind {
            None => convert(node)?,
            Some("array") => json!({"type": "array", "items": convert(node)?}),
            Some("object") if node.as_map().is_some() => convert(node)?,
            Some("object") => return Err((node.span, PromptSchemaError::NotASchema)),
            Some("enum") => match node.to_json() {
                Value::Array(values) => json!({"enum": values}),
                _ => return Err((node.span, PromptSchemaError::EnumNotAList(self.name.into()))),
            },
            Some(kind) => return Err((span, PromptSchemaError::UnknownKind(kind.into()))),
        };
        if self.optional {
            allow_null(&mut schema);
        }
        set_description(&mut schema, self.description);
        Ok(schema)
    }
}

/// Makes an optional property accept `null` as well, as dotprompt does.
fn allow_null(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    if let Some(Value::String(name)) = members.get("type") {
        let types = json!([name, "null"]);
        members.insert("type".into(), types);
    }
    if let Some(Value::Array(values)) = members.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

fn set_description(schema: &mut Value, description: Option<&str>) {
    if let (Value::Object(members), Some(description)) = (schema, description) {
        members.insert("description".into(), description.into());
    }
}

/// Splits at the first comma into a type and its description.
fn split_description(text: &str) -> (&str, Option<&str>) {
    match text.split_once(',') {
        Some((name, description)) => (name.trim(), Some(description.trim_start())),
        None => (text.trim(), None),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::TextFile;

    use super::super::text::TextSection;
    use super::super::yaml;
    use super::*;

    fn convert_text(text: &str) -> Result<Value, String> {
        let file = TextFile::new("a", text);
        let node = yaml::read(TextSection::whole(&file)).unwrap().unwrap();
        to_json_schema(&node).map_err(|(span, error)| {
            let help = error.help().unwrap_or_default();
            format!("{}: {error}: {help}", file.line_at(span.start))
        })
    }

    #[test]
    fn converts_scalars_lists_choices_and_objects() {
        let text = "\
name: string, the full name, as written
age?: integer
tags(array, what it is about): string, one of them
tone?(enum): [warm, plain]
home?(object, where):
  city: string
orders(array):
  id: integer
else: any
";
        let order = json!({
            "type": "object", "additionalProperties": false,
            "properties": {"id": {"type": "integer"}}, "required": ["id"],
        });
        let schema = json!({
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "name": {"type": "string", "description": "the full name, as written"},
                "age": {"type": ["integer", "null"]},
                "tags": {"type": "array", "description": "what it is about",
                    "items": {"type": "string", "description": "one of them"}},
                "tone": {"enum": ["warm", "plain", null]},
                "home": {"type": ["object", "null"], "description": "where",
                    "additionalProperties": false,
                    "properties": {"city": {"type": "string"}}, "required": ["city"]},
                "orders": {"type": "array", "items": order},
                "else": {},
            },
            "required": ["name", "tags", "orders", "else"],
        });
        assert_eq!(convert_text(text), Ok(schema));
    }

    #[test]
    fn converts_wildcards_and_single_types() {
        let any =
            json!({"type": "object", "properties": {}, "additionalProperties": {"type": "number"}});
        assert_eq!(convert_text("(*): number"), Ok(any));
        assert_eq!(
            convert_text("string, a word"),
            Ok(json!({"type": "string", "description": "a word"}))
        );
    }

    #[test]
    fn passes_json_schema_through() {
        let written = json!({"type": "string", "minLength": 3});
        assert_eq!(convert_text("type: string\nminLength: 3"), Ok(written));
        let written = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        assert_eq!(convert_text("properties:\n  a: {type: string}"), Ok(written));
        assert!(
            convert_text("type: object\nproperties:\n  a: string")
                .unwrap_err()
                .contains("not valid JSON Schema")
        );
        assert!(
            convert_text("type: object\nproperties:\n  a: {$ref: 'http://x.example/y'}").is_err()
        );
    }

    #[test]
    fn refuses_schemas_that_take_too_long() {
        let mut text = "type: object\nallOf:\n  - $ref: '#/$defs/d0'\n$defs:\n".to_owned();
        for at in 0..40 {
            let next = format!("{{$ref: '#/$defs/d{}'}}", at + 1);
            text.push_str(&format!("  d{at}: {{allOf: [{next}, {next}]}}\n"));
        }
        text.push_str("  d40: {type: object}\n");
        let error = convert_text(&text).unwrap_err();
        assert!(error.contains("not valid JSON Schema: validating it would take"), "{error}");
    }

    #[test]
    fn reports_invalid_schemas_with_their_line() {
        let assert_error = |text: &str, message: &str| {
            let error = convert_text(text).unwrap_err();
            assert!(error.contains(message), "{error}");
        };
        assert_error("a: string\nb: Recipe", "2: unknown type `Recipe`");
        assert_error(
            "a: string[]",
            "1: unknown type `string[]`: write a list as `NAME(array): string`",
        );
        assert_error("a(list): string", "unknown kind `(list)`");
        assert_error("a(array: string", "`a(array` is not a valid property");
        assert_error("a: string\na?: string", "2: duplicate property `a`");
        assert_error("a(enum): warm", "the values of `a`");
        assert_error("a: 7", "a type or a map of properties");
        assert_error("'': string", "is not a valid property");
    }
}
