//! Reading what is to be judged.

use std::path::Path;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_model::{Content, JsonText, Prompt, Subject};

use super::loading::json;
use super::prompt::Prompts;
use crate::files;

/// What a file is, and what else is known of it.
#[derive(Args, Clone, Debug)]
pub(super) struct About {
    /// What the subject is [default: json for a file that ends in `.json`, else text].
    /// An action is a JSON object with `tool` and `arguments`.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// What else is known of the subject: a JSON object, or `@` and the path of one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    context: String,
    /// The prompt that it comes from: a `.prompt` file, or a name and the versions that would do.
    #[arg(long, value_name = "FILE|NAME@REQ")]
    prompt: Option<String>,
    #[command(flatten)]
    prompts: Prompts,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Text,
    Json,
    Action,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAction {
    tool: String,
    arguments: Box<RawValue>,
}

impl About {
    /// Reads a subject from a file, or from standard input where the path is `-`.
    pub(super) fn read(&self, path: &Path) -> anyhow::Result<Subject> {
        let text = files::read_text_or_stdin(path)?;
        let content = self.content(path, text)?;
        Ok(Subject { content, prompt: self.read_prompt()?, context: self.read_context()? })
    }

    /// A text of which nothing is there yet.
    pub(super) fn nothing_yet(&self) -> anyhow::Result<Subject> {
        let content = Content::Text(String::new());
        Ok(Subject { content, prompt: self.read_prompt()?, context: self.read_context()? })
    }

    fn read_prompt(&self) -> anyhow::Result<Option<Prompt>> {
        let Some(reference) = &self.prompt else { return Ok(None) };
        let prompt = self.prompts.find(reference)?.as_prompt();
        prompt.map(Some).with_context(|| {
            format!(
                "`{reference}` has no `version`, and a subject comes from a version of a prompt"
            )
        })
    }

    fn content(&self, path: &Path, text: String) -> anyhow::Result<Content> {
        let name = path.display();
        let ends_in_json = path.extension().is_some_and(|extension| extension == "json");
        let kind = self.kind.unwrap_or(if ends_in_json { Kind::Json } else { Kind::Text });
        Ok(match kind {
            Kind::Text => Content::Text(text),
            Kind::Json => Content::Json(
                JsonText::parse(text).with_context(|| format!("cannot judge `{name}`"))?,
            ),
            Kind::Action => {
                let action: WrittenAction = serde_json::from_str(&text).with_context(|| {
                    format!(
                        "`{name}` is not an action: that is an object with `tool` and `arguments`"
                    )
                })?;
                let arguments = JsonText::parse(action.arguments.get())?;
                Content::Action { tool: action.tool, arguments }
            }
        })
    }

    fn read_context(&self) -> anyhow::Result<JsonText> {
        let text = match self.context.strip_prefix('@') {
            Some(path) => files::read_text(Path::new(path))?,
            None => self.context.clone(),
        };
        if !json("--context", &text)?.is_object() {
            bail!("`--context` is not a JSON object");
        }
        Ok(JsonText::parse(text)?)
    }
}
