//! Picoschema, dotprompt's short way to write a JSON Schema.
//!
//! `name?: string, what it is` is an optional text; `tags(array): string` a list;
//! `tone(enum): [warm, plain]` a choice; `(*): any` whatever else there is. A schema that says
//! `type` or `properties` on top is JSON Schema already.

use serde_json::{Map, Value, json};

use super::yaml::{Key, Node, Yaml};

const SCALARS: [&str; 6] = ["any", "boolean", "integer", "null", "number", "string"];
const WILDCARD: &str = "(*)";

/// Why something is no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaProblem {
    /// A type has another name.
    #[error(
        "`{0}` is no type: there are any, boolean, integer, null, number and string; a schema \
         that is defined elsewhere has to be written out here"
    )]
    UnknownType(String),
    /// A list is written as in TypeScript.
    #[error("`{0}` is no type: a list is written `NAME(array): {item}`", item = .0.trim_end_matches("[]"))]
    BracketList(String),
    /// A property says an unknown kind in parentheses.
    #[error("`({0})` is not known: there are `(array)`, `(object)` and `(enum)`")]
    UnknownKind(String),
    /// A property is not written as one.
    #[error("`{0}` is no property: write `NAME`, `NAME?` or `NAME(array, what it is)`")]
    Property(String),
    /// A property stands there twice.
    #[error("the property `{0}` stands here twice: take one away")]
    Twice(String),
    /// An enumeration is no list.
    #[error("the values of `{0}` have to be a list: `[one, another]`")]
    Enum(String),
    /// It is neither a type nor properties.
    #[error("a schema is a type or properties")]
    Neither,
    /// JSON Schema that is none.
    #[error("not JSON Schema: {0}")]
    JsonSchema(String),
}

type Wrong = (usize, SchemaProblem);

/// The JSON Schema that something in a front matter means.
pub(super) fn schema(node: &Node) -> Result<Value, Wrong> {
    let schema = match &node.value {
        Yaml::Map(_) if is_json_schema(node) => node.to_json(),
        Yaml::Map(_) if node.get("properties").is_some_and(|all| all.as_map().is_some()) => {
            let mut schema = node.to_json();
            if let Value::Object(members) = &mut schema {
                members.insert("type".into(), "object".into());
            }
            schema
        }
        _ => pico(node)?,
    };
    compile(&schema).map_err(|reason| (node.line, SchemaProblem::JsonSchema(reason)))?;
    Ok(schema)
}

/// What checks values against a schema. Patterns are matched in linear time, and nothing
/// is fetched.
pub(super) fn compile(schema: &Value) -> Result<jsonschema::Validator, String> {
    jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .map_err(|error| error.to_string())
}

fn is_json_schema(node: &Node) -> bool {
    let is_type = |node: &Node| {
        let name = node.as_text();
        name.is_some_and(|name| SCALARS.contains(&name) || ["object", "array"].contains(&name))
    };
    node.get("type").is_some_and(|member| match &member.value {
        Yaml::List(types) => types.iter().all(is_type),
        _ => is_type(member),
    })
}

fn pico(node: &Node) -> Result<Value, Wrong> {
    match &node.value {
        Yaml::Scalar(Value::String(text)) => scalar(text).map_err(|problem| (node.line, problem)),
        Yaml::Map(members) => object(members),
        _ => Err((node.line, SchemaProblem::Neither)),
    }
}

/// `string, what it is`
fn scalar(text: &str) -> Result<Value, SchemaProblem> {
    let (name, description) = described(text);
    let mut schema = match name {
        "any" => json!({}),
        name if SCALARS.contains(&name) => json!({"type": name}),
        name if name.ends_with("[]") => return Err(SchemaProblem::BracketList(name.into())),
        name => return Err(SchemaProblem::UnknownType(name.into())),
    };
    describe(&mut schema, description);
    Ok(schema)
}

fn object(members: &[(Key, Node)]) -> Result<Value, Wrong> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut others = Value::Bool(false);
    for (key, node) in members {
        if key.text == WILDCARD {
            others = pico(node)?;
            continue;
        }
        let property = property(&key.text).map_err(|problem| (key.line, problem))?;
        if !property.optional {
            required.push(property.name);
        }
        let schema = property.schema(key.line, node)?;
        if properties.insert(property.name.into(), schema).is_some() {
            return Err((key.line, SchemaProblem::Twice(property.name.into())));
        }
    }
    let mut schema =
        json!({"type": "object", "properties": properties, "additionalProperties": others});
    if let (Value::Object(schema), false) = (&mut schema, required.is_empty()) {
        schema.insert("required".into(), json!(required));
    }
    Ok(schema)
}

