//! YAML as far as front matter needs it: values that know their lines.
//!
//! Plain words mean what YAML 1.2 says (`yes` is a text), as in the libraries of dotprompt.
//! Anchors and tags are refused: they make one place of a file change the meaning of another.

mod scalar;

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScanError, Span};
use serde_json::{Map, Value};

use super::limits::FRONT_MATTER_DEPTH_MAX;
use super::source::Part;

/// A value and the line that it starts at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub line: usize,
    pub value: Yaml,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Yaml {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// The name of a member.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub line: usize,
    pub text: String,
}

/// Why a text is no YAML that is read here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YamlProblem {
    /// It is not YAML.
    #[error("not YAML: {0}")]
    Syntax(String),
    /// It is nested too deeply.
    #[error("nested more than {FRONT_MATTER_DEPTH_MAX} levels deep: make it flatter")]
    TooDeep,
    /// It names or repeats a place.
    #[error("anchors and aliases (`&` and `*`) are not read: write it out, or put it in quotes")]
    Anchor,
    /// It says which type something is.
    #[error("tags (`!`) are not read: leave it away, or put it in quotes")]
    Tag,
    /// A name is not a text.
    #[error("the name of a key has to be a text")]
    Key,
    /// A name stands there twice.
    #[error("the key `{0}` stands here twice: take one away")]
    Twice(String),
    /// A number that JSON has no spelling for.
    #[error("`{0}` is no number of JSON: write another, or put it in quotes")]
    Number(String),
    /// There is more than one document.
    #[error("a second document starts here: front matter is one")]
    SecondDocument,
}

type Wrong = (usize, YamlProblem);

/// The value that a text is; nothing, where it says nothing.
pub(super) fn read(part: Part<'_>) -> Result<Option<Node>, Wrong> {
    let last_line = part.line + part.text.lines().count().saturating_sub(1);
    let parser = Parser::new_from_str(part.text);
    Reader { parser, first_line: part.line, last_line }.document()
}

struct Reader<'s> {
    parser: Parser<'s, saphyr_parser::StrInput<'s>>,
    first_line: usize,
    last_line: usize,
}

