//! Parses the subject into a command and its argument.

use std::str::FromStr;

use tollgate_sdk::{Content, Subject};

/// A command and its argument.
pub struct Command<'a> {
    pub name: &'a str,
    pub argument: &'a str,
    /// Size of the whole content, which is the largest valid end of a span.
    pub subject_bytes: usize,
}

impl<'a> Command<'a> {
    /// Parses a text, a JSON string, or the tool of an action.
    pub fn parse(subject: &'a Subject) -> Self {
        let content = match &subject.content {
            Content::Text(text) => text,
            Content::Json(json) => json,
            Content::Action(action) => &action.tool,
        };
        let line = content.trim_matches('"');
        let (name, argument) = line.split_once(' ').unwrap_or((line, ""));
        Self { name, argument, subject_bytes: content.len() }
    }

    /// Returns the argument as a number, or `default` if it is not one.
    pub fn number_or<N: FromStr>(&self, default: N) -> N {
        self.argument.parse().unwrap_or(default)
    }
}
