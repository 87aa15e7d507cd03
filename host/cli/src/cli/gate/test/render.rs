//! Prints the results of cases: for people, as JSON, and as JUnit XML.

use std::io::Write;

use tollgate::gate_cases::{GateCaseReport, TestedCase, reason_label};
use tollgate_api::report::{JunitCase, JunitSuite, TestOutcome};
use tollgate_api::{GateCaseResult, GateTestDocument, LabelledReason};
use tollgate_model::{FormatVersion, Reason};

use crate::console::{self, BAD, GOOD, QUIET, STRONG, paint};
use crate::json_output;

/// Prints results for people, with the differences of failed cases.
pub(super) fn print_human(reports: &[GateCaseReport]) {
    for report in reports {
        console::print(paint(STRONG, &report.gate));
        report.cases.iter().for_each(|tested| print_case(report, tested));
    }
    let (passed, failed) = count_results(reports);
    console::print(format!("{passed} passed, {failed} failed"));
}

fn print_case(report: &GateCaseReport, tested: &TestedCase) {
    let id = tested.case.id.replace('\n', " ");
    if tested.is_passed() {
        return console::print(format!("  {}  {id}", paint(GOOD, "ok")));
    }
    let place = paint(QUIET, format!("{}:{}", report.file.display(), tested.case.line));
    console::print(format!("  {}  {id}  {place}", paint(BAD, "FAILED")));
    tested.mismatches.iter().for_each(|mismatch| console::print(format!("      {mismatch}")));
    for reason in &tested.decision.reasons {
        let reason = format_reason(reason).replace('\n', " ");
        console::print(format!("      {}", paint(QUIET, reason)));
    }
}

/// Returns the numbers of passed and of failed cases.
fn count_results(reports: &[GateCaseReport]) -> (usize, usize) {
    let failed = reports.iter().map(GateCaseReport::failed_count).sum();
    let all: usize = reports.iter().map(|report| report.cases.len()).sum();
    (all - failed, failed)
}

/// Prints results as one JSON document.
pub(super) fn print_json(reports: &[GateCaseReport]) -> anyhow::Result<()> {
    let (passed, failed) = count_results(reports);
    let cases = reports.iter().flat_map(case_results).collect();
    json_output::print_document(&GateTestDocument { format: FormatVersion, passed, failed, cases })
}

fn case_results(report: &GateCaseReport) -> impl Iterator<Item = GateCaseResult> {
    report.cases.iter().map(move |tested| {
        let reasons = tested.decision.reasons.iter().map(|reason| LabelledReason {
            effect: reason.effect,
            label: reason_label(&reason.kind),
            sentence: reason.to_string(),
        });
        GateCaseResult {
            gate: report.gate.clone(),
            id: tested.case.id.clone(),
            file: report.file.display().to_string(),
            line: tested.case.line,
            expect: tested.case.expect,
            decision: tested.decision.ruling,
            mismatches: tested.mismatches.clone(),
            reasons: reasons.collect(),
        }
    })
}

/// Prints results as JUnit XML.
pub(super) fn print_junit(reports: &[GateCaseReport]) -> anyhow::Result<()> {
    let mut suite = JunitSuite::new()?;
    for report in reports {
        for tested in &report.cases {
            add_to_suite(&mut suite, report, tested)?;
        }
    }
    let mut out = console::open_exact_output();
    suite.write_document(&mut out, "cases")?;
    Ok(out.flush()?)
}

fn add_to_suite(
    suite: &mut JunitSuite,
    report: &GateCaseReport,
    tested: &TestedCase,
) -> anyhow::Result<()> {
    let mismatches = &tested.mismatches;
    let outcome = match tested.is_passed() {
        true => TestOutcome::Passed,
        false => {
            let reasons = tested.decision.reasons.iter().map(format_reason);
            let details = mismatches.iter().cloned().chain(reasons).collect::<Vec<_>>();
            TestOutcome::Failed("not-as-expected", mismatches.join("; "), details.join("\n"))
        }
    };
    Ok(suite.add(&JunitCase {
        name: &tested.case.id,
        class: &report.gate.to_string(),
        file: &report.file.display().to_string(),
        line: Some(tested.case.line),
        time_us: tested.time_us,
        outcome,
    })?)
}

/// Formats a reason for display below a failed case.
fn format_reason(reason: &Reason) -> String {
    format!("{:5} {}: {reason}", reason.effect.to_string(), reason_label(&reason.kind))
}
