//! Subjects: AI outputs under judgement.
//!
//! Written as a file, a subject is an object with exactly one of `text`, `json` and
//! `action`, and optionally `prompt` and `context`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, de::Error as _, de::IgnoredAny};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

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
            Content::Action { tool, arguments } => tool.len() + arguments.0.len(),
        };
        content + self.context.0.len()
    }
}

impl Content {
    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Text(_) => ContentKind::Text,
            Self::Json(_) => ContentKind::Json,
            Self::Action { .. } => ContentKind::Action,
        }
    }

    /// Returns the output as its recipient gets it. An action has no recipient.
    pub fn output_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(json) => Some(json.as_str()),
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

/// One AI output, with the prompt and the context that it comes from. It has exactly one of `text`, `json` and
/// `action`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Subject")]
struct SubjectFile {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Value>")]
    json: Option<Box<RawValue>>,
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
            action: None,
            prompt: self.prompt.clone(),
            context: Some(self.context.raw()?).filter(|raw| raw.get() != "{}"),
        };
        match &self.content {
            Content::Text(text) => file.text = Some(text.clone()),
            Content::Json(json) => file.json = Some(json.raw()?),
            Content::Action { tool, arguments } => {
                file.action = Some(ActionFile { tool: tool.clone(), arguments: arguments.raw()? });
            }
        }
        file.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let file = SubjectFile::deserialize(deserializer)?;
        let content = match (file.text, file.json, file.action) {
            (Some(text), None, None) => Content::Text(text),
            (None, Some(json), None) => Content::Json(json.into()),
            (None, None, Some(ActionFile { tool, arguments })) => {
                Content::Action { tool, arguments: arguments.into() }
            }
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
    fn reads_back_an_action() {
        let file = r#"{"action":{"tool":"mail","arguments":{"to":"x"}},"context":{"model":"m"}}"#;
        let subject: Subject = serde_json::from_str(file).unwrap();
        assert_eq!(subject.content.kind(), ContentKind::Action);
        assert_eq!(serde_json::to_string(&subject).unwrap(), file);
    }
}
