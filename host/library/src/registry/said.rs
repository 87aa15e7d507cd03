//! What a registry said, made fit for a message: short, and without anything that a terminal
//! would obey.

use std::fmt;

use reqwest::StatusCode;
use serde::Deserialize;

/// What does not say in this many characters what is wrong does not say it in more.
const SAID_CHARACTERS_MAX: usize = 300;
/// How many of a registry's errors are repeated. There is hardly ever more than one.
const ERRORS_SHOWN_MAX: usize = 3;

/// An answer that was not what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The HTTP status.
    pub status: u16,
    /// What it gave as a reason: empty, where it gave none.
    pub reason: String,
}

/// How the distribution specification has errors.
#[derive(Deserialize)]
struct Errors {
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// How token servers have them.
#[derive(Deserialize)]
struct TokenError {
    #[serde(alias = "details", alias = "error_description", alias = "message")]
    error: String,
}

impl Said {
    pub(super) fn new(status: StatusCode, body: &[u8]) -> Self {
        Self { status: status.as_u16(), reason: harmless(&reason(body)) }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.as_str() {
            "" => write!(f, "it answered {}", self.status),
            reason => write!(f, "it answered {} ({reason})", self.status),
        }
    }
}

fn reason(body: &[u8]) -> String {
    if let Ok(Errors { errors }) = serde_json::from_slice(body) {
        let told = errors.iter().take(ERRORS_SHOWN_MAX).map(OneError::told);
        return told.collect::<Vec<_>>().join("; ");
    }
    if let Ok(TokenError { error }) = serde_json::from_slice(body) {
        return error;
    }
    // A page for people says nothing in a message.
    let text = String::from_utf8_lossy(body);
    if text.trim_start().starts_with('<') { String::new() } else { text.trim().to_owned() }
}

impl OneError {
    fn told(&self) -> String {
        match (self.code.as_str(), self.message.as_str()) {
            (code, "") => code.into(),
            ("", message) => message.into(),
            (code, message) => format!("{code}: {message}"),
        }
    }
}

/// A stranger's text in one line, cut, and without what changes how the rest is shown.
pub(super) fn harmless(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || is_unseen(c) => '\u{fffd}',
        c => c,
    };
    let mut cut: String = text.chars().take(SAID_CHARACTERS_MAX).map(shown).collect();
    if text.chars().nth(SAID_CHARACTERS_MAX).is_some() {
        cut.push('…');
    }
    cut
}

/// Marks that nobody sees, and that turn the direction of a text or join what looks apart.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> String {
        Said::new(StatusCode::NOT_FOUND, body.as_bytes()).to_string()
    }

    #[test]
    fn what_a_registry_gives_as_a_reason_is_told() {
        let body = r#"{"errors": [{"code": "NAME_UNKNOWN", "message": "no such name", "detail": {}},
                                  {"code": "DENIED"}]}"#;
        assert_eq!(said(body), "it answered 404 (NAME_UNKNOWN: no such name; DENIED)");
        assert_eq!(
            said(r#"{"details": "incorrect password"}"#),
            "it answered 404 (incorrect password)"
        );
        assert_eq!(said("404 page not found\n"), "it answered 404 (404 page not found)");
        assert_eq!(said("<html>very long</html>"), "it answered 404");
        assert_eq!(said(""), "it answered 404");
    }

    #[test]
    fn a_terminal_obeys_nothing_of_it() {
        let evil = "\u{1b}[2Jgone\u{7}\u{9b}31m\u{202e}txt\nnext";
        let body = serde_json::json!({"errors": [{"code": "X", "message": evil}]}).to_string();
        for text in [said(evil), said(&body)] {
            assert!(text.contains("gone") && text.contains("txt next"), "{text:?}");
            assert!(!text.chars().any(|c| c.is_control() || is_unseen(c)), "{text:?}");
        }
    }

    #[test]
    fn what_is_long_is_cut() {
        let long = said(&"é".repeat(100_000));
        assert!(long.chars().count() < SAID_CHARACTERS_MAX + 40 && long.ends_with("…)"), "{long}");
    }
}
