//! Reviewing a run: the reviewer is the caller, and reviews what they were shown.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::post;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate::intake::SubjectReader;
use tollgate::review::{PendingReview, ReviewOutcome, ReviewRequest, ReviewSubmission, ShownRun};
use tollgate_api::{OutputSubmission, ReviewDocument};
use tollgate_model::{ChecklistAnswer, Digest, NonBlankString, Subject, TimeSpan};

use super::super::reading::{WorkPlaces, about_run};
use super::super::table::Route;
use super::{read_shown_run, refused};
use crate::access::{Caller, Role};
use crate::exchange::{Document, PathName, read_json};
use crate::problem::{Problem, ProblemCode};
use crate::state::ServerState;

/// Bytes of a review besides its output and the edited one: reasons and answers of people.
const ANSWERS_BYTES_MAX: usize = 1 << 20;

/// Approvals and edits that are decided at once. Each loads the active release, and can judge an output as a check does.
const REVIEWS_MAX: usize = 4;

/// Name of the source of an output that arrives with a review.
const SOURCE: &str = "output";

/// Review of a run by the caller.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ReviewBody {
    action: ReviewBodyAction,
    /// Reason of a rejection or an escalation.
    #[serde(default)]
    reason: Option<NonBlankString>,
    /// Edited output: the text, the JSON document, or the arguments of the action.
    #[serde(default)]
    text: Option<String>,
    /// Answers to the checklist.
    #[serde(default)]
    answers: Vec<ChecklistAnswer>,
    /// Time that the reviewer spent.
    #[serde(default)]
    time: Option<TimeSpan>,
    /// Release whose checklist the reviewer was shown: `active-release` of the run in the queue. An approval and an edit
    /// have to name it.
    #[serde(default)]
    release: Option<Digest>,
    /// Decision that the reviewer was shown: `decision-event` of the run in the queue. An approval and an edit of an output
    /// that was judged again have to name it.
    #[serde(default)]
    decision_event: Option<u64>,
    /// The original output, as it was checked. Only needed if its gate did not store it.
    #[serde(default)]
    #[schemars(with = "Option<OutputSubmission>")]
    output: Option<Box<RawValue>>,
}

/// Action of a reviewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum ReviewBodyAction {
    /// The output goes out unchanged. In an audit: it was right that it went out.
    Approve,
    /// The edited output goes out, once it has been judged.
    Edit,
    /// The output does not go out. In an audit: it should not have gone out.
    Reject,
    /// Somebody else decides.
    Escalate,
}

pub(super) fn route() -> Route {
    Route::new(
        Method::POST,
        "/v1/queue/{run}/review",
        &[Role::Review],
        "Reviews a run: approves, edits, rejects or escalates its output, or audits one that went out. The reviewer is the \
         person of the token.",
        post(review_run).layer(Extension(WorkPlaces::new(REVIEWS_MAX))),
    )
    .takes::<ReviewBody>()
    .answers::<ReviewDocument>()
}

async fn review_run(
    State(state): State<ServerState>,
    Extension(caller): Extension<Caller>,
    Extension(places): Extension<WorkPlaces>,
    PathName(name): PathName<String>,
    request: Request,
) -> Result<Response, Problem> {
    let output_bytes_max = state.settings.limits.output_bytes_max;
    // An edit can have the original and the edited output.
    let body = read_json::<ReviewBody>(request, 2 * output_bytes_max + ANSWERS_BYTES_MAX).await?;
    body.require_sizes(output_bytes_max)?;
    let run = state.find_visible_run(&caller, name).await?.run;
    let shown = read_shown_run(&state, run).await?;
    body.require_shown(&shown)?;
    let mut submission = ReviewSubmission::new(caller.to_reviewer());
    if let Some(time) = body.time {
        submission = submission.with_time_ms(time.as_ms());
    }
    let request = body.to_request(&shown.pending)?;
    let _place = body.lets_out().then(|| places.take()).transpose()?;
    let submission = submission.with_answers(body.answers);
    let release = shown.release;
    let conducted = state.host().review_shown(shown, &submission, &request).await;
    let conducted = conducted.map_err(|error| Problem::of_review(&error))?;
    if let ReviewOutcome::Refused(errors) = &conducted.outcome {
        return Err(refused(errors));
    }
    let document = ReviewDocument::new(&conducted, release);
    let mut document =
        document.ok_or_else(|| Problem::internal("the outcome of the review has no document"))?;
    let demotion = state.record_due_demotion(&document.gate).await;
    document.demotion = document.demotion.or(demotion);
    Ok(about_run(run, Document(document)))
}

