//! The subset of YAML that front matter uses, with places in the text.
//!
//! Plain scalars follow YAML 1.2 (`yes` is a text), as in the libraries of dotprompt. Anchors,
//! aliases and tags are refused: with them, one place of a file changes the meaning of another.

mod scalar;

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser, ScanError, Span};
use serde_json::{Map, Value};
use tollgate_model::TextSpan;

use super::limits::FRONT_MATTER_DEPTH_MAX;
use super::text::TextSection;

/// A value with its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct YamlNode {
    pub span: TextSpan,
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
    pub span: TextSpan,
    pub text: String,
}

/// Error for text that is not YAML, or uses YAML features that are not supported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YamlError {
    #[error("not valid YAML: {0}")]
    Syntax(String),
    #[error("nested more than {FRONT_MATTER_DEPTH_MAX} levels deep")]
    TooDeep,
    #[error("anchors and aliases (`&` and `*`) are not supported")]
    Anchor,
    #[error("tags (`!`) are not supported")]
    Tag,
    #[error("a key must be a text")]
    KeyNotText,
    #[error("duplicate key `{0}`")]
    DuplicateKey(String),
    /// A number that JSON cannot express, such as `.nan`.
    #[error("JSON has no number `{0}`")]
    UnsupportedNumber(String),
    #[error("a second document starts here")]
    SecondDocument,
}

/// Error with its place in the file.
type YamlErrorAt = (TextSpan, YamlError);

impl YamlError {
    pub(super) fn help(&self) -> Option<String> {
        let help = match self {
            Self::Syntax(_) | Self::KeyNotText => return None,
            Self::TooDeep => "flatten it",
            Self::Anchor => "repeat the value, or quote it",
            Self::Tag => "remove the tag, or quote the value",
            Self::DuplicateKey(_) => "remove one",
            Self::UnsupportedNumber(_) => "write another one, or quote it",
            Self::SecondDocument => "front matter must be a single document",
        };
        Some(help.into())
    }
}

/// Parses a text. Returns `None` if it contains no value, such as only comments.
pub(super) fn read(part: TextSection<'_>) -> Result<Option<YamlNode>, YamlErrorAt> {
    let parser = Parser::new_from_str(part.text);
    let offsets = part.text.char_indices().map(|(offset, _)| offset).collect();
    YamlReader { parser, part, offsets }.document()
}

struct YamlReader<'s> {
    parser: Parser<'s, saphyr_parser::StrInput<'s>>,
    part: TextSection<'s>,
    /// Offset in bytes of each character of the section: the parser counts characters.
    offsets: Vec<usize>,
}

impl<'s> YamlReader<'s> {
    fn document(&mut self) -> Result<Option<YamlNode>, YamlErrorAt> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                Event::DocumentStart(_) if root.is_some() => {
                    return Err((span, YamlError::SecondDocument));
                }
                Event::DocumentStart(_) => {}
                event => root = Some(self.node(event, span, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'s>, TextSpan), YamlErrorAt> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.span(span))),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((Event::StreamEnd, TextSpan::default())),
        }
    }

    fn span(&self, span: Span) -> TextSpan {
        let offset =
            |index: usize| self.offsets.get(index).copied().unwrap_or(self.part.text.len());
        self.part.span(offset(span.start.index()), offset(span.end.index()))
    }

    fn syntax(&self, error: &ScanError) -> YamlErrorAt {
        let span = self.span(Span::empty(*error.marker()));
        // An unclosed construct is reported after the last line, where there is nothing to show.
        let last = self.part.start + self.part.text.trim_end().len();
        let span = TextSpan { start: span.start.min(last), end: span.end.min(last) };
        (span, YamlError::Syntax(error.info().into()))
    }

    fn node(
        &mut self,
        event: Event<'s>,
        span: TextSpan,
        depth: usize,
    ) -> Result<YamlNode, YamlErrorAt> {
        // Checked before descending: the recursion itself must stay bounded.
        if depth > FRONT_MATTER_DEPTH_MAX {
            return Err((span, YamlError::TooDeep));
        }
        reject_references(&event).map_err(|error| (span, error))?;
        let value = match event {
            Event::Scalar(text, style, ..) => YamlValue::Scalar(
                scalar::parse_scalar(&text, style).map_err(|error| (span, error))?,
            ),
            Event::SequenceStart(..) => YamlValue::List(self.items(depth)?),
            Event::MappingStart(..) => YamlValue::Map(self.members(depth)?),
            _ => return Err((span, YamlError::Syntax("a value is missing".into()))),
        };
        Ok(YamlNode { span, value })
    }

    fn items(&mut self, depth: usize) -> Result<Vec<YamlNode>, YamlErrorAt> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Vec<(YamlKey, YamlNode)>, YamlErrorAt> {
        let mut members = Vec::new();
        let mut names = BTreeSet::new();
        loop {
            let (event, span) = self.next()?;
            reject_references(&event).map_err(|error| (span, error))?;
            let text = match event {
                Event::MappingEnd => return Ok(members),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => return Err((span, YamlError::KeyNotText)),
            };
            if !names.insert(text.clone()) {
                return Err((span, YamlError::DuplicateKey(text)));
            }
            let (event, value_span) = self.next()?;
            let mut value = self.node(event, value_span, depth + 1)?;
            // The parser locates an omitted value at the next token, which may be lines further
            // down.
            if value.value == YamlValue::Scalar(Value::Null) {
                value.span = span;
            }
            members.push((YamlKey { span, text }, value));
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
    /// Converts to JSON, dropping places.
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
    use tollgate_model::TextFile;

    use super::*;

    fn json_of(text: &str) -> Value {
        read(TextSection::whole(&TextFile::new("a", text))).unwrap().unwrap().to_json()
    }

    fn error_of(text: &str) -> (usize, String) {
        let file = TextFile::new("a", text);
        let (span, error) = read(TextSection::whole(&file)).unwrap_err();
        (file.line_at(span.start), error.to_string())
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
        assert_eq!(read(TextSection::whole(&TextFile::new("a", "# nothing\n"))), Ok(None));
    }

    #[test]
    fn reports_the_place_of_each_value() {
        let file = TextFile::new("a", "---\nä: ü é\n\nb:\n  c: x\nd:\ne: \"f\"\n");
        let part = TextSection { file: &file, text: file.text().get(4..).unwrap(), start: 4 };
        let root = read(part).unwrap().unwrap();
        let place = |name| {
            let span = root.get(name).unwrap().span;
            (file.line_at(span.start), file.text().get(span.start..span.end).unwrap())
        };
        assert_eq!(place("ä"), (2, "ü é"));
        assert_eq!(place("b").0, 5);
        assert_eq!((place("d"), place("e")), ((6, "d"), (7, "\"f\"")));
    }

    #[test]
    fn reports_unsupported_yaml_with_its_line() {
        assert_eq!(error_of("a: 1\nb: [\n\n").0, 2);
        assert_eq!(error_of("a: 1\na: 2"), (2, "duplicate key `a`".into()));
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
