//! The ordinary output, which a contract that failed is asked about.
//!
//! The author of an output can make a contract fail: with a text that is too long, too deep, or takes all fuel. That
//! blocks the output, but must not cost the gate a level, or every author could take its autonomy away. An ordinary
//! output has nothing that its author chose, so a contract that fails on it, too, fails by itself.

use tollgate_engine::HostContext;
use tollgate_model::{
    Content, ContractCheck, EnforcementMode, JsonText, PromptRef, Subject, find_part,
};

use crate::gate::bound_contract::BoundContract;
use crate::gate::loaded_gate::LoadedGate;

impl LoadedGate {
    /// Asks each enforced contract that failed on an output about an ordinary one, and notes in its check whether it
    /// fails on that, too.
    pub(crate) async fn try_ordinary_output(
        &self,
        output: &Content,
        checks: &mut [ContractCheck],
        live: &HostContext,
    ) {
        for check in checks.iter_mut().filter(|check| check.has_failure()) {
            let bound = self.panel.contracts().iter();
            let mut enforced = bound.filter(|bound| bound.mode == EnforcementMode::Enforce);
            let Some(bound) = enforced.find(|bound| bound.binding_id == check.contract) else {
                continue;
            };
            let part = check.part_pointer().and_then(|pointer| find_part(output, pointer));
            let judged = part.as_ref().unwrap_or(output);
            let ordinary = ordinary_subject(judged, self.prompt.clone());
            check.fails_ordinary = fails_by_itself(bound, &ordinary, live).await;
        }
    }
}

async fn fails_by_itself(bound: &BoundContract, ordinary: &Subject, live: &HostContext) -> bool {
    let judgement = bound.contract.judge(ordinary, live.clone()).await;
    judgement.verdict.is_err_and(|failure| failure.is_of_contract())
}

/// Returns an ordinary output of the same kind, from the prompt of the gate. It has no context.
fn ordinary_subject(output: &Content, prompt: Option<PromptRef>) -> Subject {
    let content = match output {
        Content::Text(_) => Content::Text("Hello.".into()),
        Content::Json(_) | Content::InvalidJson(_) => Content::Json(JsonText::empty_object()),
        Content::Action { .. } => {
            Content::Action { tool: "hello".into(), arguments: JsonText::empty_object() }
        }
    };
    Subject { prompt, ..Subject::new(content) }
}
