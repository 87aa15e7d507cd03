//! Subjects: AI outputs under judgement.
//!
//! Written as a file, a subject is an object with exactly one of `text`, `json`, `action` and
//! `invalid-json`, and optionally `prompt` and `context`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _, de::IgnoredAny};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::code_fence::{has_code_fence, strip_code_fence};

/// One AI output, with the prompt and the context that it comes from.
///
/// Its digest is that of its bytes as it is serialised, and not of canonical JSON: contracts judge JSON as
/// it was written, so outputs that differ in a repeated key or a long number must have different
/// digests.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The output.
    pub content: Content,
    /// Prompt version that produced the output; empty if unknown.
    pub prompt: Option<PromptRef>,
    /// JSON object with the model, channel, audience, locale, variables, confidence and so on.
    pub context: JsonText,
}

/// Content of an output.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Text(String),
    Json(JsonText),
    /// Text that should be JSON and is not. No contract judges it, and it never passes.
    InvalidJson(InvalidJson),
    /// Call of a tool that an agent wants to make.
    Action {
        tool: String,
        arguments: JsonText,
    },
}

/// Kind of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    Text,
    Json,
    Action,
}

/// Prompt version as a subject names it. Nothing guarantees that such a prompt exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptRef {
    /// Name, expected to be a `PromptName`.
    pub name: String,
    /// Prompt version, expected to be semver.
    pub version: String,
    /// Digest of the prompt file, expected to be a `Digest`.
    pub digest: String,
}

/// Well-formed JSON (RFC 8259), kept exactly as it was written. Repeated keys and long numbers survive,
/// so the contract judges the same bytes that the recipient gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText(String);

/// The text is not JSON.
#[derive(Debug, thiserror::Error)]
#[error("not JSON: {0}")]
pub struct JsonTextError(serde_json::Error);

/// Text that should be JSON (RFC 8259) and is not, kept exactly as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidJson {
    text: String,
}

/// Place and reason of what makes a text no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonProblem {
    /// Line, counted from 1.
    pub line: u64,
    /// Column in characters, counted from 1; 0 at the end of an empty line.
    pub column: u64,
    /// Message of the parser, without the place.
    pub message: String,
    /// Whether the whole text stands in a code fence of Markdown.
    pub is_fenced: bool,
    /// Whether there is a code fence that cannot be taken off: text is around it, it has no end, or its first line has more
    /// than a short word.
    pub has_open_fence: bool,
}

impl InvalidJson {
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns what makes the text no JSON.
    pub fn problem(&self) -> JsonProblem {
        let error = serde_json::from_str::<IgnoredAny>(&self.text).err();
        let (line, column) = error.as_ref().map_or((1, 1), |error| (error.line(), error.column()));
        let column = characters_in_line(&self.text, line, column);
        let message = error.map(|error| error.to_string()).unwrap_or_default();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        let is_fenced = strip_code_fence(&self.text).is_some();
        let has_open_fence = !is_fenced && has_code_fence(&self.text);
        let (line, column) = (line as u64, column as u64);
        JsonProblem { line, column, message, is_fenced, has_open_fence }
    }
}

