//! What a subject tells the guest to do.

use std::str::FromStr;

use tollgate_sdk::{Content, Subject};

/// A command and its argument.
pub struct Order<'a> {
    pub command: &'a str,
    pub argument: &'a str,
    /// Bytes of the whole content: the first offset that is no place in it.
    pub length: usize,
}

impl<'a> Order<'a> {
    /// A text says it plainly, a JSON document as a string, an action as its tool.
    pub fn of(subject: &'a Subject) -> Self {
        let content = match &subject.content {
            Content::Text(text) => text,
            Content::Json(json) => json,
            Content::Action(action) => &action.tool,
        };
        let words = content.trim_matches('"');
        let (command, argument) = words.split_once(' ').unwrap_or((words, ""));
        Self { command, argument, length: content.len() }
    }

    /// The argument, or what stands for none.
    pub fn number_or<N: FromStr>(&self, default: N) -> N {
        self.argument.parse().unwrap_or(default)
    }
}
