//! Checking a batch that is one JSON array.

use axum::response::{IntoResponse, Response};
use serde_json::value::RawValue;
use tollgate::CheckOutcome;
use tollgate::intake::{AnswerError, CheckManyOptions, InputItem, InputOrigin};
use tollgate_api::report::{CheckCounts, CheckResult, GateRelease};
use tollgate_api::{CheckDocument, OutputResult};
use tollgate_model::FormatVersion;

use super::target::unknown_outcome;
use super::{BATCH_PLACES, GateRequest, SOURCE, take_places};
use crate::exchange::Document;
use crate::problem::{Problem, ProblemCode};

/// Outputs in one JSON array. More of them are a stream of lines.
const OUTPUTS_MAX: usize = 10_000;

/// Checks the elements of an array, and answers with all results together.
pub(super) async fn check_batch(request: GateRequest, text: &str) -> Result<Response, Problem> {
    let _more_places = take_places(&request.live, BATCH_PLACES - 1)?;
    let items = read_items(&request, text)?;
    let mut options = CheckManyOptions::new(request.actor());
    if let Some(key) = &request.key {
        let batch = format!("{}: {key}", request.key_space()).parse();
        let batch = batch.map_err(|_| Problem::internal("the name of a batch is blank"))?;
        options = options.with_batch(batch);
    }
    let release = request.gate.release();
    let mut counts = CheckCounts::new(release.purpose);
    let mut runs = Vec::with_capacity(items.len());
    let clock = request.state.host().clock();
    let target = request.gate.clone();
    let mut answers = target.check_many(items, options, clock)?;
    while let Some(answer) = answers.next().await {
        let answer = answer.map_err(|error| Problem::of_check_many(&error))?;
        let result = to_result(answer.outcome);
        request.record(result.as_ref());
        runs.push(output_result(&release, &answer.origin, result, &mut counts));
    }
    let GateRelease { gate, release, purpose } = release;
    let format = FormatVersion;
    Ok(Document(CheckDocument { format, gate, release, purpose, runs, summary: counts })
        .into_response())
}

/// Returns the result of one output of many, and counts it.
pub(super) fn output_result(
    gate: &GateRelease,
    origin: &InputOrigin,
    result: Result<CheckResult, Problem>,
    counts: &mut CheckCounts,
) -> OutputResult {
    let (result, code) = match result {
        Ok(result) => (Ok(result), None),
        Err(problem) => (Err(problem.detail.to_string()), Some(problem.code)),
    };
    counts.add(&result);
    let result = OutputResult::new(Some(&gate.gate), origin, &result);
    match code {
        Some(code) => result.with_code(code.as_str()),
        None => result,
    }
}

/// Returns the result of an output, or the problem of one that was not checked.
pub(super) fn to_result(
    outcome: Result<CheckOutcome, AnswerError>,
) -> Result<CheckResult, Problem> {
    let outcome = outcome.map_err(|error| Problem::of_answer(&error))?;
    CheckResult::of_outcome(outcome).ok_or_else(unknown_outcome)
}

fn read_items(request: &GateRequest, text: &str) -> Result<Vec<InputItem>, Problem> {
    let elements: Vec<&RawValue> = serde_json::from_str(text)
        .map_err(|error| Problem::new(ProblemCode::InvalidJson, error.to_string()))?;
    if elements.len() > OUTPUTS_MAX {
        let detail = format!("an array has at most {OUTPUTS_MAX} outputs");
        return Err(Problem::new(ProblemCode::BodyTooLarge, detail)
            .with_hint("send more outputs as `application/x-ndjson`, one per line"));
    }
    let mut items = Vec::with_capacity(elements.len());
    for (number, element) in (0..).zip(elements) {
        request.require_output_size(element.get().len())?;
        items.push(request.reader.read_object(element.get(), SOURCE, Some(number)));
    }
    Ok(items)
}
