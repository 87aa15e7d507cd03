//! `tollgate test`: runs a contract's own cases in the real sandbox.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use super::case_runner::CaseRunner;
use super::contract_loading;
use crate::author::{
    CaseExpectation, ContractCase, component_path, read_cases, read_contract_file,
};
use crate::console::{self, BAD, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::{files, reference};

/// Runs the cases of a contract: `cases/*.json`, each with a subject, a configuration and the expected result.
///
/// Every case is judged twice, and once more with the recorded answers of the first time; the reports have to be
/// identical. A streaming contract also gets each text in parts, cut in several ways, and has to give the same
/// report.
#[derive(Args)]
pub(super) struct TestCommand {
    /// Folder of the contract.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Write the actual results to the cases as the expected ones.
    #[arg(long)]
    bless: bool,
}

impl TestCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let about = read_contract_file(&self.folder)?;
        let cases = read_cases(&self.folder)?;
        if cases.is_empty() {
            anyhow::bail!("`{}` has no cases: add some to `cases/`", self.folder.display());
        }
        warn_if_stale(&self.folder, &component_path(&self.folder, &about));
        let component = files::read(&reference::built_component(&self.folder)?)?.into();
        let mut runner =
            CaseRunner::new(contract_loading::new_engine(cache)?, component, self.folder.clone());
        let bar = console::progress_bar("cases", cases.len() as u64);
        let (mut passed, mut failed) = (0, 0);
        for (path, case) in cases {
            let actual = runner.judge(&case).await;
            let mismatches = actual.and_then(|actual| self.check_case(&path, case, actual));
            bar.inc(1);
            bar.suspend(|| match &mismatches {
                Ok(mismatches) if mismatches.is_empty() => print_case(&path, GOOD, "ok", &[]),
                Ok(mismatches) => print_case(&path, BAD, "FAILED", mismatches),
                Err(error) => print_case(&path, BAD, "FAILED", &[format!("{error:#}")]),
            });
            if mismatches.is_ok_and(|mismatches| mismatches.is_empty()) {
                passed += 1
            } else {
                failed += 1
            }
        }
        bar.finish_and_clear();
        console::print(format!("{passed} passed, {failed} failed"));
        Ok(if failed == 0 { Exit::Pass } else { Exit::Fail })
    }

    /// Returns the mismatches between the expected and the actual result. With `--bless`, writes the actual result to
    /// the case and returns none.
    fn check_case(
        &self,
        path: &Path,
        mut case: ContractCase,
        actual: CaseExpectation,
    ) -> anyhow::Result<Vec<String>> {
        let mismatches = describe_mismatches(&case.expect, &actual);
        if self.bless && !mismatches.is_empty() {
            case.expect = actual;
            files::write(path, format!("{}\n", serde_json::to_string_pretty(&case)?).as_bytes())?;
            return Ok(Vec::new());
        }
        Ok(mismatches)
    }
}

fn describe_mismatches(expected: &CaseExpectation, actual: &CaseExpectation) -> Vec<String> {
    let mut mismatches = Vec::new();
    if expected.failure != actual.failure {
        let word = |failure: &Option<String>| failure.clone().unwrap_or("no failure".into());
        mismatches.push(format!(
            "expected {}, got {}",
            word(&expected.failure),
            word(&actual.failure)
        ));
    }
    if let (Some(expected), actual) = (expected.outcome, actual.outcome)
        && Some(expected) != actual
    {
        let actual = actual.map_or("none".into(), |outcome| outcome.to_string());
        mismatches.push(format!("expected outcome `{expected}`, got `{actual}`"));
    }
    if let Some(expected) = &expected.findings {
        compare_findings(expected, actual.findings.as_deref().unwrap_or_default(), &mut mismatches);
    }
    for measure in expected.measures.iter().flatten() {
        if !actual.measures.iter().flatten().any(|other| other == measure) {
            mismatches.push(format!("expected measure `{}` to be {}", measure.name, measure.value));
        }
    }
    mismatches
}

fn compare_findings(
    expected: &[Map<String, Value>],
    actual: &[Map<String, Value>],
    mismatches: &mut Vec<String>,
) {
    if expected.len() != actual.len() {
        let actual = Value::from_iter(actual.iter().cloned().map(Value::Object));
        mismatches.push(format!("expected {} findings, got {actual:#}", expected.len()));
        return;
    }
    for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
        for (key, value) in expected {
            let value_found = actual.get(key).unwrap_or(&Value::Null);
            if value_found != value {
                mismatches.push(format!(
                    "finding {index}: expected `{key}` to be {value}, got {value_found}"
                ));
            }
        }
    }
}

fn print_case(path: &Path, style: anstyle::Style, word: &str, mismatches: &[String]) {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    console::print(format!("{name} … {}", paint(style, word)));
    for line in mismatches {
        console::print(format!("  {} {line}", paint(QUIET, path.display())));
    }
}

/// Source files of a contract in all languages.
const SOURCES: [&str; 11] = [
    "contract.toml",
    "config.schema.json",
    "Cargo.toml",
    "src/lib.rs",
    "src/contract.py",
    "src/contract.c",
    "src/contract.zig",
    "src/contract.js",
    "src/contract.ts",
    "package.json",
    "contract.go",
];

/// Warns if a source is newer than the component, because the test would then not cover the current source.
fn warn_if_stale(folder: &Path, built: &Path) {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|about| about.modified()).ok();
    let Some(built_at) = modified(built) else { return };
    let newer = |source: &&str| modified(&folder.join(source)).is_some_and(|at| at > built_at);
    if let Some(source) = SOURCES.into_iter().find(newer) {
        let folder = folder.display();
        console::warn(format!(
            "`{source}` is newer than the component: run `tollgate build {folder}` first"
        ));
    }
}
