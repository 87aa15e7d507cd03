//! Constructors and accessors of subjects.

use serde::de::DeserializeOwned;

use crate::{Action, Content, Refusal, Subject};

impl Subject {
    /// Returns a text, for tests.
    pub fn of_text(text: impl Into<String>) -> Self {
        Self::of(Content::Text(text.into()))
    }

    /// Returns a JSON document, for tests.
    pub fn of_json(json: impl Into<String>) -> Self {
        Self::of(Content::Json(json.into()))
    }

    /// Returns an action, for tests.
    pub fn of_action(tool: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self::of(Content::Action(Action { tool: tool.into(), arguments: arguments.into() }))
    }

    fn of(content: Content) -> Self {
        Self { content, prompt: None, context: "{}".into() }
    }

    /// Returns the text under judgement. With `?`, a contract refuses all other subjects.
    pub fn text(&self) -> Result<&str, Refusal> {
        match &self.content {
            Content::Text(text) => Ok(text),
            other => Err(not_applicable("a text", other)),
        }
    }

    /// Returns the JSON under judgement: a document, or the arguments of an action.
    pub fn json(&self) -> Result<&str, Refusal> {
        match &self.content {
            Content::Json(json) | Content::Action(Action { arguments: json, .. }) => Ok(json),
            other => Err(not_applicable("JSON", other)),
        }
    }

    /// Returns the action under judgement.
    pub fn action(&self) -> Result<&Action, Refusal> {
        match &self.content {
            Content::Action(action) => Ok(action),
            other => Err(not_applicable("an action", other)),
        }
    }

    /// Deserialises the context that the caller provides, such as model, channel or locale.
    pub fn context<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_str(&self.context)
            .map_err(|error| Refusal::Broken(format!("the context does not fit: {error}")))
    }
}

fn not_applicable(expected: &str, content: &Content) -> Refusal {
    let kind = match content {
        Content::Text(_) => "a text",
        Content::Json(_) => "a JSON document",
        Content::Action(_) => "an action",
    };
    Refusal::NotApplicable(format!("this contract judges {expected}, but the subject is {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_other_kinds_by_name() {
        assert_eq!(Subject::of_text("hi").text(), Ok("hi"));
        assert_eq!(Subject::of_action("mail", "[1]").json(), Ok("[1]"));
        let refusal = Subject::of_json("{}").text().unwrap_err();
        let words = "this contract judges a text, but the subject is a JSON document";
        assert_eq!(refusal, Refusal::NotApplicable(words.into()));
    }
}
