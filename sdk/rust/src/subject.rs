//! Reading a subject.

use serde::de::DeserializeOwned;

use crate::{Action, Content, Refusal, Subject};

impl Subject {
    /// A text, for tests.
    pub fn of_text(text: impl Into<String>) -> Self {
        Self::of(Content::Text(text.into()))
    }

    /// A JSON document, for tests.
    pub fn of_json(json: impl Into<String>) -> Self {
        Self::of(Content::Json(json.into()))
    }

    /// An action, for tests.
    pub fn of_action(tool: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self::of(Content::Action(Action { tool: tool.into(), arguments: arguments.into() }))
    }

    fn of(content: Content) -> Self {
        Self { content, prompt: None, context: "{}".into() }
    }

    /// The text under judgement. A contract that only reads texts puts `?` behind
    /// it, and refuses everything else.
    pub fn text(&self) -> Result<&str, Refusal> {
        match &self.content {
            Content::Text(text) => Ok(text),
            other => Err(not_applicable("a text", other)),
        }
    }

    /// The JSON under judgement: a document, or the arguments of an action.
    pub fn json(&self) -> Result<&str, Refusal> {
        match &self.content {
            Content::Json(json) | Content::Action(Action { arguments: json, .. }) => Ok(json),
            other => Err(not_applicable("JSON", other)),
        }
    }

    /// The action under judgement.
    pub fn action(&self) -> Result<&Action, Refusal> {
        match &self.content {
            Content::Action(action) => Ok(action),
            other => Err(not_applicable("an action", other)),
        }
    }

    /// What else the caller knows, as a type of your own.
    pub fn context<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_json::from_str(&self.context)
            .map_err(|error| Refusal::Broken(format!("the context does not fit: {error}")))
    }
}

fn not_applicable(wanted: &str, content: &Content) -> Refusal {
    let kind = match content {
        Content::Text(_) => "a text",
        Content::Json(_) => "a JSON document",
        Content::Action(_) => "an action",
    };
    Refusal::NotApplicable(format!("this contract judges {wanted}, and the subject is {kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wrong_kind_is_refused_by_name() {
        assert_eq!(Subject::of_text("hi").text(), Ok("hi"));
        assert_eq!(Subject::of_action("mail", "[1]").json(), Ok("[1]"));
        let refusal = Subject::of_json("{}").text().unwrap_err();
        let words = "this contract judges a text, and the subject is a JSON document";
        assert_eq!(refusal, Refusal::NotApplicable(words.into()));
    }
}
