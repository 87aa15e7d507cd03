//! Reviews of outputs that were held.

use tollgate::incidents::IncidentReport;
use tollgate::review::{ReviewError, ReviewOutcome, ReviewRequest, ReviewSubmission, Reviewer};

use super::fixture::actor;
use super::newsletter::{LENGTH, Newsletter, check};

/// Returns whether the approval of a run is refused because an incident names it.
async fn is_named(newsletter: &Newsletter, run: &str) -> bool {
    let reviewer = Reviewer { person: "Kim Osei".parse().unwrap(), roles: Vec::new() };
    let (submission, approve) =
        (ReviewSubmission::new(reviewer), ReviewRequest::Approve { output: None });
    let review = newsletter.host.review(run, &submission, &approve).await.unwrap();
    match review.outcome {
        ReviewOutcome::Refused(errors) => {
            errors.iter().any(|error| matches!(error, ReviewError::NamedByIncident(_)))
        }
        _ => false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_output_that_an_incident_names_is_not_approved() {
    let newsletter = Newsletter::new(LENGTH, 3).await;
    let gate = newsletter.open_gate().await;
    let held = check(&gate, "Hello").await;
    let run = held.run.to_string();
    assert!(!is_named(&newsletter, &run).await);
    let report = IncidentReport::new("a wrong name".parse().unwrap()).caused_by(held.run);
    let name = "welcome-email".parse().unwrap();
    newsletter.host.report_incident(&name, report, &actor()).await.unwrap();
    assert!(is_named(&newsletter, &run).await);
}
