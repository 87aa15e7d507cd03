//! Reviews of outputs that were held.

use tollgate::incidents::IncidentReport;
use tollgate::model::{ChecklistAnswer, Digest};
use tollgate::review::{
    ConductReviewError, ReviewError, ReviewOutcome, ReviewRequest, ReviewSubmission, Reviewer,
};
use tollgate::{CheckedRun, GateHandle};

use super::fixture::actor;
use super::newsletter::{LENGTH, Newsletter, check};

/// Outputs that are checked until one is drawn for an audit. The example gate draws one in ten.
const DRAWS_MAX: usize = 500;

fn kim() -> Reviewer {
    Reviewer { person: "Kim Osei".parse().unwrap(), roles: Vec::new() }
}

/// Returns the answers of a complete checklist.
fn answers() -> Vec<ChecklistAnswer> {
    let answer = |item: &str| ChecklistAnswer {
        item: item.parse().unwrap(),
        answer: "yes".parse().unwrap(),
        evidence: "the offer page".parse().ok(),
    };
    vec![answer("promises"), answer("tone")]
}

/// Approves a run with a complete checklist. Returns all errors if the approval is refused.
async fn approve(newsletter: &Newsletter, run: Digest) -> Vec<ReviewError> {
    let submission = ReviewSubmission::new(kim()).with_answers(answers());
    let request = ReviewRequest::Approve { output: None };
    let review = newsletter.host.review(&run.to_string(), &submission, &request).await.unwrap();
    match review.outcome {
        ReviewOutcome::Refused(errors) => errors,
        _ => Vec::new(),
    }
}

/// Checks outputs until one is allowed and drawn for an audit.
async fn draw(gate: &GateHandle) -> CheckedRun {
    for number in 0..DRAWS_MAX {
        let run = check(gate, &format!("Hello, reader {number}")).await;
        if run.decision.audit {
            return run;
        }
    }
    panic!("none of {DRAWS_MAX} outputs was drawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_output_that_an_incident_names_is_not_approved() {
    let newsletter = Newsletter::new(LENGTH, 3).await;
    let gate = newsletter.open_gate().await;
    let held = check(&gate, "Hello").await;
    let report = IncidentReport::new("a wrong name".parse().unwrap()).caused_by(held.run);
    let name = "welcome-email".parse().unwrap();
    newsletter.host.report_incident(&name, report, &actor()).await.unwrap();
    let errors = approve(&newsletter, held.run).await;
    assert!(matches!(errors[..], [ReviewError::NamedByIncident(_)]), "{errors:?}");
    let other = check(&gate, "Hello again").await;
    assert!(approve(&newsletter, other.run).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_of_the_run_as_its_reviewer_was_shown_it() {
    let newsletter = Newsletter::new(LENGTH, 3).await;
    let host = &newsletter.host;
    let held = check(&newsletter.open_gate().await, "Hello").await;
    let run = held.run.to_string();
    let shown = host.show_review(&run).unwrap();
    assert!(host.claim_review(&run, &kim()).await.unwrap().outcome.is_ok());
    let request = ReviewRequest::Reject { reason: "the offer is over".parse().unwrap() };
    let submission = ReviewSubmission::new(kim());
    let refused = host.review_shown(shown, &submission, &request).await.err();
    assert!(matches!(refused, Some(ConductReviewError::Conflict { .. })), "{refused:?}");
    let review = host.review(&run, &submission, &request).await.unwrap();
    assert!(matches!(review.outcome, ReviewOutcome::Rejected), "{}", review.outcome);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_the_checklist_of_another_release_do_not_count() {
    let newsletter = Newsletter::new(LENGTH, 3).await;
    let host = &newsletter.host;
    let held = check(&newsletter.open_gate().await, "Hello").await;
    let run = held.run.to_string();
    let requests = [
        ReviewRequest::Approve { output: None },
        ReviewRequest::Edit { text: "Hello, you".into(), output: None },
        ReviewRequest::Reject { reason: "the offer is over".parse().unwrap() },
    ];
    let shown: Vec<_> = requests.iter().map(|_| host.show_review(&run).unwrap()).collect();
    newsletter.release(&LENGTH.replace("1000", "900")).await;
    let submission = ReviewSubmission::new(kim()).with_answers(answers());
    for (shown, request) in shown.into_iter().zip(&requests) {
        let refused = host.review_shown(shown, &submission, request).await.err();
        let is_refused = matches!(refused, Some(ConductReviewError::AnotherRelease { .. }));
        assert!(is_refused, "{refused:?}");
    }
    assert!(approve(&newsletter, held.run).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_of_an_output_that_was_taken_back_is_not_approved() {
    let newsletter = Newsletter::new(LENGTH, 4).await;
    let gate = newsletter.open_gate().await;
    let runs = [draw(&gate).await.run, draw(&gate).await.run, draw(&gate).await.run];
    let [retracted, named, sound] = runs;
    newsletter.host.retract(retracted, &actor(), "an old offer".parse().unwrap()).await.unwrap();
    let report = IncidentReport::new("a wrong name".parse().unwrap()).caused_by(named);
    let name = "welcome-email".parse().unwrap();
    newsletter.host.report_incident(&name, report, &actor()).await.unwrap();
    for run in [retracted, named] {
        let errors = approve(&newsletter, run).await;
        assert!(matches!(errors[..], [ReviewError::Closed(_)]), "{errors:?}");
    }
    assert!(approve(&newsletter, sound).await.is_empty());
}
