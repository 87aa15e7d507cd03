//! A document for a schema: not one that follows it in all respects, but one that makes
//! the validator go through most of it.

use serde_json::{Map, Value};

use super::matching;
use crate::documents::Documents;

/// Schemas that refer to themselves have no end.
const DEPTH_MAX: usize = 12;
/// Wide schemas take their time: this many values are enough for one document.
const VALUES_MAX: usize = 2000;
/// Items of an array, so that the next alternative has its turn as well.
const ITEMS: usize = 2;

pub(super) fn sample(schema: &Value, documents: &Documents, round: usize) -> Value {
    let mut sampler = Sampler { root: schema, documents, round, left: VALUES_MAX };
    sampler.value(schema, 0)
}

struct Sampler<'s> {
    root: &'s Value,
    documents: &'s Documents,
    round: usize,
    left: usize,
}

impl<'s> Sampler<'s> {
    fn value(&mut self, schema: &'s Value, depth: usize) -> Value {
        let Some(left) = self.left.checked_sub(1).filter(|_| depth < DEPTH_MAX) else {
            return Value::Null;
        };
        self.left = left;
        let mut parts = Vec::new();
        self.collect(schema, &mut parts);
        let keyword = |name: &str| parts.iter().find_map(|part| part.get(name));
        if let Some(value) = keyword("const").or_else(|| self.turn(keyword("enum")?)) {
            return value.clone();
        }
        match self.kind(&parts) {
            "object" => self.object(&parts, depth),
            "array" => self.array(&parts, depth),
            "string" => self.string(keyword("pattern")).into(),
            "number" | "integer" => keyword("minimum").cloned().unwrap_or(1.into()),
            "boolean" => true.into(),
            _ => Value::Null,
        }
    }

    /// The schema and those that apply beside it, alternatives in turn.
    fn collect(&self, schema: &'s Value, parts: &mut Vec<&'s Value>) {
        if parts.len() >= DEPTH_MAX {
            return;
        }
        parts.push(schema);
        let reference = schema.get("$ref").and_then(Value::as_str);
        let target = reference.and_then(|reference| self.resolve(reference));
        let all = schema.get("allOf").and_then(Value::as_array);
        let one = ["anyOf", "oneOf"].into_iter().filter_map(|name| self.turn(schema.get(name)?));
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

    /// One of a list, another one each round.
    fn turn(&self, list: &'s Value) -> Option<&'s Value> {
        let list = list.as_array()?;
        list.get(self.round % list.len().max(1))
    }

    fn kind(&self, parts: &[&'s Value]) -> &'s str {
        let named = parts.iter().find_map(|part| part.get("type"));
        let named = named.and_then(|named| self.turn(named).unwrap_or(named).as_str());
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

    fn object(&mut self, parts: &[&'s Value], depth: usize) -> Value {
        let mut object = Map::new();
        for part in parts {
            for (name, schema) in members(part, "properties") {
                object.insert(name.clone(), self.value(schema, depth + 1));
            }
            for (pattern, schema) in members(part, "patternProperties") {
                let name = matching::sample(pattern, self.round);
                object.insert(name, self.value(schema, depth + 1));
            }
        }
        object.into()
    }

    fn array(&mut self, parts: &[&'s Value], depth: usize) -> Value {
        let mut array = Vec::new();
        for part in parts {
            let tuple =
                ["prefixItems", "items"].into_iter().find_map(|name| part.get(name)?.as_array());
            for schema in tuple.into_iter().flatten() {
                array.push(self.value(schema, depth + 1));
            }
            for turn in 0..ITEMS {
                self.round += turn;
                array.extend(part.get("items").map(|schema| self.value(schema, depth + 1)));
                self.round -= turn;
            }
        }
        array.into()
    }

    fn string(&self, pattern: Option<&Value>) -> String {
        let pattern = pattern.and_then(Value::as_str);
        pattern.map_or_else(|| "a".into(), |pattern| matching::sample(pattern, self.round))
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
        sample(schema, &Documents::new(BTreeMap::new()), round)
    }

    #[test]
    fn every_part_of_a_schema_is_reached() {
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
    fn a_schema_without_an_end_comes_to_one() {
        let schema = json!({
            "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}, "c": {"items": {"$ref": "#"}}},
            "anyOf": [{"$ref": "#"}],
        });
        assert!(sampled(&schema, 0).is_object());
        assert_eq!(sampled(&json!(false), 0), json!("a"));
    }
}
