//! Problems of what people do at gates: levels, reports, releases and reviews.

use tollgate::autonomy::{LevelChangeError, StatusError};
use tollgate::figures::FigureError;
use tollgate::gate::{GateLoadError, GoverningRecordError, ReleaseError};
use tollgate::incidents::IncidentError;
use tollgate::lookup::{RunLookupError, VISIBLE_RUN_DIGITS_MIN};
use tollgate::review::{ConductReviewError, ReviewLookupError};
use tollgate_model::GateName;
use tollgate_project::GateReadError;

use crate::admission::gate_not_found;
use crate::live::PublishError;
use crate::problem::{Problem, ProblemCode};

impl Problem {
    /// Creates the answer about a run that does not exist, and about one that the caller may not see.
    pub(super) fn run_not_found() -> Self {
        Self::new(
            ProblemCode::RunNotFound,
            "there is no run of this name that this caller may see",
        )
        .with_hint(format!(
            "name it by its digest, or by at least the first {VISIBLE_RUN_DIGITS_MIN} digits of it"
        ))
    }

    pub(super) fn of_run_lookup(error: &RunLookupError) -> Self {
        match error {
            RunLookupError::NotFound { .. } => Self::run_not_found(),
            RunLookupError::Ambiguous { .. } => {
                Self::new(ProblemCode::InvalidParameter, error.to_string())
            }
            RunLookupError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    pub(super) fn of_review_lookup(error: &ReviewLookupError) -> Self {
        match error {
            ReviewLookupError::Run(error) => Self::of_run_lookup(error),
            ReviewLookupError::NeverQueued { .. } => {
                Self::new(ProblemCode::RunNotFound, error.to_string())
            }
            ReviewLookupError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    pub(super) fn of_review(error: &ConductReviewError) -> Self {
        match error {
            ConductReviewError::Run(error) => Self::of_review_lookup(error),
            ConductReviewError::Gate(error) => Self::of_gate(error),
            ConductReviewError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    pub(super) fn of_governing_record(error: &GoverningRecordError) -> Self {
        match error {
            GoverningRecordError::File(error) if is_unknown_gate(error) => gate_not_found(),
            GoverningRecordError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    pub(super) fn of_status(error: &StatusError) -> Self {
        match error {
            StatusError::Gate(error) => Self::of_governing_record(error),
            StatusError::Gates(error) if is_unknown_gate(error) => gate_not_found(),
            StatusError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    pub(super) fn of_level_change(error: &LevelChangeError) -> Self {
        match error {
            LevelChangeError::NotPromoted { gate, objections } => {
                Self::not_promoted(gate, objections.iter())
            }
            LevelChangeError::Status(error) => Self::of_status(error),
            LevelChangeError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    /// Creates the answer to a promotion with objections against it.
    pub(super) fn not_promoted(gate: &GateName, objections: impl Iterator<Item: ToString>) -> Self {
        let detail = format!("gate `{gate}` cannot be promoted now");
        let objections = objections.map(|objection| objection.to_string()).collect();
        Self::new(ProblemCode::RefusedByRules, detail).with_objections(objections)
    }

    pub(super) fn of_figures(error: &FigureError) -> Self {
        match error {
            FigureError::Gate(error) => Self::of_governing_record(error),
            FigureError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    pub(super) fn of_incident(error: &IncidentError) -> Self {
        match error {
            IncidentError::UnknownRun { .. } => Self::run_not_found(),
            IncidentError::Gate(error) => Self::of_governing_record(error),
            IncidentError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }

    pub(super) fn of_publishing(error: &PublishError) -> Self {
        match error {
            PublishError::UnknownGate { .. } => gate_not_found(),
            PublishError::NotProven { gate, reason, .. } => {
                let detail = format!("the release of gate `{gate}` is not published");
                Self::new(ProblemCode::RefusedByRules, detail).with_objections(vec![reason.clone()])
            }
            PublishError::Release(error) => Self::of_release(error),
            PublishError::Project(error) => Self::of(error),
        }
    }

    fn of_release(error: &ReleaseError) -> Self {
        match error {
            ReleaseError::NotControlled { gate, objections, .. } => {
                let detail = format!("the release of gate `{gate}` is not published");
                let objections = objections.iter().map(ToString::to_string).collect();
                Self::new(ProblemCode::RefusedByRules, detail).with_objections(objections)
            }
            ReleaseError::NoActiveRelease { .. } => {
                Self::new(ProblemCode::Conflict, error.to_string())
            }
            ReleaseError::Load(GateLoadError::Gate(error)) if is_unknown_gate(error) => {
                gate_not_found()
            }
            ReleaseError::Ledger(error) => Self::of_ledger(error),
            _ => Self::of(error),
        }
    }
}

/// Returns whether there is no gate of the name.
fn is_unknown_gate(error: &GateReadError) -> bool {
    matches!(error, GateReadError::Unknown { .. } | GateReadError::NoFolder(_))
}

#[cfg(test)]
mod tests {
    use tollgate_ledger::LedgerError;
    use tollgate_model::{Digest, Ruling};

    use super::*;

    fn unknown_gate() -> GateReadError {
        GateReadError::Unknown { name: "mail".into(), known: vec!["hidden-gate".into()] }
    }

    /// Returns all that a caller is told.
    fn told(problem: &Problem) -> String {
        let hint = problem.hint.as_deref().unwrap_or_default();
        format!("{} {hint} {:?}", problem.detail, problem.objections)
    }

    #[test]
    fn names_of_other_gates_are_not_told() {
        let load = ReleaseError::Load(GateLoadError::Gate(unknown_gate()));
        for problem in [
            Problem::of_status(&StatusError::Gates(unknown_gate())),
            Problem::of_level_change(&StatusError::Gates(unknown_gate()).into()),
            Problem::of_figures(&GoverningRecordError::File(unknown_gate()).into()),
            Problem::of_incident(&GoverningRecordError::File(unknown_gate()).into()),
            Problem::of_publishing(&PublishError::Release(load)),
            Problem::of_publishing(&PublishError::UnknownGate { gate: "mail".parse().unwrap() }),
        ] {
            assert_eq!(problem.code, ProblemCode::GateNotFound);
            assert_eq!(told(&problem), told(&gate_not_found()));
        }
    }

    #[test]
    fn each_error_has_the_code_that_programs_act_by() {
        let gate = || "mail".parse::<GateName>().unwrap();
        let run = Digest::of("run");
        let never = ReviewLookupError::NeverQueued { run, ruling: Ruling::Allow };
        let ambiguous =
            RunLookupError::Ambiguous { prefix: "12345678".into(), examples: Vec::new() };
        let not_proven =
            PublishError::NotProven { gate: gate(), release: run, reason: "a case fails".into() };
        let no_release = ReleaseError::NoActiveRelease { gate: gate() };
        for (problem, code) in [
            (Problem::of_review_lookup(&never), ProblemCode::RunNotFound),
            (
                Problem::of_review_lookup(&ReviewLookupError::NotJudged { run }),
                ProblemCode::BrokenRecord,
            ),
            (Problem::of_run_lookup(&ambiguous), ProblemCode::InvalidParameter),
            (
                Problem::of_review(&ConductReviewError::AnotherRelease { run }),
                ProblemCode::Conflict,
            ),
            (Problem::of_review(&ConductReviewError::UnexpectedStep), ProblemCode::Internal),
            (Problem::of_review(&LedgerError::Closed.into()), ProblemCode::LedgerUnavailable),
            (
                Problem::of_status(&StatusError::TooManyConflicts { gate: gate() }),
                ProblemCode::Conflict,
            ),
            (
                Problem::of_level_change(&LevelChangeError::NoAutonomy { gate: gate() }),
                ProblemCode::RefusedByRules,
            ),
            (Problem::of_figures(&FigureError::TooMany { count: 9_000 }), ProblemCode::InvalidBody),
            (Problem::of_incident(&IncidentError::UnknownRun { run }), ProblemCode::RunNotFound),
            (Problem::of_publishing(&not_proven), ProblemCode::RefusedByRules),
            (Problem::of_publishing(&PublishError::Release(no_release)), ProblemCode::Conflict),
        ] {
            assert_eq!(problem.code, code, "{}", told(&problem));
        }
        assert_eq!(Problem::of_publishing(&not_proven).objections, ["a case fails"]);
    }
}
