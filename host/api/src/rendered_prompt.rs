//! Prompts that are rendered to messages. The messages have the form of dotprompt.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use tollgate_model::FormatVersion;
use tollgate_packages::prompt::{Media, MessageContent, MessageRole, PromptFile, PromptMessage};

use crate::prompt::{ModelRequest, PromptIdentity};

/// Request to a model, rendered from a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RenderedPromptDocument {
    pub format: FormatVersion<1>,
    pub prompt: PromptIdentity,
    #[serde(flatten)]
    pub request: ModelRequest,
    pub messages: Vec<RenderedMessage>,
}

/// Message to or from the model.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RenderedMessage {
    pub role: RenderedRole,
    pub content: Vec<RenderedPart>,
    /// Further data about the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// Author of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RenderedRole {
    User,
    Model,
    System,
    Tool,
}

/// Part of a message.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RenderedPart {
    Text {
        text: String,
    },
    /// An image, sound or document.
    Media {
        media: RenderedMedia,
    },
    /// A section for the caller to fill, or a tool request.
    Other(Value),
}

/// Reference to an image, sound or document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RenderedMedia {
    pub url: String,
    /// Media type, such as `image/png`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

impl RenderedPromptDocument {
    pub fn new(prompt: &PromptFile, messages: Vec<PromptMessage>) -> Self {
        Self {
            format: FormatVersion,
            prompt: prompt.into(),
            request: prompt.into(),
            messages: messages.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PromptMessage> for RenderedMessage {
    fn from(message: PromptMessage) -> Self {
        let PromptMessage { role, content, metadata } = message;
        let content = content.into_iter().map(Into::into).collect();
        Self { role: role.into(), content, metadata }
    }
}

impl From<MessageRole> for RenderedRole {
    fn from(role: MessageRole) -> Self {
        match role {
            MessageRole::User => Self::User,
            MessageRole::Model => Self::Model,
            MessageRole::System => Self::System,
            MessageRole::Tool => Self::Tool,
        }
    }
}

impl From<MessageContent> for RenderedPart {
    fn from(content: MessageContent) -> Self {
        match content {
            MessageContent::Text { text } => Self::Text { text },
            MessageContent::Media { media: Media { url, content_type } } => {
                Self::Media { media: RenderedMedia { url, content_type } }
            }
            MessageContent::Other(other) => Self::Other(other),
        }
    }
}
