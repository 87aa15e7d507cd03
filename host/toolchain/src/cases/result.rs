//! The result of running a case, with what explains it.

use tollgate_engine::LoadError;
use tollgate_model::Judgement;

use super::{CaseExpectation, FailureKind};

/// Result of running a case.
#[derive(Debug)]
pub enum CaseResult {
    /// The contract was asked to judge the subject. The judgement has its report or failure, and its log.
    Judged(Box<Judgement>),
    /// The contract did not load with the configuration and the capabilities of the case.
    NotLoaded(Box<LoadError>),
}

impl CaseResult {
    /// Returns the judgement, if there is one.
    pub fn judgement(&self) -> Option<&Judgement> {
        match self {
            Self::Judged(judgement) => Some(judgement),
            Self::NotLoaded(_) => None,
        }
    }

    /// Returns the kind of failure and its message, if the case gave no report.
    pub fn failure(&self) -> Option<(FailureKind, String)> {
        match self {
            Self::Judged(judgement) => {
                let failure = judgement.verdict.as_ref().err()?;
                Some((failure.into(), failure.to_string()))
            }
            Self::NotLoaded(error) => Some(((&**error).into(), error.to_string())),
        }
    }

    /// Returns the result in the form in which a case expects one.
    pub fn to_expectation(&self) -> serde_json::Result<CaseExpectation> {
        if let Some((kind, _)) = self.failure() {
            return Ok(CaseExpectation::from_failure(kind));
        }
        match self.judgement().and_then(|judgement| judgement.verdict.as_ref().ok()) {
            Some(report) => CaseExpectation::from_report(report),
            None => Ok(CaseExpectation::default()),
        }
    }
}
