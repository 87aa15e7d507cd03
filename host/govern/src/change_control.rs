//! Change control: checks that the exact digest passed its latest test on recorded cases, and that somebody other than
//! its author approves it. Gates with `[change-control]` ask for it.

use tollgate_model::{ChangeControl, Digest, Gate, Person};

/// Result of a test on recorded cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestEvidence {
    /// Digest of the release that was tested.
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
    #[error("the last test had {cases} of {required} required cases: add some and test again")]
    TooFewCases { cases: u64, required: u32 },
    #[error("{failed} of {cases} recorded cases failed the last test")]
    Failed { failed: u64, cases: u64 },
    #[error("{0} is an author, and authors cannot approve their own work: ask somebody else")]
    Author(Person),
}

/// Returns the change control of a release: the stricter one of the active release and of the draft that replaces it.
/// `None` if neither has any. So a draft cannot take it away unchecked.
pub fn applicable_control(active: Option<&Gate>, draft: &Gate) -> Option<ChangeControl> {
    let controls = active.into_iter().chain([draft]).filter_map(|gate| gate.change_control);
    controls.max_by_key(|control| control.least_cases)
}

/// Returns the people who may not make a draft active under change control: the authors of the active release and of the
/// draft. So a draft cannot name another author unnoticed.
pub fn change_authors(active: Option<&Gate>, draft: &Gate) -> Vec<Person> {
    active.into_iter().chain([draft]).filter_map(|gate| gate.author.clone()).collect()
}

/// Checks that a release may become active. Returns all objections, not only the first.
pub fn check_activation(
    control: &ChangeControl,
    digest: Digest,
    evidence: &[TestEvidence],
    authors: &[Person],
    approver: &Person,
) -> Result<(), Vec<ActivationError>> {
    let mut objections = Vec::new();
    // A test without cases proves nothing, whatever the record says.
    let required = control.least_cases.max(1);
    let tests_of_it = evidence.iter().filter(|evidence| evidence.tested == digest);
    // The latest test counts: an earlier pass does not excuse a later failure.
    match tests_of_it.max_by_key(|evidence| evidence.at_ms) {
        None => objections.push(ActivationError::NoEvidence(digest)),
        Some(TestEvidence { cases, failed, .. }) => {
            if *cases < u64::from(required) {
                objections.push(ActivationError::TooFewCases { cases: *cases, required });
            }
            if *failed > 0 {
                objections.push(ActivationError::Failed { failed: *failed, cases: *cases });
            }
        }
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
        let (control, approver) = (ChangeControl { least_cases: 3 }, approver.parse().unwrap());
        let checked = check_activation(&control, Digest::of("new"), evidence, &authors, &approver);
        checked.err().unwrap_or_default()
    }

    #[test]
    fn requires_a_passed_latest_test_of_the_digest() {
        assert_eq!(check(&[tested("new", 60, 0, 5)], "Kim Osei"), []);
        let of_another = check(&[tested("old", 60, 0, 5)], "Kim Osei");
        assert_eq!(of_another, [ActivationError::NoEvidence(Digest::of("new"))]);
        let later = [tested("new", 60, 0, 5), tested("new", 60, 2, 6)];
        assert_eq!(check(&later, "Kim Osei"), [ActivationError::Failed { failed: 2, cases: 60 }]);
        let too_few = |cases| [ActivationError::TooFewCases { cases, required: 3 }];
        assert_eq!(check(&[tested("new", 2, 0, 5)], "Kim Osei"), too_few(2));
        assert_eq!(check(&[tested("new", 0, 0, 5)], "Kim Osei"), too_few(0));
    }

    #[test]
    fn a_draft_does_not_take_the_control_away() {
        let controlled = |least_cases| {
            let mut gate = Gate::named("a".parse().unwrap());
            gate.change_control = Some(ChangeControl { least_cases });
            gate
        };
        let without = Gate::named("a".parse().unwrap());
        assert_eq!(applicable_control(None, &without), None);
        let ten = Some(ChangeControl { least_cases: 10 });
        assert_eq!(applicable_control(Some(&controlled(10)), &without), ten);
        assert_eq!(applicable_control(Some(&without), &controlled(10)), ten);
        assert_eq!(applicable_control(Some(&controlled(10)), &controlled(1)), ten);
    }

    #[test]
    fn a_draft_does_not_replace_the_author() {
        let written_by = |author: &str| {
            let mut gate = Gate::named("a".parse().unwrap());
            gate.author = author.parse().ok();
            gate
        };
        let (active, draft) = (written_by("Ada Writer"), written_by("Dana Hill"));
        let both: Vec<Person> =
            ["Ada Writer", "Dana Hill"].map(|name| name.parse().unwrap()).into();
        assert_eq!(change_authors(Some(&active), &draft), both);
        assert_eq!(change_authors(Some(&active), &written_by("")), both[..1]);
        assert_eq!(change_authors(None, &draft), both[1..]);
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
