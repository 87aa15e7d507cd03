//! Outputs that were taken through a gate.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::intake::InputOrigin;
use tollgate_govern::provenance;
use tollgate_model::{Digest, FormatVersion, GateName, GatePurpose, Money, Ruling};

use crate::report::{CheckCounts, CheckResult};
use crate::{ContractAnswer, ExplainedReason, Timestamp};

/// Outputs that were taken through a gate together.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CheckDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    /// Active release when the command started. Of a gate of the purpose `quality`, and in a trial: the release that
    /// its files would make.
    pub release: Digest,
    /// Purpose for which the gate judged. Only if it is `quality`: nothing was recorded then, and nobody was given leave
    /// to send an output.
    #[serde(skip_serializing_if = "GatePurpose::is_delegation")]
    pub purpose: GatePurpose,
    pub runs: Vec<OutputResult>,
    pub summary: CheckCounts,
}

/// Result of one output as a document of its own.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OutputResultLine {
    pub format: FormatVersion<1>,
    #[serde(flatten)]
    pub result: OutputResult,
}

/// Result of one output.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OutputResult {
    Decided(Box<DecidedOutput>),
    NotJudged(NotJudgedOutput),
}

/// Output that was decided.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct DecidedOutput {
    /// Id that the sender gave, or the place of the output.
    pub id: String,
    /// Name of the file that the output was read from.
    pub file: String,
    /// Line of the file that the output starts in, if the file has several outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    pub run: Digest,
    /// Release that decided.
    pub release: Digest,
    pub decision: Ruling,
    /// Ruling without shadow mode. Only in shadow mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub would_be: Option<Ruling>,
    /// All reasons, the strictest first.
    pub reasons: Vec<ExplainedReason>,
    /// Findings and measures of each contract, in the order of the gate.
    pub contracts: Vec<ContractAnswer>,
    /// Cost of generating the output, if the caller gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// End of the time in which the output can be retracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<Timestamp>,
    /// Whether the output was sampled for an audit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub audit: bool,
    /// Value of the header that marks an allowed output as AI-assisted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ai_assisted: Option<String>,
    /// Whether it was recorded before under the same batch name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub already_recorded: bool,
}

/// Output that could not be judged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NotJudgedOutput {
    pub id: String,
    /// Name of the file that the output was to be read from.
    pub file: String,
    /// Line of the file that the output starts in, if the file has several outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Always `null`.
    pub decision: (),
    /// Reason why it could not be judged.
    pub error: String,
    /// Code of the problem. Only a server has codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl OutputResult {
    /// Returns the result of an output at a gate, or of one that could not be judged.
    pub fn new(
        gate: Option<&GateName>,
        origin: &InputOrigin,
        result: &Result<CheckResult, String>,
    ) -> Self {
        match result {
            Ok(result) => Self::Decided(Box::new(DecidedOutput::new(gate, origin, result))),
            Err(error) => {
                let (id, file, line) = (origin.id.clone(), origin.file.clone(), origin.line);
                let (error, code) = (error.clone(), None);
                Self::NotJudged(NotJudgedOutput { id, file, line, decision: (), error, code })
            }
        }
    }

    /// Sets the code of the problem of an output that could not be judged.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        if let Self::NotJudged(output) = &mut self {
            output.code = Some(code.to_owned());
        }
        self
    }
}

impl DecidedOutput {
    fn new(gate: Option<&GateName>, origin: &InputOrigin, result: &CheckResult) -> Self {
        let decision = &result.decision;
        let provenance = match (gate, &result.facts) {
            (Some(gate), Some(facts)) => {
                provenance::provenance_of(gate, result.release, facts, decision)
            }
            _ => None,
        };
        let answers = |check| ContractAnswer::all_of(check, result.judged_text());
        Self {
            id: origin.id.clone(),
            file: origin.file.clone(),
            line: origin.line,
            run: result.run,
            release: result.release,
            decision: decision.ruling,
            would_be: decision.would_be,
            reasons: decision.reasons.iter().map(Into::into).collect(),
            contracts: result.checks.iter().flat_map(answers).collect(),
            cost: decision.cost,
            undo_until: decision.undo_until_ms.map(Timestamp),
            audit: decision.audit,
            ai_assisted: provenance.map(|one| one.to_string()),
            already_recorded: result.was_recorded,
        }
    }
}
