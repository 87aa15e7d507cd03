//! Reports about outputs that were taken through a gate, in formats of other tools and as JSON.
//!
//! A report is written while the outputs are checked, so memory use does not grow with their number.

mod json;
mod junit;
mod markdown;
mod sarif;
mod sentence;
mod spool;

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::gate::LoadedGate;
use tollgate::intake::InputOrigin;
use tollgate::{CheckOutcome, CheckedRun};
use tollgate_govern::OutputFacts;
use tollgate_model::{
    ContractCheck, Decision, Digest, GateName, GatePurpose, Reason, ReasonEffect, RetainedContent,
    Ruling, RunEvent, Subject,
};

pub use json::JsonFormat;
pub use junit::{JunitCase, JunitFormat, JunitSuite, TestOutcome};
pub use markdown::MarkdownFormat;
pub use sarif::SarifFormat;

/// Name of the source of outputs that were read from standard input.
pub const STANDARD_INPUT: &str = "standard input";

/// Sentence at the end of a quality gate's report, so that nobody takes a pass for leave to send.
pub const JUDGED_ONLY: &str =
    "judged only: nothing was recorded, and nobody was given leave to send these outputs";

/// Gate, with the release that checks.
#[derive(Clone, Debug)]
pub struct GateRelease {
    pub gate: GateName,
    pub release: Digest,
    /// Purpose for which the gate judges.
    pub purpose: GatePurpose,
}

/// Result of one output, as the formats write it.
#[derive(Clone, Debug)]
pub struct CheckResult {
    pub run: Digest,
    pub release: Digest,
    pub decision: Decision,
    pub checks: Vec<ContractCheck>,
    /// Time that the contracts took.
    pub time_us: u64,
    /// Digest of the subject.
    pub output: Digest,
    /// The subject; `None` if it was recorded earlier without its content.
    pub subject: Option<Subject>,
    pub facts: Option<OutputFacts>,
    /// Whether it was already recorded under the same batch name.
    pub was_recorded: bool,
}

/// Number of outputs by their result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CheckCounts {
    pub allowed: u64,
    pub held: u64,
    pub blocked: u64,
    pub not_judged: u64,
    /// Outputs that were already recorded; they are counted by their decision too.
    pub already_recorded: u64,
    /// Outputs that passed; only if the gate has the purpose `quality`. Nobody is given leave to send them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<u64>,
    /// Outputs that failed; only if the gate has the purpose `quality`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<u64>,
}

/// A format that results are written in. A result of `Err` says why an output could not be judged.
pub trait ReportFormat {
    /// Writes what precedes the first result.
    fn begin(&mut self, _: &mut dyn Write, _: &GateRelease) -> io::Result<()> {
        Ok(())
    }

    /// Writes the result of one output, which is already recorded.
    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> io::Result<()>;

    /// Writes what follows the last result.
    fn end(
        &mut self,
        out: &mut dyn Write,
        counts: &CheckCounts,
        gate: &GateRelease,
    ) -> io::Result<()>;
}

impl From<&LoadedGate> for GateRelease {
    fn from(loaded: &LoadedGate) -> Self {
        let gate = &loaded.gate;
        let (gate, purpose) = (gate.name.clone(), gate.purpose);
        Self { gate, release: loaded.snapshot.digest, purpose }
    }
}

impl From<CheckedRun> for CheckResult {
    fn from(run: CheckedRun) -> Self {
        let CheckedRun { run, release, facts, decision, subject, checks, time_us, .. } = run;
        Self {
            run,
            release,
            decision,
            checks,
            time_us,
            output: facts.subject,
            subject: Some(subject),
            facts: Some(facts),
            was_recorded: false,
        }
    }
}

/// Converts a run that was recorded before under the same batch name.
impl From<RunEvent> for CheckResult {
    fn from(run: RunEvent) -> Self {
        let RunEvent { run, release, decision, checks, content, time_us, subject: output, .. } =
            run;
        let subject = match content {
            RetainedContent::Full(subject) | RetainedContent::Masked(subject) => Some(*subject),
            RetainedContent::Digest | RetainedContent::Erased => None,
        };
        let facts = None;
        Self { run, release, decision, checks, time_us, output, subject, facts, was_recorded: true }
    }
}

impl CheckResult {
    /// Returns the result of a check, or `None` if the library has outcomes that this crate does not know.
    pub fn of_outcome(outcome: CheckOutcome) -> Option<Self> {
        match outcome {
            CheckOutcome::Decided(run) => Some((*run).into()),
            CheckOutcome::AlreadyRecorded(run) => Some((*run).into()),
            _ => None,
        }
    }

    /// Returns the reasons that hold, block or fail the output.
    fn stopping_reasons(&self) -> impl Iterator<Item = &Reason> {
        self.decision.reasons.iter().filter(|reason| reason.effect != ReasonEffect::Note)
    }

    /// Returns the output if it is a text, as it was judged. A recorded output may be masked, and then the places of the
    /// findings do not fit its text.
    pub fn judged_text(&self) -> Option<&str> {
        let judged = self.subject.as_ref().filter(|_| !self.was_recorded);
        judged.and_then(|subject| subject.content.text())
    }
}

impl CheckCounts {
    /// Returns the counts before the first output of a gate with this purpose.
    pub fn new(purpose: GatePurpose) -> Self {
        let of_quality = (!purpose.is_delegation()).then_some(0);
        Self { passed: of_quality, failed: of_quality, ..Self::default() }
    }

    pub fn add(&mut self, result: &Result<CheckResult, String>) {
        match result.as_ref().map(|result| result.decision.ruling) {
            Ok(Ruling::Allow) => self.allowed += 1,
            Ok(Ruling::Hold) => self.held += 1,
            Ok(Ruling::Block) => self.blocked += 1,
            Ok(Ruling::Pass) => *self.passed.get_or_insert(0) += 1,
            Ok(Ruling::Fail) => *self.failed.get_or_insert(0) += 1,
            Err(_) => self.not_judged += 1,
        }
        self.already_recorded += u64::from(result.as_ref().is_ok_and(|result| result.was_recorded));
    }

    /// Returns the number of all outputs.
    pub fn total(&self) -> u64 {
        let of_quality = self.passed.unwrap_or(0) + self.failed.unwrap_or(0);
        self.allowed + self.held + self.blocked + of_quality + self.not_judged
    }
}
