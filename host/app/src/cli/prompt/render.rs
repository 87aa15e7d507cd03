//! `tollgate prompt render`: the messages that a prompt is with given variables.

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};
use tollgate_library::prompt::{Content, Message};

use super::super::loading;
use super::Prompts;
use crate::console::{self, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;

/// Renders a prompt to the messages that a model is sent.
///
/// Every variable has to be declared, given and of the right type. What is given is never
/// read as a template.
///
/// Examples: tollgate prompt render welcome-email@^2 --vars '{"name": "Dana"}'
///           tollgate prompt render prompts/reply.prompt --vars @vars.json --history @said.json --json
#[derive(Args)]
pub(super) struct Render {
    /// A file, or a name and the versions that would do.
    #[arg(value_name = "FILE|NAME@REQ")]
    prompt: String,
    #[command(flatten)]
    prompts: Prompts,
    /// The variables: a JSON object, or `@` and the path of one.
    #[arg(long, value_name = "JSON|@FILE", default_value = "{}")]
    vars: String,
    /// What was said before: a list of messages, each with `role` and `content`.
    #[arg(long, value_name = "JSON|@FILE", default_value = "[]")]
    history: String,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Render {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let prompt = self.prompts.find(&self.prompt)?;
        let (variables, _) = loading::given("--vars", &self.vars)?;
        let (history, _) = loading::given("--history", &self.history)?;
        let history: Vec<Message> = serde_json::from_value(history)
            .context("`--history` is a list of messages, each with `role` and `content`")?;
        let messages =
            prompt.render(&variables, &history).map_err(|faults| console::wrong(&faults.0))?;
        if !self.json {
            tell(&messages);
            return Ok(Exit::Pass);
        }
        let front = &prompt.front_matter;
        let rendered = json!({
            "prompt": super::identity(&prompt, Value::Null),
            "model": front.model,
            "config": front.config,
            "tools": front.tools,
            "toolDefs": front.tool_defs,
            "output": front.output,
            "messages": messages,
        });
        console::say(format!("{rendered:#}"));
        Ok(Exit::Pass)
    }
}

fn tell(messages: &[Message]) {
    for (index, message) in messages.iter().enumerate() {
        if index > 0 {
            console::say("");
        }
        console::say(paint(STRONG, format!("{}:", message.role)));
        for part in &message.content {
            match part {
                Content::Text { text } => console::say(harmless(text.trim_matches('\n'))),
                Content::Media { media } => {
                    let kind = media.content_type.as_ref().map(|kind| format!(" ({kind})"));
                    let media = format!("[{}{}]", media.url, kind.unwrap_or_default());
                    console::say(paint(QUIET, harmless(&media)));
                }
                Content::Other(other) => {
                    console::say(paint(QUIET, harmless(&format!("[{other}]"))));
                }
            }
        }
    }
}