impl<'s> Reader<'s> {
    fn document(&mut self) -> Result<Option<Node>, Wrong> {
        let mut root = None;
        loop {
            let (event, line) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) if root.is_some() => {
                    return Err((line, YamlProblem::SecondDocument));
                }
                Event::DocumentStart(_) => {}
                event => root = Some(self.node(event, line, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'s>, usize), Wrong> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.line(&span))),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, self.last_line)),
        }
    }

    fn line(&self, span: &Span) -> usize {
        self.first_line + span.start.line().saturating_sub(1)
    }

    fn syntax(&self, error: &ScanError) -> Wrong {
        // What lacks its end is missed behind the last line.
        let line = self.first_line + error.marker().line().saturating_sub(1);
        (line.min(self.last_line), YamlProblem::Syntax(error.info().into()))
    }

    fn node(&mut self, event: Event<'s>, line: usize, depth: usize) -> Result<Node, Wrong> {
        if depth > FRONT_MATTER_DEPTH_MAX {
            return Err((line, YamlProblem::TooDeep));
        }
        plain(&event).map_err(|problem| (line, problem))?;
        let value = match event {
            Event::Scalar(text, style, ..) => {
                Yaml::Scalar(scalar::scalar(&text, style).map_err(|problem| (line, problem))?)
            }
            Event::SequenceStart(..) => Yaml::List(self.items(depth)?),
            Event::MappingStart(..) => Yaml::Map(self.members(depth)?),
            _ => return Err((line, YamlProblem::Syntax("a value is missing".into()))),
        };
        Ok(Node { line, value })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, Wrong> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, line) => items.push(self.node(event, line, depth + 1)?),
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Vec<(Key, Node)>, Wrong> {
        let mut members = Vec::new();
        let mut names = BTreeSet::new();
        loop {
            let (event, line) = self.next()?;
            plain(&event).map_err(|problem| (line, problem))?;
            let text = match event {
                Event::MappingEnd => return Ok(members),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err((line, YamlProblem::Key)),
            };
            if !names.insert(text.clone()) {
                return Err((line, YamlProblem::Twice(text)));
            }
            let (event, value_line) = self.next()?;
            let mut value = self.node(event, value_line, depth + 1)?;
            // What is left away has its place behind all that follows.
            if value.value == Yaml::Scalar(Value::Null) {
                value.line = line;
            }
            members.push((Key { line, text }, value));
        }
    }
}

/// Refuses what would need more than one look.
fn plain(event: &Event<'_>) -> Result<(), YamlProblem> {
    let (anchor, tag) = match event {
        Event::Alias(_) => return Err(YamlProblem::Anchor),
        Event::Scalar(_, _, anchor, tag)
        | Event::SequenceStart(anchor, tag)
        | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
        _ => return Ok(()),
    };
    match (anchor, tag) {
        (0, false) => Ok(()),
        (0, true) => Err(YamlProblem::Tag),
        _ => Err(YamlProblem::Anchor),
    }
}

impl Node {
    /// The same as JSON, without lines.
    pub fn to_json(&self) -> Value {
        match &self.value {
            Yaml::Scalar(value) => value.clone(),
            Yaml::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Yaml::Map(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, value)| (key.text.clone(), value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Yaml::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&[(Key, Node)]> {
        match &self.value {
            Yaml::Map(members) => Some(members),
            _ => None,
        }
    }

    /// A member of a map.
    pub fn get(&self, name: &str) -> Option<&Node> {
        let member = self.as_map()?.iter().find(|(key, _)| key.text == name);
        member.map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn json_of(text: &str) -> Value {
        read(Part { text, line: 1 }).unwrap().unwrap().to_json()
    }

    fn wrong(text: &str) -> (usize, String) {
        let (line, problem) = read(Part { text, line: 10 }).unwrap_err();
        (line, problem.to_string())
    }

    #[test]
    fn words_mean_what_yaml_1_2_says() {
        let text = "[yes, True, ~, 12, -3, 0x1F, 1.5, 1e3, 1.2.0, '7', 1-2, .5, \"a\\tb\"]";
        let value =
            json!(["yes", true, null, 12, -3, 31, 1.5, 1e3, "1.2.0", "7", "1-2", 0.5, "a\tb"]);
        assert_eq!(json_of(text), value);
        assert_eq!(
            json_of("a: |\n  x\n  y\nb: >\n  x\n  y\n"),
            json!({"a": "x\ny\n", "b": "x y\n"})
        );
        assert_eq!(
            json_of("color?(enum, the enum): [RED]"),
            json!({"color?(enum, the enum)": ["RED"]})
        );
        assert_eq!(read(Part { text: "# nothing\n", line: 1 }), Ok(None));
    }

    #[test]
    fn values_know_their_lines() {
        let root = read(Part { text: "a: 1\n\nb:\n  c: x\nd:\ne: f\n", line: 4 }).unwrap().unwrap();
        let line = |name| root.get(name).unwrap().line;
        assert_eq!((line("a"), line("b"), line("d"), line("e")), (4, 7, 8, 9));
    }

    #[test]
    fn what_is_not_read_is_named_with_its_line() {
        assert_eq!(wrong("a: 1\nb: [").0, 11);
        assert_eq!(
            wrong("a: 1\na: 2"),
            (11, "the key `a` stands here twice: take one away".into())
        );
        assert!(wrong("a: &x 1\nb: *x").1.contains("anchors"));
        assert!(
            wrong("a: 1\nb: *x").1.contains("alias") || wrong("a: 1\nb: *x").1.contains("anchor")
        );
        assert!(wrong("a: !!str 1").1.contains("tags"));
        assert!(wrong("? [a]\n: 1").1.contains("name of a key"));
        assert!(wrong("a: .nan").1.contains("`.nan`"));
        assert!(wrong("a\n---\nb").1.contains("second document"));
        assert!(wrong(&"[".repeat(40)).1.contains("32 levels"));
    }
}
