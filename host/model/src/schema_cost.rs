//! The cost of validating a value against a JSON Schema.
//!
//! A schema of a few kilobytes can take longer than anybody waits: forty definitions that each refer
//! twice to the next are visited 2^40 times. Schemas come with contracts and prompts, whose authors
//! are not always trusted, so the visits are counted first. Counting walks as validation does but
//! compares nothing, and stops at the limit.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Visits to parts of a schema that one validation may take, which is less than a second. A list of a
/// million entries takes some two million.
const STEPS_MAX: u64 = 4_000_000;
/// Depth of schemas within schemas, following references. Validation recurses once or more per level.
const DEPTH_MAX: usize = 200;
/// Letters that count as one step, because looking at a letter takes less time than a visit.
const LETTERS_PER_STEP: usize = 8;

/// Validating a value against a schema would take too long, or it is unknown how long.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaCostError {
    #[error("validating it would take more than {STEPS_MAX} steps")]
    TooManySteps,
    /// Schemas are nested too deep, or refer to themselves for the same value.
    #[error("its schemas are nested more than {DEPTH_MAX} deep")]
    TooDeep,
    /// It refers to a schema by something other than a place in the same document.
    #[error("the reference `{0}` cannot be followed: write `#` and the path of a schema")]
    UnsupportedReference(String),
    /// A schema within it has an identifier, which changes the meaning of references.
    #[error("a schema within it has the identifier `{0}`: remove it")]
    NestedIdentifier(String),
}

/// Returns the number of steps that validating `value` takes at most, or fails if there are too many.
pub fn count_schema_steps(schema: &Value, value: &Value) -> Result<u64, SchemaCostError> {
    let mut counter = StepCounter { root: schema, steps: 0, targets: HashMap::new() };
    counter.visit(schema, value, 0)?;
    Ok(counter.steps)
}

struct StepCounter<'s> {
    root: &'s Value,
    steps: u64,
    /// Schemas that references name, as far as they were followed.
    targets: HashMap<&'s str, &'s Value>,
}

