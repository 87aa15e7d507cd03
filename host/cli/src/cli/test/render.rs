//! Prints the results of cases: for people, as JSON, and as JUnit XML.

use std::io::Write;

use serde_json::Value;
use tollgate_api::report::{JunitCase, JunitSuite, TestOutcome};
use tollgate_api::{
    CaseDifferenceEntry, CaseFailure, ContractCaseResult, ContractTestDocument, TestedContract,
};
use tollgate_model::{ContractFile, Digest, FormatVersion, Judgement};
use tollgate_toolchain::{CaseDifference, CaseResult, CaseRunError};

use super::run::{Blessing, TestedCase, case_name};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, paint};
use crate::{json_output, judgement_output};

/// Maximum number of differences to show of one case. The JSON has all.
const SHOWN_DIFFERENCES_MAX: usize = 12;
/// Remedy where the configuration of a case does not fit on purpose.
const UNFIT_CONFIG_HELP: &str =
    "a case that is about an unfit configuration has `\"failure\": \"bad-config\"` in its `expect`";

/// The contract version that was tested.
pub(super) struct TestedContractVersion {
    pub(super) about: ContractFile,
    pub(super) digest: Digest,
}

/// Prints one case for people. A failed one is shown with its differences and its judgement.
pub(super) fn print_case(case: &TestedCase) {
    let name = case_name(&case.path);
    if case.blessing == Blessing::Written {
        let path = paint(QUIET, case.path.display());
        return console::print(format!("{name} … {}  {path}", paint(DOUBT, "rewritten")));
    }
    if case.has_passed() {
        return console::print(format!("{name} … {}", paint(GOOD, "ok")));
    }
    let path = paint(QUIET, case.path.display());
    console::print(format!("{name} … {}  {path}", paint(BAD, "FAILED")));
    for line in explanation_lines(case) {
        console::print(format!("  {line}"));
    }
}

/// Prints how many cases passed.
pub(super) fn print_counts(tested: &[TestedCase]) {
    let failed = count_failed(tested);
    let rewritten = tested.iter().filter(|case| case.blessing == Blessing::Written).count();
    let passed = tested.len() - failed - rewritten;
    let rewritten = match rewritten {
        0 => String::new(),
        rewritten => format!(", {rewritten} rewritten"),
    };
    console::print(format!("{passed} passed, {failed} failed{rewritten}"));
}

fn count_failed(tested: &[TestedCase]) -> usize {
    tested.iter().filter(|case| !case.has_passed()).count()
}

/// Formats why a case failed: the error, or the differences and what the contract said.
fn explanation_lines(case: &TestedCase) -> Vec<String> {
    match &case.result {
        Err(error) => {
            let mut lines: Vec<_> =
                tollgate_api::join_causes(error).lines().map(str::to_owned).collect();
            if matches!(error, CaseRunError::UnfitConfig(_)) {
                lines.push(UNFIT_CONFIG_HELP.to_owned());
            }
            lines
        }
        Ok(result) => {
            let mut lines = difference_lines(&case.differences);
            lines.extend(result_lines(case, result));
            if let Blessing::Refused(kind) = case.blessing {
                lines.push(format!(
                    "`--bless` writes no failure of the kind `{kind}`: mend the contract, or write `\"failure\": \"{kind}\"` into \
                     the `expect` of the case if it has to fail so"
                ));
            }
            lines
        }
    }
}

/// Formats differences as in a diff: what was expected after `-`, what came after `+`.
fn difference_lines(differences: &[CaseDifference]) -> Vec<String> {
    let mut lines = Vec::new();
    for CaseDifference { pointer, expected, actual } in
        differences.iter().take(SHOWN_DIFFERENCES_MAX)
    {
        let line = |sign: &str, value: &Value| format!("{sign} {pointer}: {value}");
        lines.extend(expected.as_ref().map(|value| paint(GOOD, line("-", value))));
        lines.extend(actual.as_ref().map(|value| paint(BAD, line("+", value))));
    }
    if let Some(more) = differences.len().checked_sub(SHOWN_DIFFERENCES_MAX + 1) {
        lines.push(paint(QUIET, format!("… and {} more differences", more + 1)));
    }
    lines
}

