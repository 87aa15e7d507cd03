//! What comes out of a case, judged in every way in which it has to be the same.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use serde_json::{Map, Value};
use tollgate_engine::{Contract, Engine, LoadError, world};
use tollgate_model::{Content, Judgement, Report, Subject};

use super::reloading::Reloading;
use crate::author::{Case, Expectation};

/// A component under test.
pub(super) struct Trial {
    component: Reloading,
    /// Where configurations look for files.
    folder: PathBuf,
}

impl Trial {
    pub(super) fn new(engine: Engine, component: Arc<[u8]>, folder: PathBuf) -> Self {
        Self { component: Reloading::new(engine, component), folder }
    }

    /// What comes out, as something to expect.
    pub(super) async fn judge(&mut self, case: &Case) -> anyhow::Result<Expectation> {
        let loaded = self.component.load(case.config(), &self.folder, &case.given).await?;
        let contract = match loaded {
            Ok(contract) => contract,
            // A configuration that does not fit is something that a case can be about.
            Err(error) if case.expect.failure.is_some() => return Ok(failed(load_failure(&error))),
            Err(error) => return Err(error.into()),
        };
        let (_, live) = world(&case.given);
        let first = contract.judge(&case.subject, live.clone()).await;
        let second = contract.judge(&case.subject, live).await;
        same(&first, &second).context("judged twice, it says two different things")?;
        let again = contract.replay(&case.subject, first.answers.clone()).await;
        same(&first, &again).context("judged from its record, it says something else")?;
        if contract.streams() {
            in_parts(&contract, case, &first).await?;
        }
        match first.verdict {
            Ok(report) => Ok(expectation(report)?),
            Err(failure) => Ok(failed(failure.kind())),
        }
    }
}

fn failed(kind: &str) -> Expectation {
    Expectation { failure: Some(kind.into()), ..Expectation::default() }
}

/// Into how many parts a text is cut.
const PARTS: [usize; 4] = [1, 2, 7, 64];

/// However a text is cut, what is said of it is the same.
async fn in_parts(contract: &Contract, case: &Case, whole: &Judgement) -> anyhow::Result<()> {
    let Content::Text(text) = &case.subject.content else { return Ok(()) };
    for count in PARTS {
        let parts = cut(text, count);
        let streamed = stream(contract, case, &parts).await;
        same_verdict(whole, &streamed).with_context(|| {
            format!("judged in {}, it says something else", number(parts.len()))
        })?;
    }
    Ok(())
}

async fn stream(contract: &Contract, case: &Case, parts: &[String]) -> Judgement {
    let Subject { prompt, context, .. } = case.subject.clone();
    let (_, live) = world(&case.given);
    match contract.begin(prompt, context, live).await {
        Ok(mut stream) => {
            for part in parts {
                // What fails here fails in the end.
                let _ = stream.push(part).await;
            }
            stream.finish().await
        }
        Err(judgement) => judgement,
    }
}

/// A number of parts, in words.
fn number(parts: usize) -> String {
    format!("{parts} {}", if parts == 1 { "part" } else { "parts" })
}

/// A text in about so many parts.
fn cut(text: &str, count: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len().div_ceil(count).max(1);
    characters.chunks(length).map(|part| part.iter().collect()).collect()
}

/// Why something failed may name where it was; that it failed is the same.
fn same_verdict(whole: &Judgement, streamed: &Judgement) -> anyhow::Result<()> {
    match (&whole.verdict, &streamed.verdict) {
        (Ok(one), Ok(other)) if one == other => Ok(()),
        (Err(one), Err(other)) if one.kind() == other.kind() => Ok(()),
        (one, other) => {
            let (one, other) = (serde_json::to_string(one)?, serde_json::to_string(other)?);
            anyhow::bail!("{one}\n  and {other}")
        }
    }
}

fn same(one: &Judgement, other: &Judgement) -> anyhow::Result<()> {
    let bytes = |judgement: &Judgement| {
        serde_json::to_string(&(&judgement.verdict, judgement.fuel_used, &judgement.log))
    };
    let (one, other) = (bytes(one)?, bytes(other)?);
    anyhow::ensure!(one == other, "{one}\n  and {other}");
    Ok(())
}

fn load_failure(error: &LoadError) -> &'static str {
    use tollgate_engine::PrepareError;
    match error {
        LoadError::Config(_) | LoadError::Prepare(PrepareError::Refused(_)) => "refused",
        LoadError::Prepare(PrepareError::Failed(failure)) => failure.kind(),
        LoadError::NotGranted { .. } => "not-granted",
        _ => "not-loaded",
    }
}

fn expectation(report: Report) -> serde_json::Result<Expectation> {
    let finding = |finding| match serde_json::to_value(finding)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    };
    let findings: serde_json::Result<_> = report.findings.iter().map(finding).collect();
    Ok(Expectation {
        outcome: Some(report.outcome),
        findings: Some(findings?),
        measures: Some(report.measures).filter(|measures| !measures.is_empty()),
        failure: None,
    })
}
