//! Contracts that judge parts of a document instead of the whole output.
//!
//! A contract sees the selected part as its subject, with the prompt and context of the output, and nothing else of the
//! document. Each part is judged in sandboxes of its own.

use std::borrow::Cow;

use tollgate_engine::HostContext;
use tollgate_model::{
    Content, ContractCheck, Judgement, PointerPattern, SelectedPart, Subject, find_part,
    select_parts,
};

use crate::gate::bound_contract::BoundContract;

impl BoundContract {
    /// Judges every part of an output that a pattern matches. Returns a check for each, also for places with nothing to
    /// judge: what is not judged must not look like a pass.
    pub(crate) async fn judge_parts(
        &self,
        output: &Subject,
        pattern: &PointerPattern,
        live: &HostContext,
    ) -> Vec<ContractCheck> {
        let mut subject = part_subject(output, Content::Text(String::new()));
        let mut checks = Vec::new();
        for part in select_parts(&output.content, pattern) {
            let checked = part.to_checked();
            let judgements = match part {
                SelectedPart::Found { content, .. } => {
                    subject.content = content;
                    self.judge_repeatedly(&subject, live).await
                }
                SelectedPart::Missing { .. } => Vec::new(),
            };
            checks.push(self.to_check(Some(checked), judgements));
        }
        checks
    }

    async fn judge_repeatedly(&self, subject: &Subject, live: &HostContext) -> Vec<Judgement> {
        let mut judgements = Vec::with_capacity(self.repeat.into());
        for _ in 0..self.repeat {
            judgements.push(self.contract.judge(subject, live.clone()).await);
        }
        judgements
    }
}

/// Returns what a check judged: the whole output or a part of it. `None` if the output has no such part.
pub(crate) fn checked_subject<'s>(
    output: &'s Subject,
    check: &ContractCheck,
) -> Option<Cow<'s, Subject>> {
    let Some(pointer) = check.part_pointer() else { return Some(Cow::Borrowed(output)) };
    let content = find_part(&output.content, pointer)?;
    Some(Cow::Owned(part_subject(output, content)))
}

fn part_subject(output: &Subject, content: Content) -> Subject {
    Subject { content, prompt: output.prompt.clone(), context: output.context.clone() }
}
