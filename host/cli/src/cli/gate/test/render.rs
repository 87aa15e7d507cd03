//! Prints the results of cases: for people, as JSON, and as JUnit XML.

use std::io::Write;

use tollgate_api::report::{JunitCase, JunitSuite, TestOutcome};
use tollgate_api::{GateCaseResult, GateTestDocument, LabelledReason};
use tollgate_model::FormatVersion;

use super::TestedCase;
use super::case::{format_reason, reason_label};
use crate::console::{self, BAD, GOOD, QUIET, STRONG, paint};
use crate::json_output;

/// Prints results for people, with the differences of failed cases.
pub(super) fn print_human(results: &[TestedCase]) {
    let mut gate = None;
    for result in results {
        if gate.replace(&result.gate) != Some(&result.gate) {
            console::print(paint(STRONG, &result.gate));
        }
        let id = result.case.id.replace('\n', " ");
        if result.mismatches.is_empty() {
            console::print(format!("  {}  {id}", paint(GOOD, "ok")));
            continue;
        }
        let place = paint(QUIET, format!("{}:{}", result.path.display(), result.case.line));
        console::print(format!("  {}  {id}  {place}", paint(BAD, "FAILED")));
        result.mismatches.iter().for_each(|mismatch| console::print(format!("      {mismatch}")));
        for reason in &result.decision.reasons {
            let reason = format_reason(reason).replace('\n', " ");
            console::print(format!("      {}", paint(QUIET, reason)));
        }
    }
    let failed = results.iter().filter(|result| !result.mismatches.is_empty()).count();
    console::print(format!("{} passed, {failed} failed", results.len() - failed));
}

/// Prints results as one JSON document.
pub(super) fn print_json(results: &[TestedCase]) -> anyhow::Result<()> {
    let failed = results.iter().filter(|result| !result.mismatches.is_empty()).count();
    json_output::print_document(&GateTestDocument {
        format: FormatVersion,
        passed: results.len() - failed,
        failed,
        cases: results.iter().map(case_result).collect(),
    })
}

fn case_result(result: &TestedCase) -> GateCaseResult {
    let reasons = result.decision.reasons.iter().map(|reason| LabelledReason {
        effect: reason.effect,
        label: reason_label(&reason.kind),
        sentence: reason.to_string(),
    });
    GateCaseResult {
        gate: result.gate.clone(),
        id: result.case.id.clone(),
        file: result.path.display().to_string(),
        line: result.case.line,
        expect: result.case.expect,
        decision: result.decision.ruling,
        mismatches: result.mismatches.clone(),
        reasons: reasons.collect(),
    }
}

/// Prints results as JUnit XML.
pub(super) fn print_junit(results: &[TestedCase]) -> anyhow::Result<()> {
    let mut suite = JunitSuite::new()?;
    for result in results {
        let reasons = result.decision.reasons.iter().map(format_reason);
        let details =
            result.mismatches.iter().cloned().chain(reasons).collect::<Vec<_>>().join("\n");
        suite.add(&JunitCase {
            name: &result.case.id,
            class: &result.gate.to_string(),
            file: &result.path.display().to_string(),
            line: Some(result.case.line),
            time_us: result.time_us,
            outcome: match result.mismatches.is_empty() {
                true => TestOutcome::Passed,
                false => {
                    TestOutcome::Failed("not-as-expected", result.mismatches.join("; "), details)
                }
            },
        })?;
    }
    let mut out = console::open_exact_output();
    suite.write_document(&mut out, "cases")?;
    Ok(out.flush()?)
}
