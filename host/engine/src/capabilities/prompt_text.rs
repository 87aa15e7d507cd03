//! The text of the pinned prompt, for contracts that look for it in the output.

use tollgate_model::{Capability, HostAnswer};

use crate::bindings::host::prompt_text;
use crate::grants::Ask;
use crate::sandbox::Sandbox;

impl prompt_text::Host for Sandbox {
    fn read(&mut self) -> wasmtime::Result<Option<String>> {
        let answer = self.host.answer(
            Ask::Capability(Capability::PromptText),
            0,
            |live, _| HostAnswer::PromptText { text: live.prompt_text.as_deref().map(Into::into) },
            |answer| matches!(answer, HostAnswer::PromptText { .. }),
        )?;
        match answer {
            HostAnswer::PromptText { text } => Ok(text),
            _ => wasmtime::bail!("the prompt answered something else"),
        }
    }
}
