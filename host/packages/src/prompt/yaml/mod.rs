//! The subset of YAML that front matter uses, with line numbers.
//!
//! Plain scalars follow YAML 1.2 (`yes` is a text), as in the libraries of dotprompt. Anchors,
//! aliases and tags are refused: with them, one place of a file changes the meaning of another.

mod scalar;

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScanError, Span};
use serde_json::{Map, Value};

use super::limits::FRONT_MATTER_DEPTH_MAX;
use super::text::TextSection;

/// A value with the line at which it starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct YamlNode {
    pub line: usize,
    pub value: YamlValue,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum YamlValue {
    Scalar(Value),
    List(Vec<YamlNode>),
    Map(Vec<(YamlKey, YamlNode)>),
}

/// Key of a map entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct YamlKey {
    pub line: usize,
    pub text: String,
}

/// Error for text that is not YAML, or uses YAML features that are not supported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    #[error("not valid YAML: {0}")]
    Syntax(String),
    #[error("nested more than {FRONT_MATTER_DEPTH_MAX} levels deep: flatten it")]
    TooDeep,
    #[error("anchors and aliases (`&` and `*`) are not supported: repeat the value, or quote it")]
    Anchor,
    #[error("tags (`!`) are not supported: remove the tag, or quote the value")]
    Tag,
    #[error("a key must be a text")]
    KeyNotText,
    #[error("duplicate key `{0}`: remove one")]
    DuplicateKey(String),
    /// A number that JSON cannot express, such as `.nan`.
    #[error("JSON has no number `{0}`: write another one, or quote it")]
    UnsupportedNumber(String),
    #[error("a second document starts here: front matter must be a single document")]
    SecondDocument,
}

type LineError = (usize, YamlError);

/// Parses a text. Returns `None` if it contains no value, such as only comments.
pub(super) fn read(part: TextSection<'_>) -> Result<Option<YamlNode>, LineError> {
    let last_line = part.line + part.text.lines().count().saturating_sub(1);
    let parser = Parser::new_from_str(part.text);
    YamlReader { parser, first_line: part.line, last_line }.document()
}

struct YamlReader<'s> {
    parser: Parser<'s, saphyr_parser::StrInput<'s>>,
    first_line: usize,
    last_line: usize,
}

