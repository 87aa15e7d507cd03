//! Runs one test case of a contract, and checks that all ways of judging it give the same report.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use serde_json::{Map, Value};
use tollgate_engine::{Contract, Engine, LoadError, test_fixture};
use tollgate_model::{Content, Judgement, Report, Subject};

use super::reloadable_contract::ReloadableContract;
use crate::author::{CaseExpectation, ContractCase};

/// A component under test.
pub(super) struct CaseRunner {
    contract: ReloadableContract,
    /// Folder that relative paths in configurations refer to.
    folder: PathBuf,
}

impl CaseRunner {
    pub(super) fn new(engine: Engine, component: Arc<[u8]>, folder: PathBuf) -> Self {
        Self { contract: ReloadableContract::new(engine, component), folder }
    }

    /// Judges a case and returns the result in the form of an expectation. Fails if repeating, replaying or streaming
    /// the judgement gives a different report.
    pub(super) async fn judge(&mut self, case: &ContractCase) -> anyhow::Result<CaseExpectation> {
        let loaded = self.contract.load(case.config_or_empty(), &self.folder, &case.given).await?;
        let contract = match loaded {
            Ok(contract) => contract,
            // A case can expect its configuration to be refused.
            Err(error) if case.expect.failure.is_some() => {
                return Ok(failure_expectation(load_failure_kind(&error)));
            }
            Err(error) => return Err(error.into()),
        };
        let (_, host) = test_fixture(&case.given);
        let first = contract.judge(&case.subject, host.clone()).await;
        let second = contract.judge(&case.subject, host).await;
        ensure_same_judgement(&first, &second)
            .context("judging it twice gives two different reports")?;
        let replayed = contract.replay(&case.subject, first.answers.clone()).await;
        ensure_same_judgement(&first, &replayed)
            .context("replaying the recorded answers gives a different report")?;
        if contract.supports_streaming() {
            check_streaming(&contract, case, &first).await?;
        }
        match first.verdict {
            Ok(report) => Ok(report_expectation(report)?),
            Err(failure) => Ok(failure_expectation(failure.kind())),
        }
    }
}

fn failure_expectation(kind: &str) -> CaseExpectation {
    CaseExpectation { failure: Some(kind.into()), ..CaseExpectation::default() }
}

/// Numbers of parts into which a text is cut.
const PART_COUNTS: [usize; 4] = [1, 2, 7, 64];

/// Checks that the report does not depend on how the text is cut.
async fn check_streaming(
    contract: &Contract,
    case: &ContractCase,
    whole: &Judgement,
) -> anyhow::Result<()> {
    let Content::Text(text) = &case.subject.content else { return Ok(()) };
    for count in PART_COUNTS {
        let parts = split_text(text, count);
        let streamed = judge_streamed(contract, case, &parts).await;
        ensure_same_verdict(whole, &streamed).with_context(|| {
            format!("judging it in {} gives a different report", parts_phrase(parts.len()))
        })?;
    }
    Ok(())
}

async fn judge_streamed(contract: &Contract, case: &ContractCase, parts: &[String]) -> Judgement {
    let Subject { prompt, context, .. } = case.subject.clone();
    let (_, host) = test_fixture(&case.given);
    match contract.begin(prompt, context, host).await {
        Ok(mut stream) => {
            for part in parts {
                // `finish` reports the same failure.
                let _ = stream.push(part).await;
            }
            stream.finish().await
        }
        Err(judgement) => judgement,
    }
}

/// Formats a number of parts.
fn parts_phrase(parts: usize) -> String {
    format!("{parts} {}", if parts == 1 { "part" } else { "parts" })
}

/// Splits a text into at most `count` parts of equal length; the last may be shorter.
fn split_text(text: &str, count: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len().div_ceil(count).max(1);
    characters.chunks(length).map(|part| part.iter().collect()).collect()
}

/// Fails unless the verdicts are equal. Failures only need the same kind, because their messages may name the position
/// in the stream.
fn ensure_same_verdict(whole: &Judgement, streamed: &Judgement) -> anyhow::Result<()> {
    match (&whole.verdict, &streamed.verdict) {
        (Ok(one), Ok(other)) if one == other => Ok(()),
        (Err(one), Err(other)) if one.kind() == other.kind() => Ok(()),
        (one, other) => {
            let (one, other) = (serde_json::to_string(one)?, serde_json::to_string(other)?);
            anyhow::bail!("{one}\n  and {other}")
        }
    }
}

fn ensure_same_judgement(one: &Judgement, other: &Judgement) -> anyhow::Result<()> {
    let bytes = |judgement: &Judgement| {
        serde_json::to_string(&(&judgement.verdict, judgement.fuel_used, &judgement.log))
    };
    let (one, other) = (bytes(one)?, bytes(other)?);
    anyhow::ensure!(one == other, "{one}\n  and {other}");
    Ok(())
}

fn load_failure_kind(error: &LoadError) -> &'static str {
    use tollgate_engine::PrepareError;
    match error {
        LoadError::InvalidConfig(_) | LoadError::Prepare(PrepareError::Refused(_)) => "refused",
        LoadError::Prepare(PrepareError::Failed(failure)) => failure.kind(),
        LoadError::NotGranted { .. } => "not-granted",
        _ => "not-loaded",
    }
}

fn report_expectation(report: Report) -> serde_json::Result<CaseExpectation> {
    let finding = |finding| match serde_json::to_value(finding)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    };
    let findings: serde_json::Result<_> = report.findings.iter().map(finding).collect();
    Ok(CaseExpectation {
        outcome: Some(report.outcome),
        findings: Some(findings?),
        measures: Some(report.measures).filter(|measures| !measures.is_empty()),
        failure: None,
    })
}
