//! How two versions of a contract differ: by what they ask and take, and by what they say of the
//! same subjects. A version number is a promise about that, and this holds it to it.

mod configuration;
mod interface;

use serde::Serialize;
use tollgate_model::{Failure, Report};

use crate::Bump;

pub use interface::interface;

/// One way in which they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What is another.
    pub what: String,
    /// How far the version has to move for it.
    pub bump: Bump,
    /// The subject that shows it, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl Difference {
    fn new(bump: Bump, what: impl Into<String>) -> Self {
        Self { what: what.into(), bump, subject: None }
    }

    /// The same, shown by this subject.
    pub fn shown_by(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }
}

/// How far the version has to move for all of it.
pub fn needed(differences: &[Difference]) -> Bump {
    differences.iter().map(|difference| difference.bump).max().unwrap_or(Bump::None)
}

/// A configuration that the earlier version took, and the later one does not.
pub fn not_loaded(reason: &str) -> Difference {
    Difference::new(Bump::Major, format!("it was judged, and now nothing is: {reason}"))
}

/// A configuration that the later version takes, and the earlier one did not.
pub fn newly_loaded() -> Difference {
    Difference::new(Bump::Minor, "its configuration was not taken before, and now is")
}

/// What a version came to with a subject.
pub type Verdict = Result<Report, Failure>;

/// In which way a version says something else of a subject than the one before.
///
/// What passed and passes no longer stops work that went on before: that is major. All else that
/// changes is minor, also where something passes that did not: nobody is stopped by it, and the
/// one who reads the difference has to want it.
pub fn verdict(old: &Verdict, new: &Verdict) -> Option<Difference> {
    if same(old, new) {
        return None;
    }
    let stops = word(old) == PASS && word(new) != PASS;
    let what = match (old, new) {
        (Ok(old), Ok(new)) if old.outcome == new.outcome => reports(old, new),
        _ => format!("it was `{}`, and is `{}`", word(old), word(new)),
    };
    Some(Difference::new(if stops { Bump::Major } else { Bump::Minor }, what))
}

/// Why something failed is told in words that may be others.
fn same(old: &Verdict, new: &Verdict) -> bool {
    match (old, new) {
        (Ok(old), Ok(new)) => old == new,
        (Err(old), Err(new)) => old.kind() == new.kind(),
        _ => false,
    }
}

const PASS: &str = "pass";

/// The outcome, or the kind of failure.
fn word(verdict: &Verdict) -> String {
    match verdict {
        Ok(report) => report.outcome.to_string(),
        Err(failure) => failure.kind().into(),
    }
}

fn reports(old: &Report, new: &Report) -> String {
    let findings = |report: &Report| report.findings.len();
    match (findings(old), findings(new)) {
        (before, now) if before != now => format!("{before} findings before, and now {now}"),
        _ if old.findings != new.findings => "a finding is another".into(),
        _ => "a measure is another".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: &str, findings: usize, measure: f64) -> Verdict {
        let finding = serde_json::json!(
            {"rule": "r", "severity": "info", "message": "", "place": "whole"});
        let findings = vec![finding; findings];
        let measures = serde_json::json!([{"name": "m", "value": measure}]);
        let report = serde_json::json!(
            {"outcome": outcome, "findings": findings, "measures": measures});
        Ok(serde_json::from_value(report).unwrap())
    }

    fn failure() -> Verdict {
        Err(Failure::OutOfFuel { fuel: 5 })
    }

    fn bump(old: &Verdict, new: &Verdict) -> (Bump, String) {
        match verdict(old, new) {
            Some(difference) => (difference.bump, difference.what),
            None => (Bump::None, String::new()),
        }
    }

    #[test]
    fn what_is_the_same_needs_nothing() {
        for one in [report("pass", 1, 0.5), report("fail", 0, 1.0), failure()] {
            assert_eq!(verdict(&one, &one), None);
        }
        let other_words = Err(Failure::OutOfFuel { fuel: 6 });
        assert_eq!(verdict(&failure(), &other_words), None);
    }

    #[test]
    fn what_passed_has_to_pass() {
        let passed = report("pass", 0, 0.0);
        for (now, words) in [
            (report("fail", 0, 0.0), "is `fail`"),
            (report("unsure", 0, 0.0), "is `unsure`"),
            (failure(), "is `out-of-fuel`"),
        ] {
            let (bump, what) = bump(&passed, &now);
            assert!(bump == Bump::Major && what.contains(words), "{what}");
        }
    }

    #[test]
    fn everything_else_is_minor() {
        let all = [report("fail", 0, 0.0), report("unsure", 0, 0.0), failure()];
        for old in &all {
            for new in all.iter().filter(|new| !same(old, new)) {
                assert_eq!(bump(old, new).0, Bump::Minor);
            }
            let (bump, what) = bump(old, &report("pass", 0, 0.0));
            assert!(bump == Bump::Minor && what.ends_with("is `pass`"), "{what}");
        }
        let one = report("pass", 1, 0.0);
        assert_eq!(
            bump(&one, &report("pass", 2, 0.0)),
            (Bump::Minor, "1 findings before, and now 2".into())
        );
        assert_eq!(
            bump(&one, &report("pass", 1, 1.0)),
            (Bump::Minor, "a measure is another".into())
        );
    }
}
