//! `tollgate prompt render`: renders a prompt to messages.

use anyhow::Context;
use clap::Args;
use tollgate_api::RenderedPromptDocument;
use tollgate_packages::prompt::{MessageContent, PromptMessage};

use super::super::contract_loading;
use super::PromptFolderArgs;
use crate::console::{self, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::json_output;

/// Renders a prompt to the messages for a model.
///
/// Every variable has to be declared, have a value and have the right type. Values are never interpreted as
/// templates.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  tollgate prompt render welcome-email@^2 --vars '{"name": "Dana"}'
  tollgate prompt render prompts/reply.prompt --vars @vars.json --history @said.json --json"#)]
pub(super) struct RenderCommand {
    /// File, or name with a version requirement.
    #[arg(value_name = "FILE|NAME@REQ")]
    prompt: String,
    #[command(flatten)]
    prompts: PromptFolderArgs,
    /// Variables: a JSON object, or `@` and the path of a file with one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    vars: String,
    /// Earlier messages: a JSON list, or `@` and the path of a file with one. Each has `role` and `content`.
    #[arg(long, value_name = "JSON|@FILE", default_value = "[]")]
    history: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl RenderCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let prompt = self.prompts.find(&self.prompt)?;
        let (variables, _) = contract_loading::read_json_argument("--vars", &self.vars)?;
        let (history, _) = contract_loading::read_json_argument("--history", &self.history)?;
        let history: Vec<PromptMessage> = serde_json::from_value(history)
            .context("`--history` has to be a list of messages, each with `role` and `content`")?;
        let messages = prompt.render(&variables, &history)?;
        if !self.json {
            print_messages(&messages);
            return Ok(Exit::Pass);
        }
        json_output::print_document(&RenderedPromptDocument::new(&prompt, messages))?;
        Ok(Exit::Pass)
    }
}

fn print_messages(messages: &[PromptMessage]) {
    for (index, message) in messages.iter().enumerate() {
        if index > 0 {
            console::print("");
        }
        console::print(paint(STRONG, format!("{}:", message.role)));
        for part in &message.content {
            match part {
                MessageContent::Text { text } => console::print(text.trim_matches('\n')),
                MessageContent::Media { media } => {
                    let kind = media.content_type.as_ref().map(|kind| format!(" ({kind})"));
                    let media = format!("[{}{}]", media.url, kind.unwrap_or_default());
                    console::print(paint(QUIET, media));
                }
                MessageContent::Other(other) => {
                    console::print(paint(QUIET, format!("[{other}]")));
                }
            }
        }
    }
}
