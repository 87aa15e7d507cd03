//! `tollgate gate test`: runs the test cases of gates with the project's current gates and packages.

mod render;

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use tollgate::Host;
use tollgate::gate_cases::{GateCaseOutcome, GateCaseReport, TestedCase, case_file_path};
use tollgate_govern::change_control::TestEvidence;
use tollgate_project::Project;

use crate::cli::{block_on_runtime, clock};
use crate::exit::Exit;
use crate::{console, host_access};

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

impl GateTestCommand {
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let host = host_access::open_trial_host(cache)?;
        let mut reports = Vec::new();
        for name in &self.names(host.project())? {
            reports.push(test_gate(&host, name)?);
        }
        match (self.json, self.junit) {
            (true, _) => render::print_json(&reports)?,
            (_, true) => render::print_junit(&reports)?,
            _ => render::print_human(&reports),
        }
        let is_passed = reports.iter().flat_map(|report| &report.cases).all(TestedCase::is_passed);
        Ok(if is_passed { Exit::Pass } else { Exit::Fail })
    }

    /// Returns the named gates, or all that have cases. Warns of gates without cases.
    fn names(&self, project: &Project) -> anyhow::Result<Vec<String>> {
        if !self.names.is_empty() {
            return Ok(self.names.clone());
        }
        let names = project.read_gates()?.into_iter().map(|gate| gate.name.to_string());
        // A link that leads nowhere is an error when the gate is tested.
        let has_cases =
            |name: &String| case_file_path(&project.folder, name).symlink_metadata().is_ok();
        let (names, without_cases): (Vec<_>, Vec<_>) = names.partition(has_cases);
        for name in &without_cases {
            console::warn(no_cases_message(name, &case_file_path(Path::new(""), name)));
        }
        if names.is_empty() {
            bail!("no gate has cases: nothing was tested");
        }
        Ok(names)
    }
}

fn no_cases_message(gate: &str, file: &Path) -> String {
    format!("gate `{gate}` has no cases: add some to `{}`", file.display())
}

/// Tests the release that a gate's files make now, as evidence for its change control.
pub(in crate::cli) fn test_release(host: &Host, name: &str) -> anyhow::Result<TestEvidence> {
    Ok(test_gate(host, name)?.to_evidence())
}

/// Runs the cases of one gate. Fails if it has none.
fn test_gate(host: &Host, name: &str) -> anyhow::Result<GateCaseReport> {
    let outcome = block_on_runtime(async {
        let loaded = host.load_locked_gate(name).await?;
        Ok(host.test_loaded_gate(&loaded, clock::now_ms()?).await?)
    })?;
    match outcome {
        GateCaseOutcome::Tested(report) => Ok(report),
        GateCaseOutcome::NoCases { file } => bail!(no_cases_message(name, &file)),
    }
}
