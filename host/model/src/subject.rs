//! One AI output under judgement.
//!
//! Written as a file, a subject is an object with exactly one of `text`, `json` and
//! `action`, and optionally `prompt` and `context`.

use std::fmt;

use serde::{Deserialize, Serialize, de::Error as _, de::IgnoredAny};
use serde_json::value::RawValue;

/// One AI output and what is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The output itself.
    pub content: Content,
    /// The prompt version that produced it.
    pub prompt: Option<Prompt>,
    /// Model, channel, audience, locale, variables, confidence …: a JSON object.
    pub context: JsonText,
}

/// An output is a text, a JSON document or something that an agent wants to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A text.
    Text(String),
    /// A JSON document.
    Json(JsonText),
    /// Something that an agent wants to do.
    Action {
        /// The tool that it wants to call.
        tool: String,
        /// What it wants to call it with.
        arguments: JsonText,
    },
}

/// The kinds of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContentKind {
    /// A text.
    Text,
    /// A JSON document.
    Json,
    /// An action.
    Action,
}

/// A prompt version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// What it is called, a `PromptName`.
    pub name: String,
    /// Its semver version.
    pub version: String,
    /// What identifies its bytes.
    pub digest: String,
}

/// A text that is well-formed JSON (RFC 8259), kept as it was written: a contract
/// sees the very bytes that were judged, repeated keys and long numbers included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonText(String);

/// Why a text is not JSON.
#[derive(Debug, thiserror::Error)]
#[error("not JSON: {0}")]
pub struct JsonTextError(#[from] serde_json::Error);

impl JsonText {
    /// Checks that the text is JSON.
    pub fn parse(text: impl Into<String>) -> Result<Self, JsonTextError> {
        let text = text.into();
        serde_json::from_str::<IgnoredAny>(&text)?;
        Ok(Self(text))
    }

    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An object that says nothing.
    pub fn empty_object() -> Self {
        Self("{}".into())
    }
}

impl Subject {
    /// A subject of which nothing else is known.
    pub fn new(content: Content) -> Self {
        Self { content, prompt: None, context: JsonText::empty_object() }
    }

    /// How many bytes a contract gets to read.
    pub fn bytes(&self) -> usize {
        let content = match &self.content {
            Content::Text(text) => text.len(),
            Content::Json(json) => json.0.len(),
            Content::Action { tool, arguments } => tool.len() + arguments.0.len(),
        };
        content + self.context.0.len()
    }
}

impl Content {
    /// Which kind it is.
    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Text(_) => ContentKind::Text,
            Self::Json(_) => ContentKind::Json,
            Self::Action { .. } => ContentKind::Action,
        }
    }

    /// What somebody has who was sent the output and nothing else; an action is not sent to anybody.
    pub fn bare(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Json(json) => Some(json.as_str()),
            Self::Action { .. } => None,
        }
    }

    /// The text that spans point into, where there is one.
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

/// How a subject is written in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<WrittenAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompt: Option<Prompt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context: Option<Box<RawValue>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAction {
    tool: String,
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
        let mut written = Written {
            text: None,
            json: None,
            action: None,
            prompt: self.prompt.clone(),
            context: Some(self.context.raw()?).filter(|raw| raw.get() != "{}"),
        };
        match &self.content {
            Content::Text(text) => written.text = Some(text.clone()),
            Content::Json(json) => written.json = Some(json.raw()?),
            Content::Action { tool, arguments } => {
                written.action =
                    Some(WrittenAction { tool: tool.clone(), arguments: arguments.raw()? });
            }
        }
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Written::deserialize(deserializer)?;
        let content = match (written.text, written.json, written.action) {
            (Some(text), None, None) => Content::Text(text),
            (None, Some(json), None) => Content::Json(json.into()),
            (None, None, Some(WrittenAction { tool, arguments })) => {
                Content::Action { tool, arguments: arguments.into() }
            }
            _ => {
                let one = "a subject has exactly one of `text`, `json` and `action`";
                return Err(D::Error::custom(one));
            }
        };
        let context = written.context.map_or_else(JsonText::empty_object, Into::into);
        if !context.0.trim_start().starts_with('{') {
            return Err(D::Error::custom("the `context` of a subject is a JSON object"));
        }
        Ok(Self { content, prompt: written.prompt, context })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_kept_as_it_was_written() {
        let file = r#"{"json": {"a": 1.00, "a": 123456789012345678901234567890}}"#;
        let subject: Subject = serde_json::from_str(file).unwrap();
        let written = r#"{"a": 1.00, "a": 123456789012345678901234567890}"#;
        assert_eq!(subject.content, Content::Json(JsonText(written.into())));
        assert_eq!(serde_json::to_string(&subject).unwrap(), format!(r#"{{"json":{written}}}"#));
    }

    #[test]
    fn a_subject_has_one_content_and_an_object_for_context() {
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
    fn an_action_reads_back() {
        let file = r#"{"action":{"tool":"mail","arguments":{"to":"x"}},"context":{"model":"m"}}"#;
        let subject: Subject = serde_json::from_str(file).unwrap();
        assert_eq!(subject.content.kind(), ContentKind::Action);
        assert_eq!(serde_json::to_string(&subject).unwrap(), file);
    }
}
