//! Comparison of two contract versions, by their manifests and by their results on the same
//! subjects, to check that the version number announces the change. Judging the subjects is up to
//! the caller.

mod configuration;
mod interface;

use tollgate_model::{Failure, Report};

use crate::Bump;

pub use interface::compare_manifests;

/// A difference between two contract versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractChange {
    /// Description of the difference, without a final full stop.
    pub description: String,
    /// Version bump that it requires.
    pub bump: Bump,
    /// Name of the subject that shows it; `None` if it follows from the manifests.
    pub subject: Option<String>,
}

impl ContractChange {
    fn new(bump: Bump, what: impl Into<String>) -> Self {
        Self { description: what.into(), bump, subject: None }
    }

    /// Adds the subject that shows the difference.
    pub fn shown_by(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

/// Returns the bump that all differences require together.
pub fn required_bump(changes: &[ContractChange]) -> Bump {
    changes.iter().map(|change| change.bump).max().unwrap_or(Bump::None)
}

/// Returns the difference of a configuration that only the old version accepts.
pub fn configuration_rejected(reason: &str) -> ContractChange {
    ContractChange::new(Bump::Major, format!("its configuration is no longer accepted: {reason}"))
}

/// Returns the difference of a configuration that only the new version accepts.
pub fn configuration_accepted() -> ContractChange {
    ContractChange::new(Bump::Minor, "its configuration was not accepted before and now is")
}

/// Result of judging one subject with one version.
pub type JudgementResult = Result<Report, Failure>;

/// Compares the results of two versions on one subject. Returns `None` if they agree.
///
/// A subject that passed and no longer does is a major change, because it stops work that went on
/// before. Everything else is minor, including a subject that passes now: it blocks nobody, and
/// a reviewer of the difference has to approve it.
pub fn compare_results(old: &JudgementResult, new: &JudgementResult) -> Option<ContractChange> {
    if is_same_result(old, new) {
        return None;
    }
    let stops = result_name(old) == PASS && result_name(new) != PASS;
    let what = match (old, new) {
        (Ok(old), Ok(new)) if old.outcome == new.outcome => describe_report_change(old, new),
        _ => format!("the result changed from `{}` to `{}`", result_name(old), result_name(new)),
    };
    Some(ContractChange::new(if stops { Bump::Major } else { Bump::Minor }, what))
}

/// Returns whether two results agree. Failures agree if their kinds do: their wording may differ.
fn is_same_result(old: &JudgementResult, new: &JudgementResult) -> bool {
    match (old, new) {
        (Ok(old), Ok(new)) => old == new,
        (Err(old), Err(new)) => old.kind() == new.kind(),
        _ => false,
    }
}

const PASS: &str = "pass";

/// Returns the name of the outcome, or the kind of the failure.
fn result_name(verdict: &JudgementResult) -> String {
    match verdict {
        Ok(report) => report.outcome.to_string(),
        Err(failure) => failure.kind().into(),
    }
}

fn describe_report_change(old: &Report, new: &Report) -> String {
    let findings = |report: &Report| report.findings.len();
    match (findings(old), findings(new)) {
        (before, now) if before != now => {
            format!("the number of findings changed from {before} to {now}")
        }
        _ if old.findings != new.findings => "a finding changed".into(),
        _ => "a measure changed".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: &str, findings: usize, measure: f64) -> JudgementResult {
        let finding = serde_json::json!(
            {"rule": "r", "severity": "info", "message": "", "place": "whole"});
        let findings = vec![finding; findings];
        let measures = serde_json::json!([{"name": "m", "value": measure}]);
        let report = serde_json::json!(
            {"outcome": outcome, "findings": findings, "measures": measures});
        Ok(serde_json::from_value(report).unwrap())
    }

    fn failure() -> JudgementResult {
        Err(Failure::OutOfFuel { fuel: 5 })
    }

    fn bump(old: &JudgementResult, new: &JudgementResult) -> (Bump, String) {
        match compare_results(old, new) {
            Some(change) => (change.bump, change.description),
            None => (Bump::None, String::new()),
        }
    }

    #[test]
    fn ignores_equal_results() {
        for one in [report("pass", 1, 0.5), report("fail", 0, 1.0), failure()] {
            assert_eq!(compare_results(&one, &one), None);
        }
        let other_words = Err(Failure::OutOfFuel { fuel: 6 });
        assert_eq!(compare_results(&failure(), &other_words), None);
    }

    #[test]
    fn rates_a_lost_pass_as_major() {
        let passed = report("pass", 0, 0.0);
        for (now, expected) in [
            (report("fail", 0, 0.0), "to `fail`"),
            (report("unsure", 0, 0.0), "to `unsure`"),
            (failure(), "to `out-of-fuel`"),
        ] {
            let (bump, what) = bump(&passed, &now);
            assert!(bump == Bump::Major && what.contains(expected), "{what}");
        }
    }

    #[test]
    fn rates_other_changes_as_minor() {
        let all = [report("fail", 0, 0.0), report("unsure", 0, 0.0), failure()];
        for old in &all {
            for new in all.iter().filter(|new| !is_same_result(old, new)) {
                assert_eq!(bump(old, new).0, Bump::Minor);
            }
            let (bump, what) = bump(old, &report("pass", 0, 0.0));
            assert!(bump == Bump::Minor && what.ends_with("to `pass`"), "{what}");
        }
        let one = report("pass", 1, 0.0);
        assert_eq!(
            bump(&one, &report("pass", 2, 0.0)),
            (Bump::Minor, "the number of findings changed from 1 to 2".into())
        );
        assert_eq!(bump(&one, &report("pass", 1, 1.0)), (Bump::Minor, "a measure changed".into()));
    }
}
