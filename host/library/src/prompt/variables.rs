//! The variables that a prompt takes, and whether what it is given fits them.

use std::collections::BTreeSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde::Serialize;
use serde_json::{Map, Value};

use super::fault::{Fault, Problem, listed};
use super::limits::FAULTS_MAX;
use super::picoschema;
use super::render::RenderProblem;
use super::source::Source;
use super::yaml::Node;

/// What a prompt takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// The JSON Schema of all variables together; none takes no variables.
    pub schema: Option<Value>,
    /// What variables are where the caller gives nothing.
    pub defaults: Map<String, Value>,
    /// The variables, as they stand in the file.
    pub variables: Vec<Variable>,
    line: Option<usize>,
}

/// One variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Variable {
    /// What it is called.
    pub name: String,
    /// Where it is declared.
    pub line: usize,
    /// Whether the schema asks for it.
    pub required: bool,
    /// What it has to be.
    pub schema: Value,
}

/// Schemas of which only a validator knows what they admit.
const COMBINED: [&str; 7] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "$ref",
    "allOf",
    "anyOf",
    "oneOf",
];

impl Input {
    /// What a schema declares, written at this place.
    pub(super) fn new(mut schema: Value, node: &Node) -> Self {
        close(&mut schema);
        let required: BTreeSet<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let variable = |(name, line): (String, usize)| {
            let of_it = schema.get("properties")?.get(&name)?.clone();
            let required = required.contains(name.as_str());
            Some(Variable { name, line, required, schema: of_it })
        };
        let variables = declared(node).into_iter().filter_map(variable).collect();
        Self { schema: Some(schema), variables, line: Some(node.line), ..Self::default() }
    }

    /// A variable, by its name.
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// Whether the caller has to give a variable.
    pub fn asks_for(&self, variable: &Variable) -> bool {
        variable.required && !self.defaults.contains_key(&variable.name)
    }

    /// The defaults that do not fit what is declared, and why.
    pub(super) fn wrong_defaults(&self) -> Vec<(String, Problem)> {
        let defaults = Value::Object(self.defaults.clone());
        let mut wrong = Vec::new();
        for misfit in self.misfits(&defaults) {
            match misfit {
                Misfit::Missing(path) if self.variable(&path).is_some() => {}
                Misfit::Unknown(name) => {
                    let problem = RenderProblem::DefaultOfNothing(name.clone());
                    wrong.push((name, problem.into()));
                }
                Misfit::Missing(path) => {
                    let reason = format!("`{path}` is missing");
                    wrong.push(default_does_not_fit(&path, reason));
                }
                Misfit::Wrong(path, reason) => wrong.push(default_does_not_fit(&path, reason)),
            }
        }
        wrong
    }

    /// The variables with the defaults among them, if that is what the prompt takes.
    pub(super) fn fill(&self, source: &Source, given: &Value) -> Result<Value, Vec<Fault>> {
        let filled = match given {
            Value::Object(members) => {
                let mut all = self.defaults.clone();
                all.extend(members.clone());
                Value::Object(all)
            }
            other => other.clone(),
        };
        let misfits = self.misfits(&filled);
        if misfits.is_empty() {
            return Ok(filled);
        }
        Err(misfits.into_iter().take(FAULTS_MAX).map(|misfit| self.fault(source, misfit)).collect())
    }

    fn fault(&self, source: &Source, misfit: Misfit) -> Fault {
        let (path, problem) = match misfit {
            Misfit::Missing(path) => (path.clone(), RenderProblem::Missing(path)),
            Misfit::Unknown(path) => {
                let known = listed(self.variables.iter().map(|variable| &variable.name));
                (path.clone(), RenderProblem::Unknown { name: path, known })
            }
            Misfit::Wrong(path, reason) => {
                (path.clone(), RenderProblem::Wrong { name: path, reason })
            }
        };
        let root = path.split(['.', '[']).next().unwrap_or_default();
        let line = self.variable(root).map(|variable| variable.line).or(self.line);
        Fault { file: source.file.clone(), line, problem: problem.into() }
    }

    fn misfits(&self, values: &Value) -> Vec<Misfit> {
        let Some(schema) = &self.schema else {
            return match values {
                Value::Object(members) => members.keys().cloned().map(Misfit::Unknown).collect(),
                _ => vec![Misfit::Wrong("this".into(), "it is no object of variables".into())],
            };
        };
        // It has been compiled before: where it came from does not let others through.
        let Ok(validator) = picoschema::compile(schema) else { return Vec::new() };
        validator.iter_errors(values).flat_map(|error| misfits(&error)).collect()
    }
}

enum Misfit {
    Missing(String),
    Unknown(String),
    Wrong(String, String),
}

fn misfits(error: &ValidationError<'_>) -> Vec<Misfit> {
    let within = path(error.instance_path().as_str());
    let member = |name: &str| match within.as_str() {
        "" => name.to_owned(),
        within => format!("{within}.{name}"),
    };
    match error.kind() {
        Kind::Required { property } => {
            vec![Misfit::Missing(member(property.as_str().unwrap_or_default()))]
        }
        Kind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|name| Misfit::Unknown(member(name))).collect()
        }
        _ => {
            let name = if within.is_empty() { "this".into() } else { within };
            vec![Misfit::Wrong(name, error.masked_with("it").to_string())]
        }
    }
}

/// `/orders/0/id` as templates write it: `orders.0.id`.
fn path(pointer: &str) -> String {
    let part = |part: &str| part.replace("~1", "/").replace("~0", "~");
    pointer.split('/').skip(1).map(part).collect::<Vec<_>>().join(".")
}

fn default_does_not_fit(path: &str, reason: String) -> (String, Problem) {
    let name = path.split('.').next().unwrap_or_default().to_owned();
    let problem = RenderProblem::DefaultDoesNotFit { name: name.clone(), reason };
    (name, problem.into())
}

/// The names of the variables, and where they stand.
fn declared(node: &Node) -> Vec<(String, usize)> {
    if let Some(members) = node.get("properties").and_then(Node::as_map) {
        return members.iter().map(|(key, _)| (key.text.clone(), key.line)).collect();
    }
    let name = |key: &super::yaml::Key| {
        Some((picoschema::property(&key.text).ok()?.name.to_owned(), key.line))
    };
    node.as_map().into_iter().flatten().filter_map(|(key, _)| name(key)).collect()
}

/// JSON Schema admits whatever it does not name. A prompt takes what it declares.
fn close(schema: &mut Value) {
    let Value::Object(members) = schema else { return };
    if members.contains_key("properties") && !COMBINED.iter().any(|key| members.contains_key(*key))
    {
        members.insert("additionalProperties".into(), Value::Bool(false));
    }
}