impl ReviewBody {
    fn require_sizes(&self, bytes_max: usize) -> Result<(), Problem> {
        let output = self.output.as_ref().map_or(0, |output| output.get().len());
        let text = self.text.as_ref().map_or(0, String::len);
        match output.max(text) <= bytes_max {
            true => Ok(()),
            false => {
                let detail = format!("an output with its context has at most {bytes_max} bytes");
                Err(Problem::new(ProblemCode::BodyTooLarge, detail))
            }
        }
    }

    /// Returns whether the output, or the edited one, is to go out.
    fn lets_out(&self) -> bool {
        matches!(self.action, ReviewBodyAction::Approve | ReviewBodyAction::Edit)
    }

    /// Fails if the reviewer was shown something else than what they would review.
    fn require_shown(&self, shown: &ShownRun) -> Result<(), Problem> {
        let lets_out = self.lets_out();
        match self.release {
            None if lets_out => {
                return Err(invalid_body(
                    "`release` is missing: an approval and an edit name the release whose checklist the reviewer was \
                     shown, which is `active-release` of the run in the queue",
                ));
            }
            Some(release) if release != shown.release => {
                return Err(changed("another release of the gate is active now"));
            }
            _ => {}
        }
        let pending = &shown.pending;
        match self.decision_event {
            None if lets_out && pending.was_decided_again() => Err(changed(
                "the output was judged again, so `decision-event` has to say which decision the reviewer was shown",
            )),
            Some(event) if event != pending.decision_event() => {
                Err(changed("the output was judged again"))
            }
            _ => Ok(()),
        }
    }

    /// Returns what the reviewer asks for. Fails if members are missing or belong to another action.
    fn to_request(&self, pending: &PendingReview) -> Result<ReviewRequest, Problem> {
        let mut items: Vec<_> = self.answers.iter().map(|answer| &answer.item).collect();
        items.sort();
        let is_twice = |pair: &&[&NonBlankString]| pair.first() == pair.last();
        if let Some([twice, ..]) = items.windows(2).find(is_twice) {
            return Err(invalid_body(format!("question `{twice}` is answered twice")));
        }
        let lets_out = self.lets_out();
        let is_edit = self.action == ReviewBodyAction::Edit;
        let unused = [
            ("reason", lets_out && self.reason.is_some()),
            ("text", !is_edit && self.text.is_some()),
            ("output", !lets_out && self.output.is_some()),
        ];
        if let Some((member, _)) = unused.into_iter().find(|(_, is_unused)| *is_unused) {
            return Err(invalid_body(format!("`{member}` does not belong to this action")));
        }
        let reason = || {
            let reason = self.reason.clone();
            reason
                .ok_or_else(|| invalid_body("`reason` is missing: it is recorded with the review"))
        };
        Ok(match self.action {
            ReviewBodyAction::Approve => {
                ReviewRequest::Approve { output: self.read_output(pending)? }
            }
            ReviewBodyAction::Edit => {
                let text = self.text.clone();
                let text =
                    text.ok_or_else(|| invalid_body("`text` with the edited output is missing"))?;
                ReviewRequest::Edit { text, output: self.read_output(pending)? }
            }
            ReviewBodyAction::Reject => ReviewRequest::Reject { reason: reason()? },
            ReviewBodyAction::Escalate => ReviewRequest::Escalate { reason: reason()? },
        })
    }

    /// Reads the original output. The prompt of the run supplies the digest of one that it names without.
    fn read_output(&self, pending: &PendingReview) -> Result<Option<Subject>, Problem> {
        let Some(output) = &self.output else { return Ok(None) };
        let reader = SubjectReader::default().with_pinned_prompt(pending.run.prompt.clone());
        let item = reader.read_object(output.get(), SOURCE, None);
        item.subject.map(Some).map_err(|error| Problem::of_intake(&error))
    }
}

fn invalid_body(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(ProblemCode::InvalidBody, detail)
}

fn changed(detail: &'static str) -> Problem {
    Problem::new(ProblemCode::Conflict, detail)
        .with_hint("nothing is recorded: look at the run again, and review it as it is now")
}
