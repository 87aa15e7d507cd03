//! Checks a configuration against the schema in a contract's manifest.
//!
//! The schema comes with the component and may be hostile: patterns match in linear time, no
//! reference is fetched, and the steps are counted before they are taken.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::count_schema_steps;

use crate::config::Config;
use crate::engine::LoadError;

/// Number of mismatches that are reported: enough to work on before the next run.
const MISMATCHES_MAX: usize = 100;
/// Length of a reason up to which it repeats the wrong value. A long value would hide what is wrong with it.
const REASON_BYTES_MAX: usize = 1_000;
/// Number of steps up to which mismatches are listed. Each step may end in one, which takes a
/// kilobyte; in a longer validation, mismatches are only counted as one.
const LISTED_STEPS_MAX: u64 = 200_000;
/// Size limit of a compiled pattern. Matching takes time in proportion to it.
const PATTERN_BYTES_MAX: usize = 1 << 20;

/// One way in which a configuration does not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigMismatch {
    /// JSON Pointer (RFC 6901) into the configuration.
    pub pointer: String,
    pub reason: String,
}

pub(crate) fn format_mismatches(mismatches: &[ConfigMismatch]) -> String {
    let line = |mismatch: &ConfigMismatch| match mismatch.pointer.as_str() {
        "" => format!(": {}", mismatch.reason),
        pointer => format!("\n  at `{pointer}`: {}", mismatch.reason),
    };
    mismatches.iter().map(line).collect()
}

/// A schema that no configuration can be checked against.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UnusableSchemaError(String);

/// Fails if the schema is not a JSON Schema, or if checking even an empty configuration would take too long.
pub fn check_config_schema(schema: &Value) -> Result<(), UnusableSchemaError> {
    count_schema_steps(schema, &Value::Object(Map::new()))
        .map_err(|error| UnusableSchemaError(error.to_string()))?;
    compile_schema(schema).map(drop)
}

fn compile_schema(schema: &Value) -> Result<jsonschema::Validator, UnusableSchemaError> {
    let patterns = jsonschema::PatternOptions::regex()
        .size_limit(PATTERN_BYTES_MAX)
        .dfa_size_limit(PATTERN_BYTES_MAX);
    let options = jsonschema::options().with_pattern_options(patterns);
    options.build(schema).map_err(|error| {
        let reason = describe_error(&error);
        UnusableSchemaError(match error.instance_path().to_string().as_str() {
            "" => reason,
            pointer => format!("at `{pointer}`: {reason}"),
        })
    })
}

/// Fails if the configuration does not fit the schema, or if that cannot be found out in time.
pub(crate) fn check_config(schema: &Value, config: &Config) -> Result<(), LoadError> {
    let invalid = |reason: String| LoadError::InvalidSchema(reason);
    let steps =
        count_schema_steps(schema, config.value()).map_err(|error| invalid(error.to_string()))?;
    let validator = compile_schema(schema).map_err(|error| invalid(error.to_string()))?;
    if validator.is_valid(config.value()) {
        return Ok(());
    }
    if steps > LISTED_STEPS_MAX {
        let reason = "it is too large to say where".to_owned();
        return Err(LoadError::InvalidConfig(vec![ConfigMismatch {
            pointer: String::new(),
            reason,
        }]));
    }
    let mismatch = |error: jsonschema::ValidationError<'_>| ConfigMismatch {
        pointer: error.instance_path().to_string(),
        reason: describe_error(&error),
    };
    let mismatches = validator.iter_errors(config.value()).map(mismatch).take(MISMATCHES_MAX);
    Err(LoadError::InvalidConfig(mismatches.collect()))
}

fn describe_error(error: &jsonschema::ValidationError<'_>) -> String {
    let mut reason = error.to_string();
    if reason.len() > REASON_BYTES_MAX {
        reason = error.masked_with("the value").to_string();
    }
    if reason.len() > REASON_BYTES_MAX {
        reason.truncate(reason.floor_char_boundary(REASON_BYTES_MAX));
        reason.push('…');
    }
    reason
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refuses_a_schema_that_is_none() {
        for schema in [json!({"type": "object"}), json!({}), json!(true)] {
            check_config_schema(&schema).unwrap();
        }
        let error = |schema: Value| check_config_schema(&schema).unwrap_err().to_string();
        let nested = error(json!({"properties": {"terms": {"type": "objct"}}}));
        assert!(nested.starts_with("at `/properties/terms/type`: "), "{nested}");
        assert!(nested.contains("objct"), "{nested}");
        assert!(!error(json!({"pattern": "("})).is_empty());
        assert!(!error(json!("object")).is_empty());
    }

    #[test]
    fn a_long_value_does_not_hide_what_is_wrong_with_it() {
        let schema = json!({"properties": {"terms": {"maxItems": 2}}});
        let reason = |words: Value| {
            let config = Config::from_resolved(json!({"terms": words})).unwrap();
            match check_config(&schema, &config) {
                Err(LoadError::InvalidConfig(mismatches)) => mismatches[0].reason.clone(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(reason(json!(["a", "b", "c"])), r#"["a","b","c"] has more than 2 items"#);
        let long = reason(json!(vec!["word"; 1_000]));
        assert_eq!(long, "the value has more than 2 items");
    }
}
