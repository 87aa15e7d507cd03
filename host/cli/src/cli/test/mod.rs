//! `tollgate test`: runs a contract's own cases in the real sandbox.

mod render;
mod run;
mod watch;

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use tollgate_engine::Engine;
use tollgate_model::Digest;
use tollgate_project::{built_component, read_contract_file};
use tollgate_toolchain::{CaseRunner, ContractCase, read_cases};

use super::contract_loading;
use crate::exit::Exit;
use crate::files;
use render::TestedContractVersion;
use run::TestedCase;

/// Runs the cases of a contract: `cases/*.json`, each with a subject, a configuration and the expected result.
///
/// Every case is judged twice, and once more with the recorded answers of the first time; the reports have to be
/// identical. A streaming contract also gets each text in parts, cut in several ways, and has to give the same
/// report. A failed case is shown with what was expected and what came, and with the judgement as `tollgate judge`
/// shows it.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate test claims
  tollgate test claims --filter discount --watch
  tollgate test claims --junit > cases.xml")]
pub(super) struct TestCommand {
    /// Folder of the contract.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Run only the cases whose name contains this text.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Write the actual results to the cases as the expected ones. A crash of the contract is not written.
    #[arg(long, conflicts_with_all = ["json", "junit", "watch"])]
    bless: bool,
    /// Build and test again whenever a source, a case or `contract.toml` changes, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["json", "junit"])]
    watch: bool,
    /// Write JSON.
    #[arg(long, conflicts_with = "junit")]
    json: bool,
    /// Write a test report in JUnit XML.
    #[arg(long)]
    junit: bool,
}

impl TestCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        if self.watch {
            return watch::watch(&self, cache).await;
        }
        // The cases are read before the engine starts, because most mistakes are in them.
        self.selected_cases()?;
        self.test(&contract_loading::new_engine(cache)?).await
    }

    /// Runs the selected cases with the component that was built last.
    async fn test(&self, engine: &Engine) -> anyhow::Result<Exit> {
        let about = read_contract_file(&self.folder)?;
        let cases = self.selected_cases()?;
        // With `--watch` it has just been built.
        if !self.watch {
            contract_loading::warn_if_stale(&self.folder);
        }
        let component = files::read(&built_component(&self.folder)?)?;
        let version = TestedContractVersion { digest: Digest::of(&component), about };
        let runner = CaseRunner::new(engine.clone(), component.into(), self.folder.clone());
        let shows_each = !self.json && !self.junit;
        let tested = run::run_cases(runner, cases, self.bless, |case| {
            if shows_each {
                render::print_case(case);
            }
        })
        .await?;
        match (self.json, self.junit) {
            (true, _) => render::print_json(version, &tested)?,
            (_, true) => render::print_junit(&version, &tested)?,
            _ => render::print_counts(&tested),
        }
        let has_passed = tested.iter().all(TestedCase::has_passed);
        Ok(if has_passed { Exit::Pass } else { Exit::Fail })
    }

    /// Reads the cases, and selects those with the text of `--filter` in their name. Fails if there are none.
    fn selected_cases(&self) -> anyhow::Result<Vec<(PathBuf, ContractCase)>> {
        // Without its `contract.toml` a folder is surely the wrong one, and that is the first thing to say.
        read_contract_file(&self.folder)?;
        let mut cases = read_cases(&self.folder)?;
        if cases.is_empty() {
            bail!("`{}` has no cases: add some to `cases/`", self.folder.display());
        }
        if let Some(filter) = &self.filter {
            let count = cases.len();
            cases.retain(|(path, _)| run::case_name(path).contains(filter));
            if cases.is_empty() {
                bail!("none of the {count} cases has `{filter}` in its name: nothing was tested");
            }
        }
        Ok(cases)
    }
}
