//! TOML as a tree in which everything knows its line.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::Problem;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub line: usize,
    pub value: Value,
}

/// What can stand there.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Whole(i64),
    Number(f64),
    Truth(bool),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
    /// Found wrong, told, and taken out.
    Gone,
}

/// A key and where it stands.
#[derive(Debug)]
pub(super) struct Key {
    pub text: String,
    pub line: usize,
}

/// One step towards a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Something wrong, and the way to it.
#[derive(Debug)]
pub(super) struct Wrong {
    pub line: usize,
    pub path: Vec<Step>,
    pub problem: Problem,
}

/// How the parser begins to say that a value is none, though the rest around it can be read.
const VALUE_ALONE: &[&str] = &["invalid date", "invalid time"];

/// The tree of a text, and what is wrong in places of it. Where the text as a whole cannot be
/// read there is no tree.
pub(super) fn parse(text: &str) -> (Option<Node>, Vec<Wrong>) {
    let mut lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    let is_value = |error: &toml::de::Error| {
        VALUE_ALONE.iter().any(|start| error.message().starts_with(start))
    };
    let readable = errors.iter().all(is_value);
    for error in errors {
        let line = error.span().map_or(1, |span| lines.line(span.start));
        let problem = Problem::Syntax(error.message().into());
        lines.wrong.push(Wrong { line, path: Vec::new(), problem });
    }
    let span = table.span();
    let root = readable.then(|| lines.table(table.into_inner(), span));
    (root, lines.wrong)
}

/// The way to a value, as people write it.
pub(super) fn written(path: &[Step]) -> String {
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
    /// Puts a text into a table that has no such key.
    pub fn add_missing(&mut self, key: &str, text: &str) {
        let line = self.line;
        if let Value::Table(entries) = &mut self.value
            && entries.iter().all(|(there, _)| there.text != key)
        {
            let key = Key { text: key.into(), line };
            entries.push((key, Node { line, value: Value::Text(text.into()) }));
        }
    }

    /// The value at the end of a way.
    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        let [step, rest @ ..] = path else { return Some(self) };
        let next = match (step, &self.value) {
            (Step::Key(key), Value::Table(members)) => {
                &members.iter().find(|(known, _)| known.text == *key)?.1
            }
            // What is gone is not counted: a record does not have it.
            (Step::Index(index), Value::List(items)) => {
                items.iter().filter(|item| !item.is_gone()).nth(*index)?
            }
            _ => return None,
        };
        next.at(rest)
    }

    /// Takes out the value at the end of a way; whether there was one.
    pub fn take_out(&mut self, path: &[Step]) -> bool {
        let [step, rest @ ..] = path else {
            let was_there = !self.is_gone();
            self.value = Value::Gone;
            return was_there;
        };
        let next = match (step, &mut self.value) {
            (Step::Key(key), Value::Table(members)) => {
                members.iter_mut().find(|(known, _)| known.text == *key).map(|(_, node)| node)
            }
            (Step::Index(index), Value::List(items)) => {
                items.iter_mut().filter(|item| !item.is_gone()).nth(*index)
            }
            _ => None,
        };
        next.is_some_and(|node| node.take_out(rest))
    }

    pub fn is_gone(&self) -> bool {
        matches!(self.value, Value::Gone)
    }
}

/// Where the lines of a text begin, and what was found wrong on the way.
struct Lines {
    starts: Vec<usize>,
    wrong: Vec<Wrong>,
    path: Vec<Step>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let starts = text.match_indices('\n').map(|(index, _)| index + 1).collect();
        Self { starts, wrong: Vec::new(), path: Vec::new() }
    }

    fn line(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start <= byte) + 1
    }

    fn table(&mut self, table: DeTable<'_>, span: Range<usize>) -> Node {
        let members = table.into_iter().map(|(key, value)| {
            let line = self.line(key.span().start);
            let text = key.into_inner().into_owned();
            self.path.push(Step::Key(text.clone()));
            let node = self.node(value);
            self.path.pop();
            (Key { text, line }, node)
        });
        let members = members.collect();
        Node { line: self.line(span.start), value: Value::Table(members) }
    }

    fn node(&mut self, value: Spanned<DeValue<'_>>) -> Node {
        let span = value.span();
        let line = self.line(span.start);
        let told = self.is_told(line);
        let value = match value.into_inner() {
            DeValue::String(_) | DeValue::Datetime(_) if told => Value::Gone,
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
            DeValue::Boolean(truth) => Value::Truth(truth),
            DeValue::Datetime(moment) => Value::Text(moment.to_string()),
            DeValue::Integer(digits) => {
                match i64::from_str_radix(digits.as_str(), digits.radix()) {
                    Ok(number) => Value::Whole(number),
                    Err(_) => self.not_finite(line, digits.as_str()),
                }
            }
            DeValue::Float(digits) => match digits.as_str().parse() {
                Ok(number) if f64::is_finite(number) => Value::Number(number),
                _ => self.not_finite(line, digits.as_str()),
            },
        };
        Node { line, value }
    }

    /// Whether the parser has said something of this line; then it is about this value.
    fn is_told(&mut self, line: usize) -> bool {
        let told = self.wrong.iter_mut().find(|wrong| wrong.line == line);
        told.map(|wrong| wrong.path.clone_from(&self.path)).is_some()
    }

    fn not_finite(&mut self, line: usize, text: &str) -> Value {
        let problem = Problem::NotFinite(text.into());
        self.wrong.push(Wrong { line, path: self.path.clone(), problem });
        Value::Gone
    }
}
