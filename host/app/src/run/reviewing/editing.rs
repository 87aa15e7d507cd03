//! Editing: what an output was edited to is judged and decided as any other is.

use tollgate_govern::Approved;
use tollgate_govern::review::Next;
use tollgate_model::{Act, Content, Digest, Gate, JsonText, Subject};

use super::{Against, Concluded, Reviewing};
use crate::run::keeper::{Came, Keeper};

/// An edited output, and what its reviewer's approval is of.
struct Edited {
    output: Subject,
    digest: Digest,
    approved: Approved,
}

impl Reviewing<'_> {
    /// Edits it. The review and what came of the edited output are recorded together.
    pub(crate) async fn edit(
        &self,
        keeper: &mut Keeper,
        text: String,
        given: Option<Subject>,
    ) -> anyhow::Result<Concluded> {
        let gate = keeper.ready.gate.clone();
        let other = self.open.output(given)?.and_then(|output| edited(output.subject(), text));
        let Edited { output, digest, approved } = match self.may_edit(&gate, other)? {
            Ok(edited) => edited,
            Err(against) => return Ok(Concluded::refused(against)),
        };
        let judged = keeper.ready.judge(output, self.now_ms).await?;
        let came = Came {
            edited_from: Some(self.open.row.run),
            approved: Some(approved),
            paid_ms: Some(self.open.paid_ms),
            ..Came::default()
        };
        let decided = keeper.decide(judged, came, self.now_ms)?;
        self.decided(keeper, Act::Edit { edited: digest }, decided)
    }

    /// The edited output, or everything that speaks against it, the rules included.
    fn may_edit(
        &self,
        gate: &Gate,
        other: Result<Subject, Against>,
    ) -> anyhow::Result<Result<Edited, Vec<Against>>> {
        let mut against = self.unfit(gate);
        if self.open.details_gone {
            against.push(Against::DetailsGone);
        }
        let seen = self.open.run.subject;
        let digest = match &other {
            Ok(other) => Digest::of(serde_json::to_vec(other)?),
            Err(_) => seen,
        };
        if other.is_ok() && digest == seen {
            against.push(Against::NotEdited);
        }
        let next = self.conclude(gate, &self.open.run.decision, &Act::Edit { edited: digest });
        Ok(match (other, next) {
            (Ok(output), Ok(Next::JudgeAgain(approved))) if against.is_empty() => {
                Ok(Edited { output, digest, approved })
            }
            (other, next) => {
                against.extend(other.err());
                against.extend(next.err().into_iter().flatten().map(Against::Rule));
                Err(against)
            }
        })
    }
}

/// The output with another content of the same kind.
pub(super) fn edited(subject: Subject, text: String) -> Result<Subject, Against> {
    let parse = |what: &'static str, text: String| {
        JsonText::parse(text).map_err(|error| Against::NoJson(what, error.to_string()))
    };
    let content = match subject.content {
        Content::Text(_) => Content::Text(text),
        Content::Json(_) => Content::Json(parse("document", text)?),
        Content::Action { tool, .. } => {
            Content::Action { tool, arguments: parse("list of arguments", text)? }
        }
    };
    Ok(Subject { content, ..subject })
}
