//! Runs cases one after the other, and compares each result with the expected one.

use std::path::{Path, PathBuf};

use tollgate_model::Subject;
use tollgate_toolchain::{
    CaseDifference, CaseExpectation, CaseResult, CaseRunError, CaseRunner, ContractCase,
    FailureKind, write_case,
};

use crate::console;

/// A case that was run.
pub(super) struct TestedCase {
    pub(super) path: PathBuf,
    pub(super) subject: Subject,
    /// Result, or the reason why there is none to compare.
    pub(super) result: Result<CaseResult, CaseRunError>,
    /// Differences from the expected result; empty if there are none, or if they were written to the case.
    pub(super) differences: Vec<CaseDifference>,
    pub(super) blessing: Blessing,
}

/// Effect of `--bless` on a case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Blessing {
    /// Nothing: it was not asked for, or the case has no differences.
    Unneeded,
    /// The actual result was written to the case.
    Written,
    /// Nothing was written, because the contract failed in this way and the case does not expect it.
    Refused(FailureKind),
}

impl TestedCase {
    pub(super) fn has_passed(&self) -> bool {
        self.result.is_ok() && self.differences.is_empty()
    }

    /// Returns the error of a case without a result, with its causes.
    pub(super) fn error(&self) -> Option<String> {
        self.result.as_ref().err().map(|error| tollgate_api::join_causes(error))
    }
}

/// Returns the name of a case: its file without folder and extension.
pub(super) fn case_name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Runs cases and reports each as soon as it is known. With `bless`, actual results are written to the cases whose
/// expectation they do not meet, but no defects.
pub(super) async fn run_cases(
    mut runner: CaseRunner,
    cases: Vec<(PathBuf, ContractCase)>,
    bless: bool,
    mut on_case: impl FnMut(&TestedCase),
) -> anyhow::Result<Vec<TestedCase>> {
    let bar = console::progress_bar("cases", cases.len() as u64);
    let mut tested = Vec::with_capacity(cases.len());
    for (path, case) in cases {
        let case = run_case(&mut runner, path, case, bless).await?;
        bar.inc(1);
        bar.suspend(|| on_case(&case));
        tested.push(case);
    }
    bar.finish_and_clear();
    Ok(tested)
}

async fn run_case(
    runner: &mut CaseRunner,
    path: PathBuf,
    mut case: ContractCase,
    bless: bool,
) -> anyhow::Result<TestedCase> {
    let result = runner.run(&case).await;
    let (mut differences, mut blessing) = (Vec::new(), Blessing::Unneeded);
    if let Ok(result) = &result {
        let actual = result.to_expectation()?;
        differences = case.expect.differences(&actual);
        if bless && !differences.is_empty() {
            blessing = choose_blessing(&case.expect, &actual);
        }
        if blessing == Blessing::Written {
            case.expect = actual;
            write_case(&path, &case)?;
            differences.clear();
        }
    }
    Ok(TestedCase { path, subject: case.subject, result, differences, blessing })
}

/// Returns what is done with a case whose result differs from the expected one. A case that has to fail as a crash does says so
/// by an author's hand: otherwise a defect would become what is expected.
fn choose_blessing(expected: &CaseExpectation, actual: &CaseExpectation) -> Blessing {
    match actual.failure {
        Some(kind) if kind.is_defect() && !expected.failure.is_some_and(|it| it.covers(kind)) => {
            Blessing::Refused(kind)
        }
        _ => Blessing::Written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blesses_no_defect_that_a_case_does_not_expect() {
        let expectation = |text: &str| serde_json::from_str::<CaseExpectation>(text).unwrap();
        let choose =
            |expected, actual| choose_blessing(&expectation(expected), &expectation(actual));
        let passes = r#"{"outcome": "pass"}"#;
        let trap = r#"{"failure": "trap"}"#;
        assert_eq!(choose(passes, trap), Blessing::Refused(FailureKind::Trap));
        let memory = r#"{"failure": "memory"}"#;
        assert_eq!(choose(trap, memory), Blessing::Refused(FailureKind::Memory));
        for (expected, actual) in [
            (r#"{"failure": "trap", "outcome": "pass"}"#, trap),
            (passes, r#"{"failure": "not-applicable"}"#),
            (passes, r#"{"outcome": "fail"}"#),
            (trap, passes),
        ] {
            assert_eq!(choose(expected, actual), Blessing::Written, "{expected} {actual}");
        }
    }
}
