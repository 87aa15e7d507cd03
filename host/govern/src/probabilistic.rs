//! Majority votes over the reports of a contract that was run several times.

pub use tollgate_model::OutcomeCounts;
use tollgate_model::{ContractBinding, Outcome, Report, Severity};

/// Result of a vote over the reports of one contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MajorityVote {
    /// Enough reports have this outcome.
    Agreed(Outcome),
    /// No outcome has enough reports: the contract is flaky for this output.
    Split,
}

/// Returns the outcome that counts. A `pass` with an error finding contradicts itself and is a
/// `fail`.
pub fn effective_outcome(report: &Report) -> Outcome {
    let must_change = report.findings.iter().any(|finding| finding.severity >= Severity::Error);
    if report.outcome == Outcome::Pass && must_change { Outcome::Fail } else { report.outcome }
}

/// Counts the reports by the outcome that counts.
pub fn count_outcomes<'r>(reports: impl Iterator<Item = &'r Report>) -> OutcomeCounts {
    let mut count = OutcomeCounts::default();
    for report in reports {
        match effective_outcome(report) {
            Outcome::Pass => count.pass += 1,
            Outcome::Fail => count.fail += 1,
            Outcome::Unsure => count.unsure += 1,
        }
    }
    count
}

/// Returns how many reports have to agree: the gate's majority, and more than half of the reports
/// given. Failures are not reports, so they do not lower the share of the others.
pub fn required_agreement(binding: &ContractBinding, count: OutcomeCounts) -> u32 {
    let answers = count.pass.saturating_add(count.fail).saturating_add(count.unsure);
    (answers / 2 + 1).max(u32::from(binding.required_majority()))
}

/// Returns the outcome that enough reports have. `fail` is tested first, so that the stricter
/// outcome wins should two reach the number.
pub fn majority_vote(count: OutcomeCounts, agreeing: u32) -> MajorityVote {
    if count.fail >= agreeing {
        MajorityVote::Agreed(Outcome::Fail)
    } else if count.unsure >= agreeing {
        MajorityVote::Agreed(Outcome::Unsure)
    } else if count.pass >= agreeing {
        MajorityVote::Agreed(Outcome::Pass)
    } else {
        MajorityVote::Split
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decides_by_majority_and_reports_splits() {
        let of = |pass, fail, unsure, agreeing| {
            majority_vote(OutcomeCounts { pass, fail, unsure }, agreeing)
        };
        assert_eq!(of(1, 0, 0, 1), MajorityVote::Agreed(Outcome::Pass));
        assert_eq!(of(2, 1, 0, 2), MajorityVote::Agreed(Outcome::Pass));
        assert_eq!(of(1, 2, 0, 2), MajorityVote::Agreed(Outcome::Fail));
        assert_eq!(of(0, 1, 2, 2), MajorityVote::Agreed(Outcome::Unsure));
        assert_eq!(of(1, 1, 1, 2), MajorityVote::Split);
        assert_eq!(of(2, 1, 0, 3), MajorityVote::Split);
        assert_eq!(of(0, 0, 0, 1), MajorityVote::Split);
    }
}
