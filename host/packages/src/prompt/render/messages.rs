//! Assembly of pieces into messages by the rules of dotprompt: text before the first role belongs
//! to the user, and white space alone makes no message.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::template::MessageRole;
use super::pieces::Piece;

/// A message to or from the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptMessage {
    pub role: MessageRole,
    pub content: Vec<MessageContent>,
    /// Further data about the message, such as `purpose: history`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MessageContent {
    Text {
        text: String,
    },
    /// An image, sound or document.
    Media {
        media: Media,
    },
    /// Anything else: a section for the caller to fill, or a tool request.
    Other(Value),
}

/// Reference to an image, sound or document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Media {
    pub url: String,
    /// Media type, such as `image/png`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

pub(super) fn assemble_messages(
    pieces: Vec<Piece>,
    history: &[PromptMessage],
) -> Vec<PromptMessage> {
    let mut messages = Vec::new();
    let mut current = empty_message(MessageRole::User);
    let mut has_history = false;
    for piece in pieces {
        match piece {
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(text) => current.content.push(MessageContent::Text { text }),
            Piece::Media(media) => current.content.push(MessageContent::Media { media }),
            Piece::Section(name) => {
                let metadata = json!({"metadata": {"purpose": name, "pending": true}});
                current.content.push(MessageContent::Other(metadata));
            }
            Piece::Role(role) if current.content.is_empty() => current.role = role,
            Piece::Role(role) => {
                messages.push(std::mem::replace(&mut current, empty_message(role)))
            }
            Piece::History => {
                messages.push(std::mem::replace(&mut current, empty_message(MessageRole::Model)));
                messages.extend(history.iter().map(as_history));
                has_history = true;
            }
        }
    }
    messages.push(current);
    messages.retain(|message| !message.content.is_empty());
    if !has_history {
        // Without `{{history}}`, the history goes before the user's last message.
        let ends_with_user = messages.last().is_some_and(|last| last.role == MessageRole::User);
        let at = messages.len() - usize::from(ends_with_user);
        messages.splice(at..at, history.iter().cloned());
    }
    messages
}

fn empty_message(role: MessageRole) -> PromptMessage {
    PromptMessage { role, content: Vec::new(), metadata: None }
}

fn as_history(message: &PromptMessage) -> PromptMessage {
    let mut metadata = match &message.metadata {
        Some(Value::Object(members)) => members.clone(),
        _ => serde_json::Map::new(),
    };
    metadata.insert("purpose".into(), "history".into());
    PromptMessage { metadata: Some(Value::Object(metadata)), ..message.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(role: MessageRole, text: &str) -> PromptMessage {
        PromptMessage {
            role,
            content: vec![MessageContent::Text { text: text.into() }],
            metadata: None,
        }
    }

    fn assemble_with_history(pieces: &[Piece]) -> Vec<PromptMessage> {
        assemble_messages(pieces.to_vec(), &[message(MessageRole::User, "before")])
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    #[test]
    fn drops_messages_of_white_space() {
        let pieces = [
            text("\n"),
            Piece::Role(MessageRole::System),
            text("a\n"),
            Piece::Role(MessageRole::User),
            text(" "),
        ];
        assert_eq!(
            assemble_with_history(&pieces),
            [message(MessageRole::System, "a\n"), message(MessageRole::User, "before")]
        );
        assert_eq!(assemble_messages(Vec::new(), &[]), []);
    }

    #[test]
    fn places_history_where_named_or_before_the_last_user_message() {
        let pieces = [Piece::Role(MessageRole::System), text("a"), Piece::History, text("b")];
        let roles: Vec<_> =
            assemble_with_history(&pieces).iter().map(|message| message.role).collect();
        assert_eq!(roles, [MessageRole::System, MessageRole::User, MessageRole::Model]);
        assert_eq!(assemble_with_history(&pieces)[1].metadata, Some(json!({"purpose": "history"})));
        let pieces = [
            Piece::Role(MessageRole::System),
            text("a"),
            Piece::Role(MessageRole::User),
            text("b"),
        ];
        assert_eq!(assemble_with_history(&pieces)[1], message(MessageRole::User, "before"));
        assert_eq!(assemble_with_history(&pieces)[2], message(MessageRole::User, "b"));
    }
}
