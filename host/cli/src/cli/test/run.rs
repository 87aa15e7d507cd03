//! Runs cases one after the other, and compares each result with the expected one.

use std::path::{Path, PathBuf};

use tollgate_model::Subject;
use tollgate_toolchain::{
    CaseDifference, CaseResult, CaseRunError, CaseRunner, ContractCase, write_case,
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

/// Runs cases and reports each as soon as it is known. With `bless`, actual results are written to the cases instead of
/// being compared.
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
    let mut differences = Vec::new();
    if let Ok(result) = &result {
        let actual = result.to_expectation()?;
        differences = case.expect.differences(&actual);
        if bless && !differences.is_empty() {
            case.expect = actual;
            write_case(&path, &case)?;
            differences.clear();
        }
    }
    Ok(TestedCase { path, subject: case.subject, result, differences })
}
