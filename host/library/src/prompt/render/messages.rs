//! From pieces to messages, as dotprompt has them: what is said before the first role is the
//! user's, and white space alone says nothing.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::template::Role;
use super::pieces::Piece;

/// What one side says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Who.
    pub role: Role,
    /// What.
    pub content: Vec<Content>,
    /// What is known of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// A picture, a sound, a document.
    Media {
        /// Where it is.
        media: Media,
    },
    /// Something else: a section to be filled by the caller, or what a tool was asked.
    Other(Value),
}

/// Something that is not a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Media {
    /// Where it is.
    pub url: String,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

pub(super) fn assemble(pieces: Vec<Piece>, history: &[Message]) -> Vec<Message> {
    let mut messages = Vec::new();
    let mut current = empty(Role::User);
    let mut has_history = false;
    for piece in pieces {
        match piece {
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(text) => current.content.push(Content::Text { text }),
            Piece::Media(media) => current.content.push(Content::Media { media }),
            Piece::Section(name) => {
                let metadata = json!({"metadata": {"purpose": name, "pending": true}});
                current.content.push(Content::Other(metadata));
            }
            Piece::Role(role) if current.content.is_empty() => current.role = role,
            Piece::Role(role) => messages.push(std::mem::replace(&mut current, empty(role))),
            Piece::History => {
                messages.push(std::mem::replace(&mut current, empty(Role::Model)));
                messages.extend(history.iter().map(as_history));
                has_history = true;
            }
        }
    }
    messages.push(current);
    messages.retain(|message| !message.content.is_empty());
    if !has_history {
        // A prompt that does not say where: before what the user says last.
        let users = messages.last().is_some_and(|last| last.role == Role::User);
        let at = messages.len() - usize::from(users);
        messages.splice(at..at, history.iter().cloned());
    }
    messages
}

fn empty(role: Role) -> Message {
    Message { role, content: Vec::new(), metadata: None }
}

fn as_history(message: &Message) -> Message {
    let mut metadata = match &message.metadata {
        Some(Value::Object(members)) => members.clone(),
        _ => serde_json::Map::new(),
    };
    metadata.insert("purpose".into(), "history".into());
    Message { metadata: Some(Value::Object(metadata)), ..message.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(role: Role, text: &str) -> Message {
        Message { role, content: vec![Content::Text { text: text.into() }], metadata: None }
    }

    fn of(pieces: &[Piece]) -> Vec<Message> {
        assemble(pieces.to_vec(), &[said(Role::User, "before")])
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    #[test]
    fn white_space_says_nothing() {
        let pieces = [
            text("\n"),
            Piece::Role(Role::System),
            text("a\n"),
            Piece::Role(Role::User),
            text(" "),
        ];
        assert_eq!(of(&pieces), [said(Role::System, "a\n"), said(Role::User, "before")]);
        assert_eq!(assemble(Vec::new(), &[]), []);
    }

    #[test]
    fn history_stands_where_it_is_named_or_before_what_the_user_says_last() {
        let pieces = [Piece::Role(Role::System), text("a"), Piece::History, text("b")];
        let roles: Vec<_> = of(&pieces).iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::System, Role::User, Role::Model]);
        assert_eq!(of(&pieces)[1].metadata, Some(json!({"purpose": "history"})));
        let pieces = [Piece::Role(Role::System), text("a"), Piece::Role(Role::User), text("b")];
        assert_eq!(of(&pieces)[1], said(Role::User, "before"));
        assert_eq!(of(&pieces)[2], said(Role::User, "b"));
    }
}
