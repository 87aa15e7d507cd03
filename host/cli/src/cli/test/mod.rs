//! `tollgate test`: runs a contract's own cases in the real sandbox.

use std::path::{Path, PathBuf};

use clap::Args;
use tollgate_project::{built_component, component_path, read_contract_file};
use tollgate_toolchain::{
    CaseExpectation, CaseRunner, ContractCase, newer_source, read_cases, write_case,
};

use super::contract_loading;
use crate::console::{self, BAD, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::files;
use crate::shell_words::quote_word;

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
        let component = files::read(&built_component(&self.folder)?)?.into();
        let mut runner =
            CaseRunner::new(contract_loading::new_engine(cache)?, component, self.folder.clone());
        let bar = console::progress_bar("cases", cases.len() as u64);
        let (mut passed, mut failed) = (0, 0);
        for (path, case) in cases {
            let actual = runner.judge(&case).await.map_err(anyhow::Error::from);
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
        let mismatches = case.expect.mismatches(&actual);
        if self.bless && !mismatches.is_empty() {
            case.expect = actual;
            write_case(path, &case)?;
            return Ok(Vec::new());
        }
        Ok(mismatches)
    }
}

fn print_case(path: &Path, style: anstyle::Style, word: &str, mismatches: &[String]) {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    console::print(format!("{name} … {}", paint(style, word)));
    for line in mismatches {
        console::print(format!("  {} {line}", paint(QUIET, path.display())));
    }
}

/// Warns if a source is newer than the component, because the test would then not cover the current source.
fn warn_if_stale(folder: &Path, component: &Path) {
    if let Some(source) = newer_source(folder, component) {
        let folder = folder.display().to_string();
        console::warn(format!(
            "`{source}` is newer than the component: run `tollgate build {}` first",
            quote_word(&folder)
        ));
    }
}
