//! Input variables of a prompt: their declaration, defaults, and validation of given values.

use std::collections::BTreeSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::{Map, Value};
use tollgate_model::{TextFile, TextFileError, TextSpan, count_schema_steps};

use super::error::{PromptErrorKind, error_in, list_names};
use super::limits::{ERRORS_MAX, LISTED_STEPS_MAX};
use super::picoschema;
use super::render::RenderError;
use super::text::PromptText;
use super::yaml::YamlNode;

/// Declared input of a prompt. The default value declares no variables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PromptInput {
    /// JSON Schema of the object of all variables; `None` if the prompt takes no variables.
    pub schema: Option<Value>,
    /// Values of variables that the caller does not pass.
    pub defaults: Map<String, Value>,
    /// Declared variables, in the order of the file.
    pub variables: Vec<PromptVariable>,
    /// Place of the schema.
    span: Option<TextSpan>,
}

/// A declared input variable.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptVariable {
    pub name: String,
    /// Line of the declaration.
    pub line: usize,
    span: TextSpan,
    /// Whether the schema requires it, regardless of defaults.
    pub required: bool,
    pub schema: Value,
}

/// Keywords with which an object schema may admit members that are not in `properties`.
const COMBINING_KEYWORDS: [&str; 7] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
];

impl PromptInput {
    /// Creates the input from a JSON Schema and the YAML node that it was written as.
    pub(super) fn new(mut schema: Value, node: &YamlNode, file: &TextFile) -> Self {
        forbid_undeclared(&mut schema);
        let required: BTreeSet<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let variable = |(name, span): (String, TextSpan)| {
            let schema_of_variable = schema.get("properties")?.get(&name)?.clone();
            let required = required.contains(name.as_str());
            let line = file.line_at(span.start);
            Some(PromptVariable { name, line, span, required, schema: schema_of_variable })
        };
        let variables = declared_names(node).into_iter().filter_map(variable).collect();
        Self { schema: Some(schema), variables, span: Some(node.span), ..Self::default() }
    }

    pub fn variable(&self, name: &str) -> Option<&PromptVariable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// Returns whether callers must pass a variable: it is required and has no default.
    pub fn must_be_given(&self, variable: &PromptVariable) -> bool {
        variable.required && !self.defaults.contains_key(&variable.name)
    }

    /// Returns the names of defaults that do not match the schema, each with its error.
    pub(super) fn invalid_defaults(&self) -> Vec<(String, PromptErrorKind)> {
        let defaults = Value::Object(self.defaults.clone());
        let mut errors = Vec::new();
        for mismatch in self.mismatches(&defaults) {
            if errors.len() == ERRORS_MAX {
                break;
            }
            match mismatch {
                // Defaults need not cover every variable.
                VariableMismatch::Missing(path) if self.variable(&path).is_some() => {}
                VariableMismatch::Unknown(name) => {
                    let error = RenderError::DefaultOfUndeclared(name.clone());
                    errors.push((name, error.into()));
                }
                VariableMismatch::Missing(path) => {
                    let reason = format!("`{path}` is missing");
                    errors.push(invalid_default(&path, reason));
                }
                VariableMismatch::Invalid(path, reason) => {
                    errors.push(invalid_default(&path, reason))
                }
            }
        }
        errors
    }

    /// Adds defaults to the given variables and validates the result.
    pub(super) fn fill_defaults(
        &self,
        text: &PromptText,
        given: &Value,
    ) -> Result<Value, Vec<TextFileError>> {
        let filled = match given {
            Value::Object(members) => {
                let mut all = self.defaults.clone();
                all.extend(members.clone());
                Value::Object(all)
            }
            other => other.clone(),
        };
        let mismatches = self.mismatches(&filled);
        if mismatches.is_empty() {
            return Ok(filled);
        }
        Err(mismatches
            .into_iter()
            .take(ERRORS_MAX)
            .map(|mismatch| self.error_for(text, mismatch))
            .collect())
    }

