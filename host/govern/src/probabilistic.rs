//! Contracts that ask a model: several answers, and what they come to.

use tollgate_model::{Binding, Outcome, Report, Severity};

/// What several answers of a contract come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// So many agree.
    Agreed(Outcome),
    /// They do not: nobody can tell, and the contract is flaky here.
    Split,
}

/// How often a contract passed, failed and was unsure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Passed.
    pub pass: u32,
    /// Failed.
    pub fail: u32,
    /// Unsure.
    pub unsure: u32,
}

/// What a report really says: one that passes what must change contradicts itself, and fails.
pub fn outcome(report: &Report) -> Outcome {
    let must_change = report.findings.iter().any(|finding| finding.severity >= Severity::Error);
    if report.outcome == Outcome::Pass && must_change { Outcome::Fail } else { report.outcome }
}

/// Counts the answers; failures are none.
pub fn count<'r>(reports: impl Iterator<Item = &'r Report>) -> Count {
    let mut count = Count::default();
    for report in reports {
        match outcome(report) {
            Outcome::Pass => count.pass += 1,
            Outcome::Fail => count.fail += 1,
            Outcome::Unsure => count.unsure += 1,
        }
    }
    count
}

/// How many answers have to agree: as many as the gate says, and more than half of those that
/// there are. A failure is no answer: it does not dilute what the others say.
pub fn agreeing(binding: &Binding, count: Count) -> u32 {
    let answers = count.pass.saturating_add(count.fail).saturating_add(count.unsure);
    (answers / 2 + 1).max(u32::from(binding.agreeing()))
}

/// What they come to.
pub fn together(count: Count, agreeing: u32) -> Together {
    if count.fail >= agreeing {
        Together::Agreed(Outcome::Fail)
    } else if count.unsure >= agreeing {
        Together::Agreed(Outcome::Unsure)
    } else if count.pass >= agreeing {
        Together::Agreed(Outcome::Pass)
    } else {
        Together::Split
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_majority_decides_and_a_split_does_not() {
        let of = |pass, fail, unsure, agreeing| together(Count { pass, fail, unsure }, agreeing);
        assert_eq!(of(1, 0, 0, 1), Together::Agreed(Outcome::Pass));
        assert_eq!(of(2, 1, 0, 2), Together::Agreed(Outcome::Pass));
        assert_eq!(of(1, 2, 0, 2), Together::Agreed(Outcome::Fail));
        assert_eq!(of(0, 1, 2, 2), Together::Agreed(Outcome::Unsure));
        assert_eq!(of(1, 1, 1, 2), Together::Split);
        assert_eq!(of(2, 1, 0, 3), Together::Split);
        assert_eq!(of(0, 0, 0, 1), Together::Split);
    }
}
