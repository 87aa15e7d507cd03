//! Checking one output.

use std::time::Instant;

use axum::response::{IntoResponse, Response};
use tollgate::Submission;
use tollgate::intake::InputOrigin;
use tollgate_api::report::CheckResult;
use tollgate_api::{OutputResult, OutputResultLine};
use tollgate_model::{BatchLine, FormatVersion, NonBlankString};

use super::{GateRequest, SOURCE};
use crate::admission::RecordedRun;
use crate::exchange::Document;
use crate::problem::Problem;

/// Checks one output, and answers with its result.
pub(super) async fn check_one(request: GateRequest, text: &str) -> Result<Response, Problem> {
    request.require_output_size(text.len())?;
    let item = request.reader.read_object(text, SOURCE, None);
    let subject = item.subject.map_err(|error| Problem::of_intake(&error))?;
    let mut submission = Submission::new(subject);
    if item.origin.has_own_id {
        submission = submission.with_output_id(&item.origin.id);
    }
    if let Some(key) = &request.key {
        let line = batch_line(&request, key)?;
        if let Some(recorded) = find_recorded(&request, &line, &submission).await? {
            request.record(Ok(&recorded));
            return Ok(answer(&request, &item.origin, recorded));
        }
        submission = submission.with_batch_line(line);
    }
    let (now_ms, started) = (request.state.now_ms(), Instant::now());
    let result = request.gate.check(submission, &request.actor(), now_ms).await?;
    request.state.signals.metrics.record_check_time(&request.live, started.elapsed());
    request.record(Ok(&result));
    Ok(answer(&request, &item.origin, result))
}

fn batch_line(request: &GateRequest, key: &NonBlankString) -> Result<BatchLine, Problem> {
    let batch = request.key_space().parse();
    let batch = batch.map_err(|_| Problem::internal("the name of a key space is blank"))?;
    Ok(BatchLine { batch, key: key.to_string() })
}

/// Returns what the active release has decided under the key, without judging anything.
async fn find_recorded(
    request: &GateRequest,
    line: &BatchLine,
    submission: &Submission,
) -> Result<Option<CheckResult>, Problem> {
    let (gate, line, subject) = (request.gate.clone(), line.clone(), submission.subject.clone());
    request.state.read_blocking(move || gate.find_recorded(&line, &subject)).await?
}

fn answer(request: &GateRequest, origin: &InputOrigin, result: CheckResult) -> Response {
    let run = result.run;
    let gate = request.gate.release();
    let result = OutputResult::new(Some(&gate.gate), origin, &Ok(result));
    let line = OutputResultLine { format: FormatVersion, result };
    let mut response = Document(line).into_response();
    response.extensions_mut().insert(RecordedRun(run));
    response
}
