//! Messages of registries, made safe for a terminal: short, on one line, and without hidden characters.

use std::fmt;

use reqwest::StatusCode;
use serde::Deserialize;
use tollgate_model::reveal_hidden;

/// Longest message shown. Registries are not trusted to be brief.
const MESSAGE_CHARACTERS_MAX: usize = 300;
/// Number of errors shown of one response. There is rarely more than one.
const ERRORS_SHOWN_MAX: usize = 3;

/// Status and message of an unexpected response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteMessage {
    pub status: u16,
    /// Explanation in the response, sanitised. Empty if there is none.
    pub reason: String,
}

/// Error document of the distribution specification.
#[derive(Deserialize)]
struct ErrorDocument {
    errors: Vec<ErrorEntry>,
}

#[derive(Deserialize)]
struct ErrorEntry {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// Error document of token servers.
#[derive(Deserialize)]
struct TokenError {
    #[serde(alias = "details", alias = "error_description", alias = "message")]
    error: String,
}

impl RemoteMessage {
    pub(super) fn new(status: StatusCode, body: &[u8]) -> Self {
        Self { status: status.as_u16(), reason: sanitise(&extract_reason(body)) }
    }
}

impl fmt::Display for RemoteMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.as_str() {
            "" => write!(f, "the registry answered {}", self.status),
            reason => write!(f, "the registry answered {} ({reason})", self.status),
        }
    }
}

fn extract_reason(body: &[u8]) -> String {
    if let Ok(ErrorDocument { errors }) = serde_json::from_slice(body) {
        let summaries = errors.iter().take(ERRORS_SHOWN_MAX).map(ErrorEntry::summary);
        return summaries.collect::<Vec<_>>().join("; ");
    }
    if let Ok(TokenError { error }) = serde_json::from_slice(body) {
        return error;
    }
    // An HTML page is meant for a browser and useless in a message.
    let text = String::from_utf8_lossy(body);
    if text.trim_start().starts_with('<') { String::new() } else { text.trim().to_owned() }
}

impl ErrorEntry {
    fn summary(&self) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            (code, "") => code.into(),
            ("", message) => message.into(),
            (code, message) => format!("{code}: {message}"),
        }
    }
}

/// Puts text from a remote server on one line, cuts it, and spells out characters that could control the terminal or
/// reorder the text.
pub(super) fn sanitise(text: &str) -> String {
    let shown = |c: char| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
    let cut: String = text.chars().take(MESSAGE_CHARACTERS_MAX).map(shown).collect();
    let mut cut = reveal_hidden(&cut).into_owned();
    if text.chars().nth(MESSAGE_CHARACTERS_MAX).is_some() {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> String {
        RemoteMessage::new(StatusCode::NOT_FOUND, body.as_bytes()).to_string()
    }

    #[test]
    fn shows_the_reason_that_a_registry_gives() {
        let body = r#"{"errors": [{"code": "NAME_UNKNOWN", "message": "no such name", "detail": {}},
                                  {"code": "DENIED"}]}"#;
        assert_eq!(message(body), "the registry answered 404 (NAME_UNKNOWN: no such name; DENIED)");
        assert_eq!(
            message(r#"{"details": "incorrect password"}"#),
            "the registry answered 404 (incorrect password)"
        );
        assert_eq!(
            message("404 page not found\n"),
            "the registry answered 404 (404 page not found)"
        );
        assert_eq!(message("<html>very long</html>"), "the registry answered 404");
        assert_eq!(message(""), "the registry answered 404");
    }

    #[test]
    fn spells_out_terminal_control_characters() {
        let evil = "\u{1b}[2Jgone\u{7}\u{9b}31m\u{202e}txt\nnext";
        let body = serde_json::json!({"errors": [{"code": "X", "message": evil}]}).to_string();
        for text in [message(evil), message(&body)] {
            assert!(text.contains("gone") && text.contains("txt next"), "{text:?}");
            assert!(
                text.contains("\\u{1b}[2J") && tollgate_model::count_hidden(&text) == 0,
                "{text:?}"
            );
        }
    }

    #[test]
    fn cuts_long_messages() {
        let long = message(&"é".repeat(100_000));
        assert!(
            long.chars().count() < MESSAGE_CHARACTERS_MAX + 40 && long.ends_with("…)"),
            "{long}"
        );
    }
}
