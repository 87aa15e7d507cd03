//! What checks an output: the active release of a gate, or the files of one that only judges.

use std::sync::Arc;

use tollgate::gate::{LoadedGate, TrialGate};
use tollgate::intake::{CheckAnswers, CheckManyOptions, InputItem};
use tollgate::{Actor, Clock, GateHandle, Submission};
use tollgate_api::report::{CheckResult, GateRelease};
use tollgate_model::{BatchLine, PromptRef, Subject};

use crate::live::GateState;
use crate::problem::Problem;

/// What checks an output.
#[derive(Clone)]
pub(super) enum CheckTarget {
    /// Decides and records.
    Deciding(GateHandle),
    /// Only judges.
    Judging(Box<LoadedGate>),
}

impl CheckTarget {
    /// Returns what checks at a gate. `None` if it does not check.
    pub(super) fn of(state: &GateState) -> Option<Self> {
        match state {
            GateState::Deciding(handle) => Some(Self::Deciding(handle.clone())),
            GateState::Judging(loaded) => Some(Self::Judging(loaded.clone())),
            GateState::Pending { .. } | GateState::Failed { .. } => None,
        }
    }

    pub(super) fn prompt(&self) -> Option<PromptRef> {
        match self {
            Self::Deciding(handle) => handle.prompt(),
            Self::Judging(loaded) => loaded.prompt.clone(),
        }
    }

    pub(super) fn release(&self) -> GateRelease {
        match self {
            Self::Deciding(handle) => (&handle.loaded()).into(),
            Self::Judging(loaded) => (&**loaded).into(),
        }
    }

    /// Returns what is recorded of a line of a batch by the active release. A gate that only judges records nothing.
    pub(super) fn find_recorded(
        &self,
        line: &BatchLine,
        subject: &Subject,
    ) -> Result<Option<CheckResult>, Problem> {
        let Self::Deciding(handle) = self else { return Ok(None) };
        let found = handle.find_batch_line(line, subject);
        let found = found.map_err(|error| Problem::of_check(&error))?;
        Ok(found.map(|run| (*run).into()))
    }

    pub(super) async fn check(
        &self,
        submission: Submission,
        actor: &Actor,
        now_ms: u64,
    ) -> Result<CheckResult, Problem> {
        match self {
            Self::Deciding(handle) => {
                let outcome = handle.check(submission, actor).await;
                let outcome = outcome.map_err(|error| Problem::of_check(&error))?;
                CheckResult::of_outcome(outcome).ok_or_else(unknown_outcome)
            }
            Self::Judging(loaded) => {
                let trial = TrialGate::new(LoadedGate::clone(loaded), None, now_ms);
                let mut trial = trial.map_err(|error| Problem::of(&error))?;
                let run = trial.check(submission.subject, now_ms).await;
                Ok(run.map_err(|error| Problem::of(&error))?.into())
            }
        }
    }

    /// Checks many outputs.
    pub(super) fn check_many<I>(
        self,
        items: I,
        options: CheckManyOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<CheckAnswers, Problem>
    where
        I: IntoIterator<Item = InputItem>,
        I::IntoIter: Send + 'static,
    {
        Ok(match self {
            Self::Deciding(handle) => handle.check_many(items, options),
            Self::Judging(loaded) => {
                let trial = TrialGate::new(*loaded, None, clock.now_ms());
                trial.map_err(|error| Problem::of(&error))?.check_many_by(items, clock)
            }
        })
    }
}

pub(super) fn unknown_outcome() -> Problem {
    Problem::internal("the library gave an outcome that this server does not know")
}