/// Counts the characters that begin in the first bytes of a line, which is counted from 1.
fn characters_in_line(text: &str, line: usize, bytes: usize) -> usize {
    let line = text.split('\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let is_start = |byte: &u8| byte & 0b1100_0000 != 0b1000_0000;
    line.bytes().take(bytes).filter(is_start).count()
}

impl JsonText {
    /// Checks that a text is JSON and keeps it unchanged.
    pub fn parse(text: impl Into<String>) -> Result<Self, JsonTextError> {
        let text = text.into();
        serde_json::from_str::<IgnoredAny>(&text).map_err(JsonTextError)?;
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `{}`.
    pub fn empty_object() -> Self {
        Self("{}".into())
    }
}

impl Subject {
    /// Creates a subject without prompt and context.
    pub fn new(content: Content) -> Self {
        Self { content, prompt: None, context: JsonText::empty_object() }
    }

    /// Returns the number of bytes that a contract gets to read, for the limit on subjects.
    pub fn size_bytes(&self) -> usize {
        let content = match &self.content {
            Content::Text(text) => text.len(),
            Content::Json(json) => json.0.len(),
            Content::InvalidJson(InvalidJson { text }) => text.len(),
            Content::Action { tool, arguments } => tool.len() + arguments.0.len(),
        };
        content + self.context.0.len()
    }
}

impl Content {
    /// Reads a text that should be JSON.
    pub fn from_json_text(text: impl Into<String>) -> Self {
        let text = text.into();
        match serde_json::from_str::<IgnoredAny>(&text) {
            Ok(_) => Self::Json(JsonText(text)),
            Err(_) => Self::InvalidJson(InvalidJson { text }),
        }
    }

    /// Takes the code fence off a text that should be JSON, if all of it stands in one. Returns `None` if there is no
    /// fence to take off.
    pub fn without_code_fence(&self) -> Option<Self> {
        let Self::InvalidJson(InvalidJson { text }) = self else { return None };
        strip_code_fence(text).map(Self::from_json_text)
    }

    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Text(_) => ContentKind::Text,
            Self::Json(_) | Self::InvalidJson(_) => ContentKind::Json,
            Self::Action { .. } => ContentKind::Action,
        }
    }

    /// Returns the output as its recipient gets it. An action has no recipient.
    pub fn output_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(json) => Some(json.as_str()),
            Self::InvalidJson(InvalidJson { text }) => Some(text),
            Self::Action { .. } => None,
        }
    }

    /// Returns the text that spans refer to; only a text output has one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for ContentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Action => "action",
        })
    }
}

/// One AI output, with the prompt and the context that it comes from. It has exactly one of `text`, `json`, `action`
/// and `invalid-json`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Subject")]
struct SubjectFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "read_present")]
    #[schemars(with = "Option<Value>")]
    json: Option<Box<RawValue>>,
    /// Text that should be JSON and is not.
    #[serde(default, rename = "invalid-json", skip_serializing_if = "Option::is_none")]
    invalid_json: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<ActionFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompt: Option<PromptRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Map<String, Value>>")]
    context: Option<Box<RawValue>>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Action")]
struct ActionFile {
    tool: String,
    #[schemars(with = "Value")]
    arguments: Box<RawValue>,
}

/// Reads a value that is there. `null` is a document, too.
fn read_present<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Deserialize::deserialize(json).map(Some)
}

impl JsonText {
    fn raw<E: serde::ser::Error>(&self) -> Result<Box<RawValue>, E> {
        RawValue::from_string(self.0.clone()).map_err(E::custom)
    }
}

impl From<Box<RawValue>> for JsonText {
    fn from(raw: Box<RawValue>) -> Self {
        Self(raw.get().into())
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut file = SubjectFile {
            text: None,
            json: None,
            invalid_json: None,
            action: None,
            prompt: self.prompt.clone(),
            context: Some(self.context.raw()?).filter(|raw| raw.get() != "{}"),
        };
        match &self.content {
            Content::Text(text) => file.text = Some(text.clone()),
            Content::Json(json) => file.json = Some(json.raw()?),
            Content::InvalidJson(InvalidJson { text }) => file.invalid_json = Some(text.clone()),
            Content::Action { tool, arguments } => {
                file.action = Some(ActionFile { tool: tool.clone(), arguments: arguments.raw()? });
            }
        }
        file.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = SubjectFile::deserialize(deserializer)?;
        let content = match (file.text, file.json, file.action, file.invalid_json) {
            (Some(text), None, None, None) => Content::Text(text),
            (None, Some(json), None, None) => Content::Json(json.into()),
            (None, None, Some(ActionFile { tool, arguments }), None) => {
                Content::Action { tool, arguments: arguments.into() }
            }
            (None, None, None, Some(text)) => match Content::from_json_text(text) {
                invalid @ Content::InvalidJson(_) => invalid,
                _ => return Err(D::Error::custom("the `invalid-json` of a subject is JSON")),
            },
            _ => {
                let message = "a subject has exactly one of `text`, `json` and `action`";
                return Err(D::Error::custom(message));
            }
        };
        let context = file.context.map_or_else(JsonText::empty_object, Into::into);
        if !context.0.trim_start().starts_with('{') {
            return Err(D::Error::custom("the `context` of a subject is a JSON object"));
        }
        Ok(Self { content, prompt: file.prompt, context })
    }
}