impl<'s> YamlReader<'s> {
    fn document(&mut self) -> Result<Option<YamlNode>, LineError> {
        let mut root = None;
        loop {
            let (event, line) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) if root.is_some() => {
                    return Err((line, YamlError::SecondDocument));
                }
                Event::DocumentStart(_) => {}
                event => root = Some(self.node(event, line, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'s>, usize), LineError> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.line(&span))),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, self.last_line)),
        }
    }

    fn line(&self, span: &Span) -> usize {
        self.first_line + span.start.line().saturating_sub(1)
    }

    fn syntax(&self, error: &ScanError) -> LineError {
        // An unclosed construct is reported after the last line, where there is nothing to show.
        let line = self.first_line + error.marker().line().saturating_sub(1);
        (line.min(self.last_line), YamlError::Syntax(error.info().into()))
    }

    fn node(&mut self, event: Event<'s>, line: usize, depth: usize) -> Result<YamlNode, LineError> {
        // Checked before descending: the recursion itself must stay bounded.
        if depth > FRONT_MATTER_DEPTH_MAX {
            return Err((line, YamlError::TooDeep));
        }
        reject_references(&event).map_err(|error| (line, error))?;
        let value = match event {
            Event::Scalar(text, style, ..) => YamlValue::Scalar(
                scalar::parse_scalar(&text, style).map_err(|error| (line, error))?,
            ),
            Event::SequenceStart(..) => YamlValue::List(self.items(depth)?),
            Event::MappingStart(..) => YamlValue::Map(self.members(depth)?),
            _ => return Err((line, YamlError::Syntax("a value is missing".into()))),
        };
        Ok(YamlNode { line, value })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<YamlNode>, LineError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, line) => items.push(self.node(event, line, depth + 1)?),
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Vec<(YamlKey, YamlNode)>, LineError> {
        let mut members = Vec::new();
        let mut names = BTreeSet::new();
        loop {
            let (event, line) = self.next()?;
            reject_references(&event).map_err(|error| (line, error))?;
            let text = match event {
                Event::MappingEnd => return Ok(members),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err((line, YamlError::KeyNotText)),
            };
            if !names.insert(text.clone()) {
                return Err((line, YamlError::DuplicateKey(text)));
            }
            let (event, value_line) = self.next()?;
            let mut value = self.node(event, value_line, depth + 1)?;
            // The parser locates an omitted value at the next token, which may be lines further
            // down.
            if value.value == YamlValue::Scalar(Value::Null) {
                value.line = line;
            }
            members.push((YamlKey { line, text }, value));
        }
    }
}

/// Refuses aliases, anchors and tags.
fn reject_references(event: &Event<'_>) -> Result<(), YamlError> {
    let (anchor, tag) = match event {
        Event::Alias(_) => return Err(YamlError::Anchor),
        Event::Scalar(_, _, anchor, tag)
        | Event::SequenceStart(anchor, tag)
        | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
        _ => return Ok(()),
    };
    match (anchor, tag) {
        (0, false) => Ok(()),
        (0, true) => Err(YamlError::Tag),
        _ => Err(YamlError::Anchor),
    }
}

impl YamlNode {
    /// Converts to JSON, dropping line numbers.
    pub fn to_json(&self) -> Value {
        match &self.value {
            YamlValue::Scalar(value) => value.clone(),
            YamlValue::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            YamlValue::Map(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, value)| (key.text.clone(), value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            YamlValue::Scalar(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&[(YamlKey, YamlNode)]> {
        match &self.value {
            YamlValue::Map(members) => Some(members),
            _ => None,
        }
    }

    /// Returns the value of a map entry.
    pub fn get(&self, name: &str) -> Option<&YamlNode> {
        let member = self.as_map()?.iter().find(|(key, _)| key.text == name);
        member.map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn json_of(text: &str) -> Value {
        read(TextSection { text, line: 1 }).unwrap().unwrap().to_json()
    }

    fn error_of(text: &str) -> (usize, String) {
        let (line, error) = read(TextSection { text, line: 10 }).unwrap_err();
        (line, error.to_string())
    }

    #[test]
    fn reads_scalars_as_yaml_1_2() {
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
        assert_eq!(read(TextSection { text: "# nothing\n", line: 1 }), Ok(None));
    }

    #[test]
    fn reports_the_line_of_each_value() {
        let root =
            read(TextSection { text: "a: 1\n\nb:\n  c: x\nd:\ne: f\n", line: 4 }).unwrap().unwrap();
        let line = |name| root.get(name).unwrap().line;
        assert_eq!((line("a"), line("b"), line("d"), line("e")), (4, 7, 8, 9));
    }

    #[test]
    fn reports_unsupported_yaml_with_its_line() {
        assert_eq!(error_of("a: 1\nb: [").0, 11);
        assert_eq!(error_of("a: 1\na: 2"), (11, "duplicate key `a`: remove one".into()));
        assert!(error_of("a: &x 1\nb: *x").1.contains("anchors"));
        assert!(
            error_of("a: 1\nb: *x").1.contains("alias")
                || error_of("a: 1\nb: *x").1.contains("anchor")
        );
        assert!(error_of("a: !!str 1").1.contains("tags"));
        assert!(error_of("? [a]\n: 1").1.contains("a key must be a text"));
        assert!(error_of("a: .nan").1.contains("`.nan`"));
        assert!(error_of("a\n---\nb").1.contains("second document"));
        assert!(error_of(&"[".repeat(40)).1.contains("32 levels"));
    }
}
