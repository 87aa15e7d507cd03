//! Judgements of one contract, without a gate.

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};
use tollgate_engine::{Contract, Progress};
use tollgate_model::{
    ContractName, Digest, Failure, Finding, FormatVersion, HostAnswer, Judgement, Measure, Outcome,
    RunLog,
};

/// Judgement of one subject by one contract.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct JudgementDocument {
    pub format: FormatVersion<1>,
    pub contract: JudgingContract,
    /// Part of the document that was judged, as a JSON Pointer (RFC 6901). Only with `--at`. Spans of findings are those of
    /// the text there, and pointers those of the whole document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// `null` if the contract gave no outcome.
    pub outcome: Option<Outcome>,
    pub findings: Vec<Finding>,
    pub measures: Vec<Measure>,
    /// Cause for which there is no outcome.
    pub failure: Option<ExplainedFailure>,
    /// Units of fuel that the contract used.
    pub fuel_used: u64,
    /// Time in microseconds, including the creation of the sandbox.
    pub time_us: u64,
    /// Answers of the host, in the order in which the contract asked.
    pub answers: Vec<HostAnswer>,
    pub log: RunLog,
}

/// Contract version and configuration that judged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct JudgingContract {
    pub name: ContractName,
    pub version: Version,
    /// Digest of the component.
    pub digest: Digest,
    pub config_digest: Digest,
}

/// Failure, with its message for people.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExplainedFailure {
    #[serde(flatten)]
    pub failure: Failure,
    pub message: String,
}

/// Progress of a judgement of a text that is still arriving.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct StreamProgressLine {
    pub format: FormatVersion<1>,
    /// Number of bytes from the start of the text about which nothing more will be reported.
    pub settled: u32,
    /// Findings that are new since the line before.
    pub findings: Vec<Finding>,
}

/// Answers of the host during a judgement, and the digests of the inputs that they belong to. A judgement is
/// replayed with them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementRecord {
    pub format: FormatVersion<1>,
    /// Digest of the component.
    pub contract: Digest,
    /// Digest of the configuration.
    pub config: Digest,
    pub subject: Digest,
    pub answers: Vec<HostAnswer>,
}

impl JudgementDocument {
    pub fn new(contract: &Contract, judgement: Judgement) -> Self {
        let Judgement { verdict, fuel_used, time_us, answers, log } = judgement;
        let (report, failure) = match verdict {
            Ok(report) => (Some(report), None),
            Err(failure) => (None, Some(failure)),
        };
        let outcome = report.as_ref().map(|report| report.outcome);
        let (findings, measures) =
            report.map(|report| (report.findings, report.measures)).unwrap_or_default();
        Self {
            format: FormatVersion,
            contract: contract.into(),
            at: None,
            outcome,
            findings,
            measures,
            failure: failure.map(Into::into),
            fuel_used,
            time_us,
            answers,
            log,
        }
    }

    /// Makes it the judgement of a part of a document.
    #[must_use]
    pub fn of_part(mut self, at: &str) -> Self {
        self.at = Some(at.to_owned());
        for finding in &mut self.findings {
            *finding = finding.in_output(Some(at));
        }
        self
    }
}

impl From<&Contract> for JudgingContract {
    fn from(contract: &Contract) -> Self {
        let about = &contract.manifest().contract;
        Self {
            name: about.name.clone(),
            version: about.version.clone(),
            digest: contract.digest(),
            config_digest: contract.config_digest(),
        }
    }
}

impl From<Failure> for ExplainedFailure {
    fn from(failure: Failure) -> Self {
        Self { message: failure.to_string(), failure }
    }
}

impl From<Progress> for StreamProgressLine {
    fn from(progress: Progress) -> Self {
        let Progress { settled, findings } = progress;
        Self { format: FormatVersion, settled, findings }
    }
}
