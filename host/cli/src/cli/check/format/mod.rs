//! Output formats of `tollgate check`: for people, and for other tools.

mod human;
mod json;
pub(in crate::cli) mod junit;
mod markdown;
mod sarif;
mod spool;

use std::io::Write;

use clap::ValueEnum;
use serde::Serialize;
use tollgate_govern::OutputFacts;
use tollgate_model::{ContractCheck, Decision, Digest, Subject};

use super::input::InputItem;
use tollgate::gate::LoadedGate;

/// Values of `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    /// Text for people.
    Human,
    /// One JSON document.
    Json,
    /// One line of JSON per output, as soon as it is decided.
    Jsonl,
    /// A test report in JUnit XML, which most build servers display.
    Junit,
    /// SARIF 2.1.0, which code hosts display beside the lines.
    Sarif,
    /// A Markdown table for a comment or a job summary.
    Markdown,
}

/// Result of one output, as the formats write it.
pub(super) struct CheckResult {
    pub(super) run: Digest,
    pub(super) release: Digest,
    pub(super) decision: Decision,
    pub(super) checks: Vec<ContractCheck>,
    /// Time that the contracts took.
    pub(super) time_us: u64,
    /// Digest of the subject.
    pub(super) output: Digest,
    /// The subject; `None` if it was recorded earlier without its content.
    pub(super) subject: Option<Subject>,
    pub(super) facts: Option<OutputFacts>,
    /// Whether it was already recorded under the same batch name.
    pub(super) was_recorded: bool,
}

/// Number of outputs by their result.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct CheckSummary {
    pub(super) allowed: u64,
    pub(super) held: u64,
    pub(super) blocked: u64,
    pub(super) not_judged: u64,
    /// Outputs that were already recorded; they are counted by their decision too.
    pub(super) already_recorded: u64,
}

/// A format that results are written in. A result of `Err` says why an output could not be judged.
pub(super) trait OutputFormat {
    /// Returns the stream to write to. Plain standard output by default: stripping colours is only needed
    /// for the human format.
    fn open_output(&self) -> Box<dyn Write> {
        Box::new(std::io::stdout())
    }

    /// Writes what precedes the first result.
    fn begin(&mut self, _: &mut dyn Write, _: &LoadedGate) -> anyhow::Result<()> {
        Ok(())
    }

    /// Writes the result of one output, which is already recorded.
    fn write_result(
        &mut self,
        out: &mut dyn Write,
        item: &InputItem,
        result: &Result<CheckResult, String>,
    ) -> anyhow::Result<()>;

    /// Writes what follows the last result.
    fn end(
        &mut self,
        out: &mut dyn Write,
        summary: &CheckSummary,
        loaded: &LoadedGate,
    ) -> anyhow::Result<()>;
}

/// Creates the writer of a format.
pub(super) fn create_format(name: FormatName) -> anyhow::Result<Box<dyn OutputFormat>> {
    Ok(match name {
        FormatName::Human => Box::new(human::HumanFormat),
        FormatName::Json => Box::new(json::JsonFormat::document()),
        FormatName::Jsonl => Box::new(json::JsonFormat::lines()),
        FormatName::Junit => Box::new(junit::JunitFormat::new()?),
        FormatName::Sarif => Box::new(sarif::SarifFormat::new()?),
        FormatName::Markdown => Box::new(markdown::MarkdownFormat::default()),
    })
}

impl CheckSummary {
    /// Returns the number of all outputs.
    pub(super) fn total(&self) -> u64 {
        self.allowed + self.held + self.blocked + self.not_judged
    }
}
