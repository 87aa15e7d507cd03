//! `tollgate test`: a contract's own cases, through the real sandbox.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use super::loading;
use super::trial::Trial;
use crate::author::{Case, Expectation, component_path, read_cases, read_contract_file};
use crate::console::{self, BAD, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::{files, reference};

/// Runs the cases of a contract: `cases/*.json`, each a subject, a configuration and
/// what must come out.
///
/// Every case is judged twice, and once more from the record of the first time: the
/// reports have to be the same to the byte. A contract that judges texts while they are
/// written gets each text in parts as well, cut in several ways, and has to say the same.
#[derive(Args)]
pub(super) struct Test {
    /// The folder of the contract.
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Write what comes out as what must come out.
    #[arg(long)]
    bless: bool,
}

impl Test {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let about = read_contract_file(&self.folder)?;
        let cases = read_cases(&self.folder)?;
        if cases.is_empty() {
            anyhow::bail!("`{}` holds no cases: put some into `cases/`", self.folder.display());
        }
        warn_if_stale(&self.folder, &component_path(&self.folder, &about));
        let component = files::read(&reference::built(&self.folder)?)?.into();
        let mut trial = Trial::new(loading::engine(cache)?, component, self.folder.clone());
        let bar = console::progress("cases", cases.len() as u64);
        let (mut passed, mut failed) = (0, 0);
        for (path, case) in cases {
            let came = trial.judge(&case).await;
            let wrong = came.and_then(|came| self.settle(&path, case, came));
            bar.inc(1);
            bar.suspend(|| match &wrong {
                Ok(wrong) if wrong.is_empty() => tell(&path, GOOD, "ok", &[]),
                Ok(wrong) => tell(&path, BAD, "FAILED", wrong),
                Err(error) => tell(&path, BAD, "FAILED", &[format!("{error:#}")]),
            });
            if wrong.is_ok_and(|wrong| wrong.is_empty()) { passed += 1 } else { failed += 1 }
        }
        bar.finish_and_clear();
        console::say(format!("{passed} passed, {failed} failed"));
        Ok(if failed == 0 { Exit::Pass } else { Exit::Fail })
    }

    /// In which ways what came out is not what must come out; none, when blessing.
    fn settle(
        &self,
        path: &Path,
        mut case: Case,
        came: Expectation,
    ) -> anyhow::Result<Vec<String>> {
        let wrong = compare(&case.expect, &came);
        if self.bless && !wrong.is_empty() {
            case.expect = came;
            files::write(path, format!("{}\n", serde_json::to_string_pretty(&case)?).as_bytes())?;
            return Ok(Vec::new());
        }
        Ok(wrong)
    }
}

fn compare(wanted: &Expectation, came: &Expectation) -> Vec<String> {
    let mut wrong = Vec::new();
    if wanted.failure != came.failure {
        let word = |failure: &Option<String>| failure.clone().unwrap_or("no failure".into());
        wrong.push(format!(
            "wanted {}, and there was {}",
            word(&wanted.failure),
            word(&came.failure)
        ));
    }
    if let (Some(wanted), came) = (wanted.outcome, came.outcome)
        && Some(wanted) != came
    {
        let came = came.map_or("none".into(), |outcome| outcome.to_string());
        wrong.push(format!("wanted outcome `{wanted}`, and there was `{came}`"));
    }
    if let Some(wanted) = &wanted.findings {
        compare_findings(wanted, came.findings.as_deref().unwrap_or_default(), &mut wrong);
    }
    for measure in wanted.measures.iter().flatten() {
        if !came.measures.iter().flatten().any(|other| other == measure) {
            wrong.push(format!("wanted `{}` to be {}", measure.name, measure.value));
        }
    }
    wrong
}

fn compare_findings(
    wanted: &[Map<String, Value>],
    came: &[Map<String, Value>],
    wrong: &mut Vec<String>,
) {
    if wanted.len() != came.len() {
        let came = Value::from_iter(came.iter().cloned().map(Value::Object));
        wrong.push(format!("wanted {} findings, and there were {came:#}", wanted.len()));
        return;
    }
    for (index, (wanted, came)) in wanted.iter().zip(came).enumerate() {
        for (key, value) in wanted {
            let there = came.get(key).unwrap_or(&Value::Null);
            if there != value {
                wrong.push(format!("finding {index}: wanted `{key}` {value}, and it is {there}"));
            }
        }
    }
}

fn tell(path: &Path, style: anstyle::Style, word: &str, wrong: &[String]) {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    console::say(format!("{name} … {}", paint(style, word)));
    for line in wrong {
        console::say(format!("  {} {line}", paint(QUIET, path.display())));
    }
}

/// What a component is made of, in one language or another.
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

/// A test of yesterday's component proves nothing about today's source.
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
