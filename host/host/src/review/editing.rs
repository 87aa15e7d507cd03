//! Editing: the edited output is judged and decided like any other.

use tollgate_govern::OutputApproval;
use tollgate_govern::review::NextStep;
use tollgate_model::{Content, Digest, Gate, JsonText, ReviewAction, Subject};

use super::{ConductReviewError, ReviewError, ReviewResult, ReviewSession};
use crate::gate::OutputDigestError;
use crate::gate::decider::{GateDecider, RunOrigin};
use crate::gate::judging::subject_digest;

/// An edited output, with the approval of the reviewer who edited it.
struct EditedOutput {
    output: Subject,
    digest: Digest,
    approved: OutputApproval,
}

impl ReviewSession<'_> {
    /// Edits the output. The review and the decision on the edited output are recorded together.
    pub async fn edit(
        &self,
        decider: &mut GateDecider,
        text: String,
        provided: Option<Subject>,
    ) -> Result<ReviewResult, ConductReviewError> {
        let gate = decider.loaded.gate.clone();
        let edited = self
            .pending
            .resolve_output(provided)?
            .and_then(|output| replace_content(output.into_subject(), text));
        let EditedOutput { output, digest, approved } = match self.may_edit(&gate, edited)? {
            Ok(edited) => edited,
            Err(errors) => return Ok(ReviewResult::refused(errors)),
        };
        let judged = decider.loaded.judge(output, self.now_ms).await?;
        let origin = RunOrigin {
            output_id: self.pending.run.output_id.clone(),
            edited_from: Some(self.pending.queued.run),
            approved: Some(approved),
            is_paid_for: true,
            ..RunOrigin::default()
        };
        let decided = decider.decide(&judged, &origin, self.now_ms)?;
        Ok(self.decided_result(decider, ReviewAction::Edit { edited: digest }, decided))
    }

    /// Returns the edited output, or every reason against it, including those of the rules.
    fn may_edit(
        &self,
        gate: &Gate,
        other: Result<Subject, ReviewError>,
    ) -> Result<Result<EditedOutput, Vec<ReviewError>>, OutputDigestError> {
        let mut errors = self.general_errors(gate);
        if self.pending.details_erased {
            errors.push(ReviewError::DetailsErased);
        }
        let original = self.pending.run.subject;
        let digest = match &other {
            Ok(other) => subject_digest(other)?,
            Err(_) => original,
        };
        if other.is_ok() && digest == original {
            errors.push(ReviewError::NothingEdited);
        }
        let next =
            self.conclude(gate, &self.pending.run.decision, &ReviewAction::Edit { edited: digest });
        Ok(match (other, next) {
            (Ok(output), Ok(NextStep::JudgeAgain(approved))) if errors.is_empty() => {
                Ok(EditedOutput { output, digest, approved })
            }
            (other, next) => {
                errors.extend(other.err());
                errors.extend(next.err().into_iter().flatten().map(ReviewError::Rule));
                Err(errors)
            }
        })
    }
}

/// Replaces the content of an output by an edited one of the same kind.
pub(crate) fn replace_content(subject: Subject, text: String) -> Result<Subject, ReviewError> {
    let parse = |part: &'static str, text: String| {
        JsonText::parse(text).map_err(|error| ReviewError::InvalidJson(part, error.to_string()))
    };
    let content = match subject.content {
        Content::Text(_) => Content::Text(text),
        Content::Json(_) | Content::InvalidJson(_) => Content::Json(parse("document", text)?),
        Content::Action { tool, .. } => {
            Content::Action { tool, arguments: parse("list of arguments", text)? }
        }
    };
    Ok(Subject { content, ..subject })
}
