//! Change control, for programs that want it: checks that an exact digest passed a test on recorded cases and that
//! somebody other than its author approves it. Publishing a release does not ask for it.

use tollgate_model::{Digest, Person};

/// Result of a test on recorded cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestEvidence {
    /// Digest of the release, prompt or contract that was tested.
    pub tested: Digest,
    pub cases: u64,
    /// Number of cases with an unexpected result.
    pub failed: u64,
    pub at_ms: u64,
}

/// Objection to making something active.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivationError {
    #[error("`{0}` was not tested on recorded cases: earlier tests are of other digests")]
    NoEvidence(Digest),
    #[error("the last test had no cases: record some and test again")]
    NoCases,
    #[error("{failed} of {cases} recorded cases failed the last test")]
    Failed { failed: u64, cases: u64 },
    #[error("{0} is an author, and authors cannot approve their own work: ask somebody else")]
    Author(Person),
}

/// Checks that something may become active. Returns all objections, not only the first.
pub fn check_activation(
    digest: Digest,
    evidence: &[TestEvidence],
    authors: &[Person],
    approver: &Person,
) -> Result<(), Vec<ActivationError>> {
    let mut objections = Vec::new();
    let tests_of_it = evidence.iter().filter(|evidence| evidence.tested == digest);
    // The latest test counts: an earlier pass does not excuse a later failure.
    match tests_of_it.max_by_key(|evidence| evidence.at_ms) {
        None => objections.push(ActivationError::NoEvidence(digest)),
        Some(TestEvidence { cases: 0, .. }) => objections.push(ActivationError::NoCases),
        Some(TestEvidence { cases, failed, .. }) if *failed > 0 => {
            objections.push(ActivationError::Failed { failed: *failed, cases: *cases });
        }
        Some(_) => {}
    }
    if authors.contains(approver) {
        objections.push(ActivationError::Author(approver.clone()));
    }
    if objections.is_empty() { Ok(()) } else { Err(objections) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(of: &str, cases: u64, failed: u64, at_ms: u64) -> TestEvidence {
        TestEvidence { tested: Digest::of(of), cases, failed, at_ms }
    }

    fn check(evidence: &[TestEvidence], approver: &str) -> Vec<ActivationError> {
        let authors = ["Ada Writer".parse().unwrap()];
        let approver = approver.parse().unwrap();
        check_activation(Digest::of("new"), evidence, &authors, &approver).err().unwrap_or_default()
    }

    #[test]
    fn requires_a_passed_latest_test_of_the_digest() {
        assert_eq!(check(&[tested("new", 60, 0, 5)], "Kim Osei"), []);
        let of_another = check(&[tested("old", 60, 0, 5)], "Kim Osei");
        assert_eq!(of_another, [ActivationError::NoEvidence(Digest::of("new"))]);
        let later = [tested("new", 60, 0, 5), tested("new", 60, 2, 6)];
        assert_eq!(check(&later, "Kim Osei"), [ActivationError::Failed { failed: 2, cases: 60 }]);
        assert_eq!(check(&[tested("new", 0, 0, 5)], "Kim Osei"), [ActivationError::NoCases]);
    }

    #[test]
    fn authors_cannot_approve_their_change() {
        let author = "ADA writer".parse().unwrap();
        assert_eq!(
            check(&[tested("new", 60, 0, 5)], "ada  Writer"),
            [ActivationError::Author(author)]
        );
    }
}