/// `name?(kind, description)`
pub(super) struct Property<'s> {
    pub name: &'s str,
    optional: bool,
    kind: Option<&'s str>,
    description: Option<&'s str>,
}

pub(super) fn property(key: &str) -> Result<Property<'_>, SchemaProblem> {
    let wrong = || SchemaProblem::Property(key.into());
    let (name, kind) = match key.split_once('(') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(wrong)?)),
        None => (key, None),
    };
    let (name, optional) = match name.strip_suffix('?') {
        Some(name) => (name, true),
        None => (name, false),
    };
    if name.is_empty() || name.contains(char::is_whitespace) {
        return Err(wrong());
    }
    let (kind, description) = kind.map_or((None, None), |kind| {
        let (kind, description) = described(kind);
        (Some(kind), description)
    });
    Ok(Property { name, optional, kind, description })
}

impl Property<'_> {
    fn schema(&self, line: usize, node: &Node) -> Result<Value, Wrong> {
        let mut schema = match self.kind {
            None => pico(node)?,
            Some("array") => json!({"type": "array", "items": pico(node)?}),
            Some("object") if node.as_map().is_some() => pico(node)?,
            Some("object") => return Err((node.line, SchemaProblem::Neither)),
            Some("enum") => match node.to_json() {
                Value::Array(values) => json!({"enum": values}),
                _ => return Err((node.line, SchemaProblem::Enum(self.name.into()))),
            },
            Some(kind) => return Err((line, SchemaProblem::UnknownKind(kind.into()))),
        };
        if self.optional {
            or_null(&mut schema);
        }
        describe(&mut schema, self.description);
        Ok(schema)
    }
}

/// What may be left away may be `null` as well.
fn or_null(schema: &mut Value) {
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

fn describe(schema: &mut Value, description: Option<&str>) {
    if let (Value::Object(members), Some(description)) = (schema, description) {
        members.insert("description".into(), description.into());
    }
}

/// A type, and what stands behind the first comma.
fn described(text: &str) -> (&str, Option<&str>) {
    match text.split_once(',') {
        Some((name, description)) => (name.trim(), Some(description.trim_start())),
        None => (text.trim(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Part;
    use super::super::yaml;
    use super::*;

    fn of(text: &str) -> Result<Value, String> {
        let node = yaml::read(Part { text, line: 1 }).unwrap().unwrap();
        schema(&node).map_err(|(line, problem)| format!("{line}: {problem}"))
    }

    #[test]
    fn scalars_lists_choices_and_objects() {
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
        assert_eq!(of(text), Ok(schema));
    }

    #[test]
    fn wildcards_and_single_types() {
        let any =
            json!({"type": "object", "properties": {}, "additionalProperties": {"type": "number"}});
        assert_eq!(of("(*): number"), Ok(any));
        assert_eq!(of("string, a word"), Ok(json!({"type": "string", "description": "a word"})));
    }

    #[test]
    fn json_schema_is_passed_through() {
        let written = json!({"type": "string", "minLength": 3});
        assert_eq!(of("type: string\nminLength: 3"), Ok(written));
        let written = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        assert_eq!(of("properties:\n  a: {type: string}"), Ok(written));
        assert!(
            of("type: object\nproperties:\n  a: string").unwrap_err().contains("not JSON Schema")
        );
        assert!(of("type: object\nproperties:\n  a: {$ref: 'http://x.example/y'}").is_err());
    }

    #[test]
    fn what_is_no_schema_is_named_with_its_line() {
        let wrong = |text: &str, words: &str| {
            let message = of(text).unwrap_err();
            assert!(message.contains(words), "{message}");
        };
        wrong("a: string\nb: Recipe", "2: `Recipe` is no type");
        wrong("a: string[]", "1: `string[]` is no type: a list is written `NAME(array): string`");
        wrong("a(list): string", "`(list)` is not known");
        wrong("a(array: string", "`a(array` is no property");
        wrong("a: string\na?: string", "2: the property `a` stands here twice");
        wrong("a(enum): warm", "the values of `a`");
        wrong("a: 7", "a type or properties");
        wrong("'': string", "is no property");
    }
}
