//! Recorded cases of gates: outputs with the decisions that are expected of them. They are in `cases/GATE.jsonl`, one per
//! line, and prove a release before it is published.
//!
//! A case is an output as `tollgate check` reads it, with `expect`. Each is decided as the first output of its gate, and
//! nothing is recorded.

mod case_file;
mod error;
mod gate_case;
mod report;

use std::path::Path;

use tollgate_model::Subject;

pub use case_file::{CASE_FOLDER, case_file_path};
pub use error::{GateCaseError, InvalidCaseError};
pub use gate_case::{GateCase, reason_label};
pub use report::{GateCaseOutcome, GateCaseReport, TestedCase};

use crate::gate::{CheckedRun, LoadedGate, TrialError, TrialGate};
use crate::host::Host;
use crate::intake::SubjectReader;

impl Host {
    /// Tests a gate as it was loaded on the cases that the project has for it. `now_ms` is the time at which all of them are
    /// decided. Fails if a case cannot be read or judged; cases with unexpected decisions are in the report.
    ///
    /// ```no_run
    /// # use tollgate::{Host, gate_cases::GateCaseOutcome};
    /// # async fn example(host: Host, now_ms: u64) -> Result<(), Box<dyn std::error::Error>> {
    /// let loaded = host.load_locked_gate("welcome-email").await?;
    /// match host.test_loaded_gate(&loaded, now_ms).await? {
    ///     GateCaseOutcome::NoCases { file } => println!("nothing was tested: write cases to {}", file.display()),
    ///     GateCaseOutcome::Tested(report) => println!("{} cases failed", report.failed_count()),
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn test_loaded_gate(
        &self,
        loaded: &LoadedGate,
        now_ms: u64,
    ) -> Result<GateCaseOutcome, GateCaseError> {
        test_gate(&self.shared.project.folder, loaded, now_ms).await
    }
}

async fn test_gate(
    project: &Path,
    loaded: &LoadedGate,
    now_ms: u64,
) -> Result<GateCaseOutcome, GateCaseError> {
    let gate = &loaded.gate;
    let file = case_file_path(Path::new(""), gate.name.as_str());
    let path = project.join(&file);
    let subject_reader = SubjectReader::default().with_pinned_prompt(loaded.prompt.clone());
    let Some(cases) = case_file::read_cases(&path, gate.purpose, &subject_reader)? else {
        return Ok(GateCaseOutcome::NoCases { file });
    };
    let release = loaded.snapshot.digest;
    let mut trial = TrialGate::new(loaded.clone(), None, now_ms).map_err(|source| {
        let (gate, source) = (gate.name.clone(), Box::new(source));
        GateCaseError::Trial { gate, source }
    })?;
    let mut tested = Vec::with_capacity(cases.len());
    for case in cases {
        let run = run_case(&mut trial, case.subject.clone(), case.at_level, now_ms).await;
        let run = run.map_err(|source| {
            let (path, source) = (path.clone(), Box::new(source));
            GateCaseError::Judge { path, line: case.line, source }
        })?;
        let mismatches = case.mismatches(&run.decision);
        tested.push(TestedCase { case, decision: run.decision, time_us: run.time_us, mismatches });
    }
    let gate = gate.name.clone();
    Ok(GateCaseOutcome::Tested(GateCaseReport {
        gate,
        file,
        release,
        at_ms: now_ms,
        cases: tested,
    }))
}

/// Decides on an output as if it were the first one of the gate.
async fn run_case(
    trial: &mut TrialGate,
    subject: Subject,
    at_level: Option<u8>,
    now_ms: u64,
) -> Result<CheckedRun, TrialError> {
    // Earlier cases must have no influence, for example on budgets.
    trial.reset_to_ledger(now_ms)?;
    if let Some(level) = at_level {
        trial.set_level(level, now_ms)?;
    }
    trial.check(subject, now_ms).await
}
