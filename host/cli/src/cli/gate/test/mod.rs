//! `tollgate gate test`: runs the test cases of gates with the project's current gates and packages.

mod case;
mod render;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tokio::runtime::{Builder, Runtime};
use tollgate_engine::Engine;
use tollgate_govern::change_control::TestEvidence;
use tollgate_model::{Decision, Digest, GateName};
use tollgate_project::{LocalPackages, Project};

use crate::cli::clock;
use crate::cli::contract_loading::new_engine;
use crate::console;
use crate::current_project::local_packages;
use crate::exit::Exit;
pub(super) use case::CASES_FOLDER;
use case::GateCase;
use tollgate::gate::{LoadedGate, TrialGate};
use tollgate::intake::SubjectReader;

/// Runs the test cases of gates and reports those with an unexpected decision.
///
/// The cases of a gate are in `cases/GATE.jsonl`, one per line: an output as `tollgate check` reads it, with
/// `"expect": "allow"`, `"hold"` or `"block"`, or `"pass"` or `"fail"` if the purpose of the gate is `quality`.
/// `"because": ["finding:tollgate/pii:email"]` lists reasons that the decision must have, and `"at-level": 4`
/// sets the gate's level. Each case is decided as the gate's first output, and nothing is recorded.
///
/// Exits with 1 if a case has an unexpected decision, and with 2 if one cannot be judged.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate gate test
  tollgate gate test welcome-email --junit > cases.xml")]
pub(super) struct GateTestCommand {
    /// Gates to test [default: all that have cases].
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Write JSON.
    #[arg(long, conflicts_with = "junit")]
    json: bool,
    /// Write a test report in JUnit XML.
    #[arg(long)]
    junit: bool,
}

/// Result of the cases of a gate.
struct TestedGate {
    /// Release that was tested. It need not be published.
    release: Digest,
    cases: Vec<TestedCase>,
}

/// Result of a case.
struct TestedCase {
    gate: GateName,
    /// Path of the case file, relative to the project.
    path: PathBuf,
    case: GateCase,
    decision: Decision,
    time_us: u64,
    /// Differences from the expected decision; empty if the case passed.
    mismatches: Vec<String>,
}

impl GateTestCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let packages = local_packages()?;
        let names = self.names(packages.require_project()?)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let engine = new_engine(cache)?;
        let mut results = Vec::new();
        for name in &names {
            results.extend(test_gate(&runtime, &engine, &packages, name)?.cases);
        }
        match (self.json, self.junit) {
            (true, _) => render::print_json(&results)?,
            (_, true) => render::print_junit(&results)?,
            _ => render::print_human(&results),
        }
        Ok(if results.iter().all(|one| one.mismatches.is_empty()) {
            Exit::Pass
        } else {
            Exit::Fail
        })
    }

    /// Returns the named gates, or all that have cases. Warns of gates without cases.
    fn names(&self, project: &Project) -> anyhow::Result<Vec<String>> {
        if !self.names.is_empty() {
            return Ok(self.names.clone());
        }
        let names = project.read_gates()?.into_iter().map(|gate| gate.name.to_string());
        let has_cases = |name: &String| case::cases_path(&project.folder, name).exists();
        let (names, without_cases): (Vec<_>, Vec<_>) = names.partition(has_cases);
        for name in &without_cases {
            console::warn(format!(
                "gate `{name}` has no cases: add some to {}",
                quoted_cases_path(name)
            ));
        }
        if names.is_empty() {
            bail!("no gate has cases: nothing was tested");
        }
        Ok(names)
    }
}

fn quoted_cases_path(name: &str) -> String {
    format!("`{}`", case::cases_path(Path::new(""), name).display())
}

/// Tests the release that a gate's files make now, as evidence for its change control.
pub(in crate::cli) fn test_release(
    name: &str,
    cache: Option<PathBuf>,
) -> anyhow::Result<TestEvidence> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let tested = test_gate(&runtime, &new_engine(cache)?, &local_packages()?, name)?;
    let failed = tested.cases.iter().filter(|case| !case.mismatches.is_empty()).count();
    Ok(TestEvidence {
        tested: tested.release,
        cases: u64::try_from(tested.cases.len())?,
        failed: u64::try_from(failed)?,
        at_ms: clock::now_ms()?,
    })
}

/// Runs the cases of one gate.
fn test_gate(
    runtime: &Runtime,
    engine: &Engine,
    packages: &LocalPackages,
    name: &str,
) -> anyhow::Result<TestedGate> {
    let project = packages.require_project()?;
    let loaded = runtime.block_on(LoadedGate::load(engine, packages, name))?;
    let subject_reader = SubjectReader::default().with_pinned_prompt(loaded.prompt.clone());
    let path = case::cases_path(&project.folder, name);
    if !path.exists() {
        bail!("gate `{name}` has no cases: add some to {}", quoted_cases_path(name));
    }
    let cases = case::read_cases(&path, loaded.gate.purpose, &subject_reader)?;
    let now_ms = clock::now_ms()?;
    let mut trial = TrialGate::new(loaded, None, now_ms)?;
    let mut results = Vec::with_capacity(cases.len());
    for case in cases {
        let place = format!("{}:{}", path.display(), case.line);
        let tested = run_case(runtime, &mut trial, case, now_ms);
        let (case, decision, time_us) = tested.with_context(|| format!("cannot judge {place}"))?;
        let mismatches = case.mismatches(&decision);
        let (gate, path) =
            (trial.loaded().gate.name.clone(), case::cases_path(Path::new(""), name));
        results.push(TestedCase { gate, path, case, decision, time_us, mismatches });
    }
    Ok(TestedGate { release: trial.loaded().snapshot.digest, cases: results })
}

/// Runs one case as if it were the first output of the gate.
fn run_case(
    runtime: &Runtime,
    trial: &mut TrialGate,
    case: GateCase,
    now_ms: u64,
) -> anyhow::Result<(GateCase, Decision, u64)> {
    // Resets the state, so that earlier cases have no influence, for example on budgets.
    trial.reset_to_ledger(now_ms)?;
    if let Some(level) = case.at_level {
        trial.set_level(level, now_ms)?;
    }
    let run = runtime.block_on(trial.check(case.subject.clone(), now_ms))?;
    Ok((case, run.decision, run.time_us))
}
