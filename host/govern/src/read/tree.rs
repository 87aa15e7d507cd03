//! TOML as a tree whose keys and values know their places in the text.

use tollgate_model::TextSpan;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::GateFileErrorKind;

/// Value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub span: TextSpan,
    pub value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
    /// Value that had an error and was removed.
    Removed,
}

/// Key with its place.
#[derive(Debug)]
pub(super) struct Key {
    pub text: String,
    pub span: TextSpan,
}

/// Step of a path to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Error with the place and the path of the value.
#[derive(Debug)]
pub(super) struct TreeError {
    pub span: TextSpan,
    pub path: Vec<Step>,
    pub kind: GateFileErrorKind,
}

/// Beginnings of parser messages about a single value; the rest of the file can still be read.
const RECOVERABLE_ERRORS: &[&str] = &["invalid date", "invalid time"];

/// Parses a text. Returns its tree and the errors of single values, or no tree if the text as a
/// whole is not TOML.
pub(super) fn parse(text: &str) -> (Option<Node>, Vec<TreeError>) {
    let mut builder = TreeBuilder::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    let is_recoverable = |error: &toml::de::Error| {
        RECOVERABLE_ERRORS.iter().any(|start| error.message().starts_with(start))
    };
    let readable = errors.iter().all(is_recoverable);
    for error in errors {
        let span = error.span().unwrap_or_default().into();
        let kind = GateFileErrorKind::Syntax(error.message().into());
        builder.errors.push(TreeError { span, path: Vec::new(), kind });
    }
    let span = table.span().into();
    let root = readable.then(|| builder.table(table.into_inner(), span));
    (root, builder.errors)
}

/// Writes a path as people do, such as `contracts[0].mode`.
pub(super) fn format_path(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.extend([".", key]),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

impl Node {
    /// Adds a text to a table that does not have the key.
    pub fn insert_default(&mut self, key: &str, text: &str) {
        let span = self.span;
        if let Value::Table(entries) = &mut self.value
            && entries.iter().all(|(existing, _)| existing.text != key)
        {
            let key = Key { text: key.into(), span };
            entries.push((key, Node { span, value: Value::Text(text.into()) }));
        }
    }

    /// Returns the value at a path.
    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        let [step, rest @ ..] = path else { return Some(self) };
        let next = match (step, &self.value) {
            (Step::Key(key), Value::Table(members)) => {
                &members.iter().find(|(candidate, _)| candidate.text == *key)?.1
            }
            // Removed items do not count: serde numbered the items without them.
            (Step::Index(index), Value::List(items)) => {
                items.iter().filter(|item| !item.is_removed()).nth(*index)?
            }
            _ => return None,
        };
        next.at(rest)
    }

    /// Removes the value at a path. Returns whether there was one.
    pub fn remove(&mut self, path: &[Step]) -> bool {
        let [step, rest @ ..] = path else {
            let was_there = !self.is_removed();
            self.value = Value::Removed;
            return was_there;
        };
        let next = match (step, &mut self.value) {
            (Step::Key(key), Value::Table(members)) => members
                .iter_mut()
                .find(|(candidate, _)| candidate.text == *key)
                .map(|(_, node)| node),
            (Step::Index(index), Value::List(items)) => {
                items.iter_mut().filter(|item| !item.is_removed()).nth(*index)
            }
            _ => None,
        };
        next.is_some_and(|node| node.remove(rest))
    }

    pub fn is_removed(&self) -> bool {
        matches!(self.value, Value::Removed)
    }

    /// Returns whether a value of this table had an error and was removed.
    pub fn has_removed_member(&self) -> bool {
        match &self.value {
            Value::Table(members) => members.iter().any(|(_, node)| node.is_removed()),
            _ => false,
        }
    }
}

/// Builder of the tree: collects errors, and tracks the current path.
#[derive(Default)]
struct TreeBuilder {
    errors: Vec<TreeError>,
    path: Vec<Step>,
}

impl TreeBuilder {
    fn table(&mut self, table: DeTable<'_>, span: TextSpan) -> Node {
        let members = table.into_iter().map(|(key, value)| {
            let span = key.span().into();
            let text = key.into_inner().into_owned();
            self.path.push(Step::Key(text.clone()));
            let node = self.node(value);
            self.path.pop();
            (Key { text, span }, node)
        });
        Node { span, value: Value::Table(members.collect()) }
    }

    fn node(&mut self, value: Spanned<DeValue<'_>>) -> Node {
        let span = TextSpan::from(value.span());
        let has_error = self.locate_parser_error(span);
        let value = match value.into_inner() {
            DeValue::String(_) | DeValue::Datetime(_) if has_error => Value::Removed,
            DeValue::Table(table) => return self.table(table, span),
            DeValue::Array(items) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(index, item)| {
                    self.path.push(Step::Index(index));
                    let node = self.node(item);
                    self.path.pop();
                    node
                });
                Value::List(items.collect())
            }
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Boolean(boolean) => Value::Boolean(boolean),
            // Dates are texts in the gate, so quoted and bare dates are read the same way.
            DeValue::Datetime(moment) => Value::Text(moment.to_string()),
            DeValue::Integer(digits) => {
                match i64::from_str_radix(digits.as_str(), digits.radix()) {
                    Ok(number) => Value::Integer(number),
                    Err(_) => self.reject_number(span, digits.as_str()),
                }
            }
            DeValue::Float(digits) => match digits.as_str().parse() {
                Ok(number) if f64::is_finite(number) => Value::Float(number),
                _ => self.reject_number(span, digits.as_str()),
            },
        };
        Node { span, value }
    }

    /// Checks whether the parser reported an error within this value. If so, the error gets its
    /// path, which the parser does not give.
    fn locate_parser_error(&mut self, span: TextSpan) -> bool {
        let is_within =
            |wrong: &&mut TreeError| span.start <= wrong.span.start && wrong.span.start <= span.end;
        let found = self.errors.iter_mut().find(is_within);
        found.map(|wrong| wrong.path.clone_from(&self.path)).is_some()
    }

    fn reject_number(&mut self, span: TextSpan, text: &str) -> Value {
        let kind = GateFileErrorKind::NotFinite(text.into());
        self.errors.push(TreeError { span, path: self.path.clone(), kind });
        Value::Removed
    }
}