/// Formats what came, as `tollgate judge` prints it.
fn result_lines(case: &TestedCase, result: &CaseResult) -> Vec<String> {
    match result {
        CaseResult::Judged(judgement) => {
            let mut lines = vec![judgement_output::format_verdict(judgement)];
            let details = judgement_output::judgement_lines(&case.subject, judgement);
            lines.extend(details.iter().map(|line| format!("  {line}")));
            lines
        }
        CaseResult::NotLoaded(error) => {
            let mut lines = vec!["the contract did not load".to_owned()];
            lines.extend(error.to_string().lines().map(|line| format!("  {line}")));
            lines
        }
    }
}

/// Prints results as one JSON document.
pub(super) fn print_json(
    version: TestedContractVersion,
    tested: &[TestedCase],
) -> anyhow::Result<()> {
    let failed = count_failed(tested);
    json_output::print_document(&ContractTestDocument {
        format: FormatVersion,
        contract: TestedContract {
            name: version.about.name,
            version: version.about.version,
            digest: version.digest,
        },
        passed: tested.len() - failed,
        failed,
        cases: tested.iter().map(case_result).collect(),
    })
}

fn case_result(case: &TestedCase) -> ContractCaseResult {
    let result = case.result.as_ref().ok();
    let judgement = result.and_then(CaseResult::judgement);
    let report = judgement.and_then(|judgement| judgement.verdict.as_ref().ok());
    let failure = result.and_then(CaseResult::failure);
    ContractCaseResult {
        name: case_name(&case.path),
        file: case.path.display().to_string(),
        passed: case.has_passed(),
        differences: case.differences.iter().map(difference_entry).collect(),
        error: case.error(),
        outcome: report.map(|report| report.outcome),
        findings: report.map(|report| report.findings.clone()).unwrap_or_default(),
        measures: report.map(|report| report.measures.clone()).unwrap_or_default(),
        failure: failure.map(|(kind, message)| CaseFailure { kind: kind.to_string(), message }),
        log: judgement.map(|judgement| judgement.log.clone()).unwrap_or_default(),
        fuel_used: judgement.map(|judgement| judgement.fuel_used),
        time_us: judgement.map(|judgement| judgement.time_us),
    }
}

fn difference_entry(difference: &CaseDifference) -> CaseDifferenceEntry {
    let CaseDifference { pointer, expected, actual } = difference.clone();
    CaseDifferenceEntry { pointer, expected, actual }
}

/// Prints results as JUnit XML. A case without a result to compare is an error, any other that failed a failure.
pub(super) fn print_junit(
    version: &TestedContractVersion,
    tested: &[TestedCase],
) -> anyhow::Result<()> {
    let name = version.about.name.to_string();
    let mut suite = JunitSuite::new()?;
    for case in tested {
        let error = case.error();
        let differences: Vec<_> = case.differences.iter().map(ToString::to_string).collect();
        let outcome = match &error {
            Some(error) => TestOutcome::Error(error),
            None if differences.is_empty() => TestOutcome::Passed,
            None => {
                let details = console::strip_styles(&explanation_lines(case).join("\n"));
                TestOutcome::Failed("not-as-expected", differences.join("; "), details)
            }
        };
        let judgement = case.result.as_ref().ok().and_then(CaseResult::judgement);
        suite.add(&JunitCase {
            name: &case_name(&case.path),
            class: &name,
            file: &case.path.display().to_string(),
            line: None,
            time_us: judgement.map_or(0, |judgement: &Judgement| judgement.time_us),
            outcome,
        })?;
    }
    let mut out = console::open_exact_output();
    suite.write_document(&mut out, &name)?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plain(lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| console::strip_styles(line)).collect()
    }

    #[test]
    fn shows_what_was_expected_and_what_came() {
        let difference =
            |expected, actual| CaseDifference { pointer: "/outcome".into(), expected, actual };
        let both = difference(Some(json!("pass")), Some(json!("fail")));
        assert_eq!(
            plain(&difference_lines(&[both])),
            ["- /outcome: \"pass\"", "+ /outcome: \"fail\""]
        );
        let more = difference(None, Some(json!(1)));
        assert_eq!(plain(&difference_lines(&[more])), ["+ /outcome: 1"]);
        let many = vec![difference(Some(json!(1)), None); SHOWN_DIFFERENCES_MAX + 3];
        let lines = plain(&difference_lines(&many));
        assert_eq!(lines.len(), SHOWN_DIFFERENCES_MAX + 1);
        assert_eq!(lines[SHOWN_DIFFERENCES_MAX], "… and 3 more differences");
        assert_eq!(difference_lines(&many[..SHOWN_DIFFERENCES_MAX]).len(), SHOWN_DIFFERENCES_MAX);
    }
}
