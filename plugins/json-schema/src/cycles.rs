//! Finds schemas that apply to a value only by applying themselves to the same value. The standard leaves open what
//! they mean, and the validator lets every value pass.

use std::collections::HashSet;

use jsonschema::Draft;
use referencing::{Resolved, Resolver, ResourceRef};
use serde_json::Value;

use crate::references::REFERENCE_KEYWORDS;

/// Keywords with one schema that applies to the same value.
const SINGLE: [&str; 4] = ["not", "if", "then", "else"];
/// Keywords with many.
const LISTS: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const BY_NAME: [&str; 2] = ["dependentSchemas", "dependencies"];

/// A schema to apply, and how its references are resolved.
struct Step<'r> {
    schema: &'r Value,
    resolver: Resolver<'r>,
    draft: Draft,
}

/// A step of the walk through all schemas that apply to one value.
enum Visit<'r> {
    Enter(Step<'r>),
    /// Every schema below has been visited.
    Leave(*const Value),
}

/// Returns whether a schema applies itself, or another one that does, to the value that it applies to.
pub(crate) fn leads_back(target: Resolved) -> bool {
    let (schema, resolver, draft) = target.into_inner();
    let (mut entered, mut left) = (HashSet::new(), HashSet::new());
    let mut visits = vec![Visit::Enter(Step { schema, resolver, draft })];
    while let Some(visit) = visits.pop() {
        match visit {
            Visit::Leave(schema) => drop(left.insert(schema)),
            Visit::Enter(step) => {
                let schema = std::ptr::from_ref(step.schema);
                if left.contains(&schema) {
                    continue;
                }
                if !entered.insert(schema) {
                    return true;
                }
                visits.push(Visit::Leave(schema));
                visits.extend(step.applied().into_iter().map(Visit::Enter));
            }
        }
    }
    false
}

impl<'r> Step<'r> {
    /// Returns the schemas that this one applies to the same value. References that cannot be resolved are refused
    /// elsewhere.
    fn applied(self) -> Vec<Self> {
        let Self { schema, resolver, draft } = self;
        let mut applied = Vec::new();
        for name in REFERENCE_KEYWORDS {
            let reference = schema.get(name).and_then(Value::as_str);
            if let Some(Ok(target)) = reference.map(|reference| resolver.lookup(reference)) {
                let (schema, resolver, draft) = target.into_inner();
                applied.push(Self { schema, resolver, draft });
            }
        }
        // Up to draft 7 a reference hides its neighbours.
        let is_alone = matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7);
        if is_alone && schema.get("$ref").is_some() {
            return applied;
        }
        let single = SINGLE.iter().filter_map(|name| schema.get(name));
        let lists = LISTS.iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
        let named = BY_NAME.iter().filter_map(|name| schema.get(name)?.as_object());
        for schema in single.chain(lists).chain(named.flat_map(|named| named.values())) {
            let draft = draft.detect(schema);
            if let Ok(resolver) = resolver.in_subresource(ResourceRef::new(schema, draft)) {
                applied.push(Self { schema, resolver, draft });
            }
        }
        applied
    }
}