    fn error_for(&self, text: &PromptText, mismatch: VariableMismatch) -> TextFileError {
        let (path, error) = match mismatch {
            VariableMismatch::Missing(path) => (path.clone(), RenderError::MissingVariable(path)),
            VariableMismatch::Unknown(path) => {
                let known = list_names(self.variables.iter().map(|variable| &variable.name));
                (path.clone(), RenderError::UnknownVariable { name: path, known })
            }
            VariableMismatch::Invalid(path, reason) => {
                (path.clone(), RenderError::InvalidVariable { name: path, reason })
            }
        };
        // The error points to the declaration of the variable that contains the value.
        let root = path.split(['.', '[']).next().unwrap_or_default();
        let span = self.variable(root).map(|variable| variable.span).or(self.span);
        error_in(text.text_file(), span, error)
    }

    fn mismatches(&self, values: &Value) -> Vec<VariableMismatch> {
        let Some(schema) = &self.schema else {
            return match values {
                Value::Object(members) => {
                    members.keys().cloned().map(VariableMismatch::Unknown).collect()
                }
                _ => vec![VariableMismatch::Invalid(
                    "this".into(),
                    "it is not an object of variables".into(),
                )],
            };
        };
        let steps = match count_schema_steps(schema, values) {
            Ok(steps) => steps,
            Err(error) => return vec![VariableMismatch::Invalid("this".into(), error.to_string())],
        };
        // Cannot fail: `picoschema` compiled this schema before it accepted it.
        let Ok(validator) = picoschema::compile_validator(schema) else { return Vec::new() };
        if validator.is_valid(values) {
            return Vec::new();
        }
        if steps > LISTED_STEPS_MAX {
            let reason = "it does not match its schema, and is too large to say where";
            return vec![VariableMismatch::Invalid("this".into(), reason.into())];
        }
        validator.iter_errors(values).flat_map(|error| to_mismatches(&error)).collect()
    }
}

enum VariableMismatch {
    Missing(String),
    Unknown(String),
    Invalid(String, String),
}

fn to_mismatches(error: &ValidationError<'_>) -> Vec<VariableMismatch> {
    let within = pointer_to_path(error.instance_path().as_str());
    let member = |name: &str| match within.as_str() {
        "" => name.to_owned(),
        within => format!("{within}.{name}"),
    };
    match error.kind() {
        Kind::Required { property } => {
            vec![VariableMismatch::Missing(member(property.as_str().unwrap_or_default()))]
        }
        Kind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| VariableMismatch::Unknown(member(name))).collect()
        }
        _ => {
            let name = if within.is_empty() { "this".into() } else { within };
            vec![VariableMismatch::Invalid(name, error.masked_with("it").to_string())]
        }
    }
}

/// Converts a JSON pointer to the notation of templates: `/orders/0/id` to `orders.0.id`.
fn pointer_to_path(pointer: &str) -> String {
    let part = |part: &str| part.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(part).collect::<Vec<_>>().join(".")
}

fn invalid_default(path: &str, reason: String) -> (String, PromptErrorKind) {
    let name = path.split('.').next().unwrap_or_default().to_owned();
    let error = RenderError::InvalidDefault { name: name.clone(), reason };
    (name, error.into())
}

/// Returns the names of declared variables with their places.
fn declared_names(node: &YamlNode) -> Vec<(String, TextSpan)> {
    if let Some(members) = node.get("properties").and_then(YamlNode::as_map) {
        return members.iter().map(|(key, _)| (key.text.clone(), key.span)).collect();
    }
    let name = |key: &super::yaml::YamlKey| {
        Some((picoschema::parse_property(&key.text).ok()?.name.to_owned(), key.span))
    };
    node.as_map().into_iter().flatten().filter_map(|(key, _)| name(key)).collect()
}

/// Makes an object schema reject undeclared members, which plain JSON Schema would admit.
fn forbid_undeclared(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    if members.contains_key("properties")
        && !COMBINING_KEYWORDS.iter().any(|key| members.contains_key(*key))
    {
        members.insert("additionalProperties".into(), Value::Bool(false));
    }
}