impl<'s> StepCounter<'s> {
    fn take(&mut self, steps: usize) -> Result<(), SchemaCostError> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps > STEPS_MAX { Err(SchemaCostError::TooManySteps) } else { Ok(()) }
    }

    /// Counts the steps of validating a value against a schema.
    fn visit(
        &mut self,
        schema: &'s Value,
        value: &Value,
        depth: usize,
    ) -> Result<(), SchemaCostError> {
        self.take(1)?;
        let Value::Object(keywords) = schema else { return Ok(()) };
        if depth > DEPTH_MAX {
            return Err(SchemaCostError::TooDeep);
        }
        self.check_identifier(schema)?;
        self.take_assertions(keywords, value)?;
        self.visit_same_value(keywords, value, depth)?;
        // Finding out what is evaluated visits the schemas for the same value again, each with its own.
        if keywords.contains_key("unevaluatedProperties")
            || keywords.contains_key("unevaluatedItems")
        {
            self.visit_evaluated(keywords, value, depth)?;
        }
        match value {
            Value::Object(members) => self.visit_members(keywords, members, depth),
            Value::Array(items) => self.visit_items(keywords, items, depth),
            _ => Ok(()),
        }
    }

    /// Counts what is compared without another schema: what a keyword lists, and the letters or items of
    /// the value where a keyword looks at each.
    fn take_assertions(
        &mut self,
        keywords: &Map<String, Value>,
        value: &Value,
    ) -> Result<(), SchemaCostError> {
        for (keyword, written) in keywords {
            match keyword.as_str() {
                "enum" | "const" => self.take_size(written)?,
                "pattern" | "format" | "maxLength" | "minLength" => {
                    self.take(value.as_str().map_or(0, str::len) / LETTERS_PER_STEP)?;
                }
                "uniqueItems" => self.take_size(value)?,
                "required" | "properties" | "patternProperties" | "dependentRequired" => {
                    self.take(match written {
                        Value::Array(items) => items.len(),
                        Value::Object(members) => members.len(),
                        _ => 0,
                    })?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn take_size(&mut self, value: &Value) -> Result<(), SchemaCostError> {
        self.take(1)?;
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.take_size(item)),
            Value::Object(members) => {
                members.values().try_for_each(|member| self.take_size(member))
            }
            _ => Ok(()),
        }
    }

    fn visit_same_value(
        &mut self,
        keywords: &'s Map<String, Value>,
        value: &Value,
        depth: usize,
    ) -> Result<(), SchemaCostError> {
        self.same_value_schemas(keywords)?
            .into_iter()
            .try_for_each(|schema| self.visit(schema, value, depth + 1))
    }

    /// Counts the steps of finding out which members and items the schemas for the same value evaluate.
    fn visit_evaluated(
        &mut self,
        keywords: &'s Map<String, Value>,
        value: &Value,
        depth: usize,
    ) -> Result<(), SchemaCostError> {
        if depth > DEPTH_MAX {
            return Err(SchemaCostError::TooDeep);
        }
        for schema in self.same_value_schemas(keywords)? {
            self.visit(schema, value, depth + 1)?;
            if let Value::Object(keywords) = schema {
                self.visit_evaluated(keywords, value, depth + 1)?;
            }
        }
        Ok(())
    }

    fn same_value_schemas(
        &mut self,
        keywords: &'s Map<String, Value>,
    ) -> Result<Vec<&'s Value>, SchemaCostError> {
        let mut schemas = Vec::new();
        for (keyword, written) in keywords {
            match keyword.as_str() {
                "allOf" | "anyOf" | "oneOf" | "not" | "if" | "then" | "else" => match written {
                    Value::Array(list) => schemas.extend(list),
                    schema => schemas.push(schema),
                },
                "dependentSchemas" | "dependencies" => {
                    schemas.extend(written.as_object().into_iter().flat_map(Map::values));
                }
                // Their meaning depends on how the schema was reached.
                "$dynamicRef" | "$recursiveRef" => {
                    return Err(SchemaCostError::UnsupportedReference(written.to_string()));
                }
                "$ref" => {
                    let target = self.resolve(written.as_str().unwrap_or_default())?;
                    // A schema that refers to itself says nothing more.
                    let itself = target.as_object().is_some_and(|to| std::ptr::eq(to, keywords));
                    schemas.extend((!itself).then_some(target));
                }
                _ => {}
            }
        }
        Ok(schemas)
    }

    fn visit_members(
        &mut self,
        keywords: &'s Map<String, Value>,
        members: &Map<String, Value>,
        depth: usize,
    ) -> Result<(), SchemaCostError> {
        for (keyword, written) in keywords {
            match keyword.as_str() {
                "properties" => {
                    for (name, schema) in written.as_object().into_iter().flatten() {
                        if let Some(member) = members.get(name) {
                            self.visit(schema, member, depth + 1)?;
                        }
                    }
                }
                "patternProperties" => {
                    for schema in written.as_object().into_iter().flat_map(Map::values) {
                        self.visit_each(schema, members.values(), depth)?;
                    }
                }
                "additionalProperties" | "unevaluatedProperties" => {
                    self.visit_each(written, members.values(), depth)?;
                }
                "propertyNames" => {
                    // Of a name only its length matters here.
                    members.keys().try_for_each(|name| {
                        self.take(name.len() / LETTERS_PER_STEP)?;
                        self.visit(written, &Value::Null, depth + 1)
                    })?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn visit_each<'v>(
        &mut self,
        schema: &'s Value,
        mut values: impl Iterator<Item = &'v Value>,
        depth: usize,
    ) -> Result<(), SchemaCostError> {
        values.try_for_each(|value| self.visit(schema, value, depth + 1))
    }

    fn visit_items(
        &mut self,
        keywords: &'s Map<String, Value>,
        items: &[Value],
        depth: usize,
    ) -> Result<(), SchemaCostError> {
        for (keyword, written) in keywords {
            match (keyword.as_str(), written) {
                // `items` is a list of schemas in older drafts.
                ("prefixItems" | "items", Value::Array(schemas)) => {
                    for (schema, item) in schemas.iter().zip(items) {
                        self.visit(schema, item, depth + 1)?;
                    }
                }
                ("items" | "additionalItems" | "unevaluatedItems" | "contains", schema) => {
                    self.visit_each(schema, items.iter(), depth)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns the schema that a reference into this document names.
    fn resolve(&mut self, reference: &'s str) -> Result<&'s Value, SchemaCostError> {
        if let Some(target) = self.targets.get(reference) {
            return Ok(target);
        }
        let target = self.find_target(reference)?;
        self.targets.insert(reference, target);
        Ok(target)
    }

    fn find_target(&self, reference: &str) -> Result<&'s Value, SchemaCostError> {
        let unsupported = || SchemaCostError::UnsupportedReference(reference.to_owned());
        let identifier = identifier(self.root).unwrap_or_default().trim_end_matches('#');
        let fragment = match reference.strip_prefix(identifier).unwrap_or(reference) {
            "" => "",
            rest => rest.strip_prefix('#').ok_or_else(unsupported)?,
        };
        let pointer = decode_percent(fragment).ok_or_else(unsupported)?;
        let mut schema = self.root;
        for step in pointer.split('/').skip(1) {
            if !std::ptr::eq(schema, self.root) {
                self.check_identifier(schema)?;
            }
            let step = step.replace("~1", "/").replace("~0", "~");
            let next = match schema {
                Value::Object(members) => members.get(&step),
                Value::Array(items) => step.parse().ok().and_then(|at: usize| items.get(at)),
                _ => None,
            };
            schema = next.ok_or_else(unsupported)?;
        }
        if pointer.is_empty() || pointer.starts_with('/') { Ok(schema) } else { Err(unsupported()) }
    }

    fn check_identifier(&self, schema: &Value) -> Result<(), SchemaCostError> {
        match identifier(schema) {
            Some(nested) if !std::ptr::eq(schema, self.root) => {
                Err(SchemaCostError::NestedIdentifier(nested.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// Returns the identifier of a schema, which old drafts write as `id`.
fn identifier(schema: &Value) -> Option<&str> {
    schema.get("$id").or_else(|| schema.get("id")).and_then(Value::as_str)
}

/// Decodes `%41` to `A`.
fn decode_percent(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, after) = rest.split_first_chunk::<2>()?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A chain of definitions of which each refers to the next in this way.
    fn chain(length: usize, link: impl Fn(Value) -> Value) -> Value {
        let name = |at: usize| json!({"$ref": format!("#/$defs/d{at}")});
        let mut definitions: Map<String, Value> =
            (0..length).map(|at| (format!("d{at}"), link(name(at + 1)))).collect();
        definitions.insert(format!("d{length}"), json!({"type": "string"}));
        json!({"$ref": "#/$defs/d0", "$defs": definitions})
    }

    #[test]
    fn refuses_schemas_that_double() {
        let doubled = |keyword: &'static str| chain(40, move |next| json!({keyword: [next, next]}));
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let counted = count_schema_steps(&doubled(keyword), &json!("a"));
            assert_eq!(counted, Err(SchemaCostError::TooManySteps), "{keyword}");
        }
        let branches = chain(40, |next| json!({"if": next, "then": next, "else": next}));
        assert_eq!(count_schema_steps(&branches, &json!(1)), Err(SchemaCostError::TooManySteps));
        let members = chain(
            40,
            |next| json!({"additionalProperties": next, "patternProperties": {"": next}}),
        );
        let nested = (0..40).fold(json!("a"), |inner, _| json!({"a": inner}));
        assert_eq!(count_schema_steps(&members, &nested), Err(SchemaCostError::TooManySteps));
        assert!(count_schema_steps(&members, &json!("a")).is_ok());
        let unevaluated =
            chain(40, |next| json!({"allOf": [next], "unevaluatedProperties": false}));
        assert_eq!(
            count_schema_steps(&unevaluated, &json!({})),
            Err(SchemaCostError::TooManySteps)
        );
    }

    #[test]
    fn refuses_schemas_that_recurse_on_the_same_value() {
        let schema = json!({"anyOf": [{"$ref": "#"}, {"type": "string"}]});
        assert_eq!(count_schema_steps(&schema, &json!("a")), Err(SchemaCostError::TooDeep));
        let long = chain(DEPTH_MAX, |next| next);
        assert_eq!(count_schema_steps(&long, &json!("a")), Err(SchemaCostError::TooDeep));
        // The doubling happens where the value is nested.
        let schema = json!({"properties": {"a": {"allOf": [{"$ref": "#"}, {"$ref": "#"}]}}});
        let nested = (0..60).fold(json!({}), |inner, _| json!({"a": inner}));
        assert_eq!(count_schema_steps(&schema, &nested), Err(SchemaCostError::TooManySteps));
    }

    #[test]
    fn counts_what_assertions_compare() {
        let choices: Vec<u32> = (0..10_000).collect();
        let schema = json!({"items": {"enum": choices}});
        let value = json!(vec![0; 10_000]);
        assert_eq!(count_schema_steps(&schema, &value), Err(SchemaCostError::TooManySteps));
        let schema = json!({"allOf": vec![json!({"uniqueItems": true}); 2_000]});
        assert_eq!(count_schema_steps(&schema, &value), Err(SchemaCostError::TooManySteps));
    }

    #[test]
    fn accepts_recursive_schemas_and_long_lists() {
        let tree = json!({
            "$id": "https://example.com/tree",
            "properties": {"children": {"items": {"$ref": "https://example.com/tree#"}}},
        });
        let nested = (0..40).fold(json!({}), |inner, _| json!({"children": [inner, {}]}));
        assert!(count_schema_steps(&tree, &nested).unwrap() < 1_000);
        let terms =
            json!({"items": {"$ref": "#/$defs/a~1b%20c"}, "$defs": {"a/b c": {"type": "string"}}});
        let value = json!(vec!["term"; 100_000]);
        assert!(count_schema_steps(&terms, &value).unwrap() < 1_000_000);
        assert!(count_schema_steps(&json!({"$ref": "#"}), &json!(1)).is_ok());
        assert!(count_schema_steps(&json!(true), &json!(1)).is_ok());
    }

    #[test]
    fn refuses_references_that_it_cannot_follow() {
        let refusal =
            |schema: Value| count_schema_steps(&schema, &json!({"a": 1})).unwrap_err().to_string();
        let named =
            |reference: &str| refusal(json!({"$ref": reference, "$defs": {"a": {"$anchor": "b"}}}));
        for reference in
            ["#b", "#/$defs/c", "other.json", "https://json-schema.org/draft-07/schema#"]
        {
            assert!(named(reference).contains(reference), "{reference}");
        }
        assert!(refusal(json!({"$dynamicRef": "#a"})).contains("`\"#a\"`"));
        let nested = json!({"allOf": [{"$id": "inner", "$ref": "#/$defs/a"}]});
        assert!(refusal(nested).contains("`inner`"));
        let crossing =
            json!({"$ref": "#/$defs/a/not", "$defs": {"a": {"$id": "inner", "not": {}}}});
        assert!(refusal(crossing).contains("`inner`"));
        // A property may have any name.
        let named = json!({"properties": {"$id": {"type": "string"}, "id": {}, "$ref": {}}});
        assert!(count_schema_steps(&named, &json!({"id": "a", "$ref": 1})).is_ok());
    }
}
