//! Generates documents from a schema. They need not be valid; they make the validator
//! execute most of the schema.

use serde_json::{Map, Value};

use super::matching;
use crate::documents::Documents;

/// Recursive schemas have no natural end.
const DEPTH_MAX: usize = 12;
/// Wide schemas take long, and this number of values is enough for one document.
const VALUES_MAX: usize = 2000;
/// With two items, an array tries the next alternative as well.
const ITEMS_PER_ARRAY: usize = 2;

pub(super) fn sample_document(schema: &Value, documents: &Documents, round: usize) -> Value {
    let mut sampler = DocumentSampler { root: schema, documents, round, values_left: VALUES_MAX };
    sampler.sample_value(schema, 0)
}

struct DocumentSampler<'s> {
    root: &'s Value,
    documents: &'s Documents,
    round: usize,
    values_left: usize,
}

impl<'s> DocumentSampler<'s> {
    fn sample_value(&mut self, schema: &'s Value, depth: usize) -> Value {
        let Some(left) = self.values_left.checked_sub(1).filter(|_| depth < DEPTH_MAX) else {
            return Value::Null;
        };
        self.values_left = left;
        let mut parts = Vec::new();
        self.collect(schema, &mut parts);
        let keyword = |name: &str| parts.iter().find_map(|part| part.get(name));
        if let Some(value) = keyword("const").or_else(|| self.pick(keyword("enum")?)) {
            return value.clone();
        }
        match self.guess_type(&parts) {
            "object" => self.sample_object(&parts, depth),
            "array" => self.sample_array(&parts, depth),
            "string" => self.sample_string(keyword("pattern")).into(),
            "number" | "integer" => keyword("minimum").cloned().unwrap_or(1.into()),
            "boolean" => true.into(),
            _ => Value::Null,
        }
    }

    /// Collects the schema and all that apply together with it. Of alternatives, one is
    /// chosen per round.
    fn collect(&self, schema: &'s Value, parts: &mut Vec<&'s Value>) {
        if parts.len() >= DEPTH_MAX {
            return;
        }
        parts.push(schema);
        let reference = schema.get("$ref").and_then(Value::as_str);
        let target = reference.and_then(|reference| self.resolve(reference));
        let all = schema.get("allOf").and_then(Value::as_array);
        let one = ["anyOf", "oneOf"].into_iter().filter_map(|name| self.pick(schema.get(name)?));
        let rest = ["if", "then", "else"].into_iter().filter_map(|name| schema.get(name));
        for part in target.into_iter().chain(all.into_iter().flatten()).chain(one).chain(rest) {
            self.collect(part, parts);
        }
    }

    fn resolve(&self, reference: &str) -> Option<&'s Value> {
        let (uri, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let document = if uri.is_empty() { self.root } else { self.documents.get(uri)?.1 };
        document.pointer(pointer)
    }

    /// Returns an element of a list, a different one each round.
    fn pick(&self, list: &'s Value) -> Option<&'s Value> {
        let list = list.as_array()?;
        list.get(self.round % list.len().max(1))
    }

    fn guess_type(&self, parts: &[&'s Value]) -> &'s str {
        let named = parts.iter().find_map(|part| part.get("type"));
        let named = named.and_then(|named| self.pick(named).unwrap_or(named).as_str());
        let has = |names: &[&str]| {
            parts.iter().any(|part| names.iter().any(|name| part.get(name).is_some()))
        };
        match named {
            Some(named) => named,
            None if has(&["properties", "patternProperties", "required"]) => "object",
            None if has(&["items", "prefixItems"]) => "array",
            None => "string",
        }
    }

    fn sample_object(&mut self, parts: &[&'s Value], depth: usize) -> Value {
        let mut object = Map::new();
        for part in parts {
            for (name, schema) in members(part, "properties") {
                object.insert(name.clone(), self.sample_value(schema, depth + 1));
            }
            for (pattern, schema) in members(part, "patternProperties") {
                let name = matching::sample_match(pattern, self.round);
                object.insert(name, self.sample_value(schema, depth + 1));
            }
        }
        object.into()
    }

    fn sample_array(&mut self, parts: &[&'s Value], depth: usize) -> Value {
        let mut array = Vec::new();
        for part in parts {
            let tuple =
                ["prefixItems", "items"].into_iter().find_map(|name| part.get(name)?.as_array());
            for schema in tuple.into_iter().flatten() {
                array.push(self.sample_value(schema, depth + 1));
            }
            for turn in 0..ITEMS_PER_ARRAY {
                self.round += turn;
                array.extend(part.get("items").map(|schema| self.sample_value(schema, depth + 1)));
                self.round -= turn;
            }
        }
        array.into()
    }

    fn sample_string(&self, pattern: Option<&Value>) -> String {
        let pattern = pattern.and_then(Value::as_str);
        pattern.map_or_else(|| "a".into(), |pattern| matching::sample_match(pattern, self.round))
    }
}

fn members<'s>(schema: &'s Value, name: &str) -> impl Iterator<Item = (&'s String, &'s Value)> {
    schema.get(name).and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn sampled(schema: &Value, round: usize) -> Value {
        sample_document(schema, &Documents::new(BTreeMap::new()), round)
    }

    #[test]
    fn reaches_every_part_of_a_schema() {
        let schema = json!({
            "properties": {
                "id": {"type": "string", "pattern": "^mail-[0-9]{4}$"},
                "items": {"items": {"oneOf": [{"$ref": "#/$defs/a"}, {"type": "boolean"}]}},
            },
            "allOf": [{"properties": {"tone": {"enum": ["x", "y"]}}}],
            "patternProperties": {"^x-": {"const": 7}},
            "$defs": {"a": {"type": ["integer", "null"]}},
        });
        let first = json!({"id": "mail-0000", "items": [1, true], "tone": "x", "x-": 7});
        assert_eq!(sampled(&schema, 0), first);
        assert_eq!(sampled(&schema, 1)["tone"], "y");
        assert_eq!(sampled(&schema, 1)["items"], json!([true, 1]));
    }

    #[test]
    fn ends_for_recursive_schemas() {
        let schema = json!({
            "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}, "c": {"items": {"$ref": "#"}}},
            "anyOf": [{"$ref": "#"}],
        });
        assert!(sampled(&schema, 0).is_object());
        assert_eq!(sampled(&json!(false), 0), json!("a"));
    }
}
