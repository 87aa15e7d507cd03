//! Runs one test case of a contract, and checks that all ways of judging it give the same report.

use std::path::PathBuf;
use std::sync::Arc;

use tollgate_engine::{ConfigError, Contract, Engine, LoadError, test_fixture};
use tollgate_model::{Content, Failure, Judgement, Report, Subject, Verdict};

use super::{CaseResult, ContractCase, FailureKind, ReloadableContract};

/// A component under test.
pub struct CaseRunner {
    contract: ReloadableContract,
    /// Folder that relative paths in configurations refer to.
    folder: PathBuf,
}

/// Reason why a case has no result to compare with the expected one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseRunError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The case does not expect `bad-config`, so it would pass or fail for a reason that it is not about.
    #[error("the configuration of this case does not fit")]
    UnfitConfig(#[source] Box<LoadError>),
    #[error("judging it twice gives two different reports")]
    RepetitionDiffers(#[source] DifferentResults),
    #[error("replaying the recorded answers gives a different report")]
    ReplayDiffers(#[source] DifferentResults),
    #[error("judging it as a stream of {} gives a different report", format_parts(*.parts))]
    StreamDiffers {
        /// Number of parts that the text was cut into.
        parts: usize,
        #[source]
        source: DifferentResults,
    },
    #[error("cannot write the result as JSON")]
    Json(#[from] serde_json::Error),
}

/// Two results, as JSON, that should be equal.
#[derive(Debug, thiserror::Error)]
#[error("\n  first {first}\n  then  {second}")]
pub struct DifferentResults {
    pub first: String,
    pub second: String,
}

/// Numbers of parts into which a text is cut.
const PART_COUNTS: [usize; 4] = [1, 2, 7, 64];

impl CaseRunner {
    /// Creates a runner for a component. Relative paths in the configurations of cases refer to
    /// `folder`.
    pub fn new(engine: Engine, component: Arc<[u8]>, folder: PathBuf) -> Self {
        Self { contract: ReloadableContract::new(engine, component), folder }
    }

    /// Judges a case. Fails if the configuration of the case does not fit although the case does not expect that,
    /// and if repeating, replaying or streaming the judgement gives a different report.
    pub async fn run(&mut self, case: &ContractCase) -> Result<CaseResult, CaseRunError> {
        let loaded = self.contract.load(case.config_or_empty(), &self.folder, &case.given).await?;
        let contract = match loaded {
            Ok(contract) => contract,
            Err(error) => {
                let is_unfit = FailureKind::from(&error) == FailureKind::BadConfig;
                return match is_unfit && case.expect.failure != Some(FailureKind::BadConfig) {
                    true => Err(CaseRunError::UnfitConfig(Box::new(error))),
                    false => Ok(CaseResult::NotLoaded(Box::new(error))),
                };
            }
        };
        let (_, host) = test_fixture(&case.given);
        let first = contract.judge(&case.subject, host.clone()).await;
        let second = contract.judge(&case.subject, host).await;
        if let Some(difference) = compare_judgements(&first, &second)? {
            return Err(CaseRunError::RepetitionDiffers(difference));
        }
        let replayed = contract.replay(&case.subject, first.answers.clone()).await;
        if let Some(difference) = compare_judgements(&first, &replayed)? {
            return Err(CaseRunError::ReplayDiffers(difference));
        }
        if contract.supports_streaming() {
            check_streaming(&contract, case, &first).await?;
        }
        Ok(CaseResult::Judged(Box::new(first)))
    }
}

/// Checks that the report does not depend on how the text is cut.
async fn check_streaming(
    contract: &Contract,
    case: &ContractCase,
    whole: &Judgement,
) -> Result<(), CaseRunError> {
    let Content::Text(text) = &case.subject.content else { return Ok(()) };
    for count in PART_COUNTS {
        let parts = split_text(text, count);
        let streamed = judge_streamed(contract, case, &parts).await;
        if let Some(source) = compare_verdicts(&whole.verdict, &streamed.verdict)? {
            return Err(CaseRunError::StreamDiffers { parts: parts.len(), source });
        }
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

fn format_parts(parts: usize) -> String {
    format!("{parts} {}", if parts == 1 { "part" } else { "parts" })
}

/// Splits a text into at most `count` parts of equal length; the last may be shorter.
fn split_text(text: &str, count: usize) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len().div_ceil(count).max(1);
    characters.chunks(length).map(|part| part.iter().collect()).collect()
}

/// Compares the verdict on a whole text with that on its parts. Failures only need the same kind,
/// because their messages may name the position in the stream.
fn compare_verdicts(
    whole: &Result<Report, Failure>,
    streamed: &Result<Report, Failure>,
) -> serde_json::Result<Option<DifferentResults>> {
    match (whole, streamed) {
        (Ok(one), Ok(other)) if one == other => Ok(None),
        (Err(one), Err(other)) if one.kind() == other.kind() => Ok(None),
        (one, other) => {
            let json = |verdict: &Result<Report, Failure>| {
                serde_json::to_string(&Verdict::from(verdict.clone()))
            };
            Ok(Some(DifferentResults { first: json(one)?, second: json(other)? }))
        }
    }
}

/// Compares everything about two judgements that must not depend on the machine.
fn compare_judgements(
    one: &Judgement,
    other: &Judgement,
) -> serde_json::Result<Option<DifferentResults>> {
    let json = |judgement: &Judgement| {
        let verdict = Verdict::from(judgement.verdict.clone());
        serde_json::to_string(&(verdict, judgement.fuel_used, &judgement.log))
    };
    let (first, second) = (json(one)?, json(other)?);
    Ok((first != second).then_some(DifferentResults { first, second }))
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Outcome, RunLog};

    use super::*;

    fn judgement(outcome: Outcome) -> Judgement {
        let report = Report { outcome, findings: Vec::new(), measures: Vec::new() };
        Judgement {
            verdict: Ok(report),
            fuel_used: 1,
            time_us: 1,
            answers: Vec::new(),
            log: RunLog::default(),
        }
    }

    #[test]
    fn splits_a_text_between_characters() {
        assert_eq!(split_text("äöüß", 2), ["äö", "üß"]);
        assert_eq!(split_text("äöü", 2), ["äö", "ü"]);
        assert_eq!(split_text("äö", 7), ["ä", "ö"]);
        assert!(split_text("", 7).is_empty());
    }

    #[test]
    fn shows_both_results_that_differ() {
        let (pass, fail) = (judgement(Outcome::Pass), judgement(Outcome::Fail));
        assert!(compare_judgements(&pass, &pass.clone()).unwrap().is_none());
        let slower = Judgement { time_us: 2, ..pass.clone() };
        assert!(compare_judgements(&pass, &slower).unwrap().is_none(), "times differ always");
        let more_fuel = Judgement { fuel_used: 2, ..pass.clone() };
        assert!(compare_judgements(&pass, &more_fuel).unwrap().is_some());
        let source = compare_verdicts(&pass.verdict, &fail.verdict).unwrap().unwrap();
        assert!(source.first.contains("pass") && source.second.contains("fail"), "{source:?}");
        let error = CaseRunError::StreamDiffers { parts: 1, source };
        assert_eq!(error.to_string(), "judging it as a stream of 1 part gives a different report");
    }
}