impl JsonSchema for Subject {
    fn schema_name() -> Cow<'static, str> {
        SubjectFile::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        SubjectFile::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_json_as_it_was_written() {
        let file = r#"{"json": {"a": 1.00, "a": 123456789012345678901234567890}}"#;
        let subject: Subject = serde_json::from_str(file).unwrap();
        let written = r#"{"a": 1.00, "a": 123456789012345678901234567890}"#;
        assert_eq!(subject.content, Content::Json(JsonText(written.into())));
        assert_eq!(serde_json::to_string(&subject).unwrap(), format!(r#"{{"json":{written}}}"#));
    }

    #[test]
    fn requires_one_content_and_an_object_as_context() {
        for file in [
            "{}",
            r#"{"text": "a", "json": 1}"#,
            r#"{"text": "a", "colour": 1}"#,
            r#"{"text": "a", "context": [1]}"#,
            r#"{"action": {"tool": "mail"}}"#,
        ] {
            assert!(serde_json::from_str::<Subject>(file).is_err(), "{file}");
        }
    }

    #[test]
    fn keeps_what_should_be_json_and_is_not() {
        let content = Content::from_json_text("{\"a\": 1,\n  b}");
        let subject = Subject::new(content.clone());
        let written = serde_json::to_string(&subject).unwrap();
        assert_eq!(written, r#"{"invalid-json":"{\"a\": 1,\n  b}"}"#);
        assert_eq!(serde_json::from_str::<Subject>(&written).unwrap(), subject);
        assert_eq!((content.kind(), content.text()), (ContentKind::Json, None));
        assert_eq!(content.output_text(), Some("{\"a\": 1,\n  b}"));
        let Content::InvalidJson(invalid) = content else { panic!("{content:?}") };
        let JsonProblem { line, column, message, is_fenced, has_open_fence } = invalid.problem();
        assert_eq!((line, column, is_fenced, has_open_fence), (2, 3, false, false));
        assert_eq!(message, "key must be a string");
        let Content::InvalidJson(invalid) = Content::from_json_text("{\"ä\": ö}") else {
            panic!("it is JSON")
        };
        assert_eq!(invalid.problem().column, 7, "in characters");
        let json = r#"{"invalid-json": "{}"}"#;
        assert!(serde_json::from_str::<Subject>(json).is_err(), "it is JSON");
    }

    #[test]
    fn takes_a_code_fence_off() {
        let fenced = Content::from_json_text("```json\n{\"a\": 1}\n```\n");
        let Content::InvalidJson(invalid) = &fenced else { panic!("{fenced:?}") };
        assert!(invalid.problem().is_fenced && !invalid.problem().has_open_fence);
        let json = Content::Json(JsonText(r#"{"a": 1}"#.into()));
        assert_eq!(fenced.without_code_fence(), Some(json.clone()));
        assert_eq!(json.without_code_fence(), None);
        let broken = Content::from_json_text("```\n{\n```").without_code_fence();
        assert_eq!(broken, Some(Content::InvalidJson(InvalidJson { text: "{".into() })));
        assert_eq!(Content::from_json_text("{").without_code_fence(), None);
        for text in ["Here it is:\n```json\n{}\n```", "```json\n{}", "```a:b\n{}\n```"] {
            let Content::InvalidJson(invalid) = Content::from_json_text(text) else {
                panic!("{text} is JSON")
            };
            assert!(invalid.problem().has_open_fence && !invalid.problem().is_fenced, "{text}");
        }
    }

    #[test]
    fn reads_back_the_document_null() {
        let subject = Subject::new(Content::from_json_text("null"));
        let written = serde_json::to_string(&subject).unwrap();
        assert_eq!(written, r#"{"json":null}"#);
        assert_eq!(serde_json::from_str::<Subject>(&written).unwrap(), subject);
        assert!(serde_json::from_str::<Subject>(r#"{"text": "a", "json": null}"#).is_err());
    }

    #[test]
    fn reads_back_an_action() {
        let file = r#"{"action":{"tool":"mail","arguments":{"to":"x"}},"context":{"model":"m"}}"#;
        let subject: Subject = serde_json::from_str(file).unwrap();
        assert_eq!(subject.content.kind(), ContentKind::Action);
        assert_eq!(serde_json::to_string(&subject).unwrap(), file);
    }
}
