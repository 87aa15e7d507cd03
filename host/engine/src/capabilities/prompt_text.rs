//! The `prompt-text` capability: the text of the pinned prompt, for contracts that check
//! whether an output leaks it.

use tollgate_model::{Capability, HostAnswer};

use crate::bindings::host::prompt_text;
use crate::grants::GrantRequest;
use crate::sandbox::Sandbox;

impl prompt_text::Host for Sandbox {
    fn read(&mut self) -> wasmtime::Result<Option<String>> {
        let answer = self.host.answer(
            GrantRequest::Capability(Capability::PromptText),
            0,
            |context, _| HostAnswer::PromptText {
                text: context.prompt_text.as_deref().map(Into::into),
            },
            |answer| matches!(answer, HostAnswer::PromptText { .. }),
        )?;
        match answer {
            HostAnswer::PromptText { text } => Ok(text),
            _ => wasmtime::bail!("`prompt-text` got the answer to another call"),
        }
    }
}
