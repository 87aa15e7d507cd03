//! Reads a file as the subject of a judgement.

use std::path::Path;

use anyhow::Context;
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::{Content, JsonText, PromptRef, Subject};

use super::contract_loading::parse_object_argument;
use super::prompt::PromptFolderArgs;
use crate::files;

/// Options for the kind, context and prompt of a subject.
#[derive(Args, Clone, Debug)]
pub(super) struct SubjectArgs {
    /// Kind of the subject [default: json for files that end in `.json`, otherwise text]. An action is a JSON object
    /// with `tool` and `arguments`.
    #[arg(long, value_enum)]
    kind: Option<SubjectKind>,
    /// Context of the subject: a JSON object, or `@` and the path of a file with one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    context: String,
    /// Prompt that produced the subject: a `.prompt` file, or a name with a version requirement.
    #[arg(long, value_name = "FILE|NAME@REQ")]
    prompt: Option<String>,
    #[command(flatten)]
    prompts: PromptFolderArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SubjectKind {
    Text,
    Json,
    Action,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionJson {
    tool: String,
    arguments: Box<RawValue>,
}

impl SubjectArgs {
    /// Reads a subject from a file, or from standard input if the path is `-`. A document that is no JSON is a subject,
    /// too.
    pub(super) fn read(&self, path: &Path) -> anyhow::Result<Subject> {
        let text = files::read_text_or_stdin(path)?;
        let content = self.content(path, text)?;
        Ok(Subject { content, prompt: self.read_prompt()?, context: self.read_context()? })
    }

    /// Returns an empty text with the prompt and context, for a text that arrives later.
    pub(super) fn empty_text(&self) -> anyhow::Result<Subject> {
        let content = Content::Text(String::new());
        Ok(Subject { content, prompt: self.read_prompt()?, context: self.read_context()? })
    }

    fn read_prompt(&self) -> anyhow::Result<Option<PromptRef>> {
        let Some(reference) = &self.prompt else { return Ok(None) };
        let prompt = self.prompts.find(reference)?.to_prompt_ref();
        prompt.map(Some).with_context(|| {
            format!(
                "`{reference}` has no `version`: a subject needs the prompt version that produced it"
            )
        })
    }

    fn content(&self, path: &Path, text: String) -> anyhow::Result<Content> {
        let name = path.display();
        let ends_in_json = path.extension().is_some_and(|extension| extension == "json");
        let kind =
            self.kind.unwrap_or(if ends_in_json { SubjectKind::Json } else { SubjectKind::Text });
        // A byte order mark at the start is no part of a document.
        let document = text.strip_prefix('\u{feff}').unwrap_or(&text);
        Ok(match kind {
            SubjectKind::Json => Content::from_json_text(document),
            SubjectKind::Action => {
                let action: ActionJson = serde_json::from_str(document).with_context(|| {
                    format!(
                        "`{name}` is not an action: an action is an object with `tool` and `arguments`"
                    )
                })?;
                let arguments = JsonText::parse(action.arguments.get())?;
                Content::Action { tool: action.tool, arguments }
            }
            SubjectKind::Text => Content::Text(text),
        })
    }

    fn read_context(&self) -> anyhow::Result<JsonText> {
        let text = match self.context.strip_prefix('@') {
            Some(path) => files::read_given_text(Path::new(path))?,
            None => self.context.clone(),
        };
        parse_object_argument("--context", &text)?;
        Ok(JsonText::parse(text)?)
    }
}
