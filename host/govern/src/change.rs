//! Change control: a release takes over once its very digest was tested on recorded cases, and
//! somebody who did not write it has agreed.

use tollgate_model::{Digest, Person};

/// A test of something on recorded cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What was tested: the digest of a release, a prompt or a contract.
    pub of: Digest,
    /// On how many cases.
    pub cases: u64,
    /// How many of them came out otherwise than they should.
    pub failed: u64,
    /// When.
    pub at_ms: u64,
}

/// Why something does not take over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// Nobody has tested it.
    #[error("there is no test of {0} on recorded cases: what was tested before has another digest")]
    NoEvidence(Digest),
    /// The last test was one of nothing.
    #[error("the last test had no case in it: record some")]
    NoCases,
    /// The last test failed.
    #[error("{failed} of {cases} recorded cases came out otherwise than they should")]
    Failed {
        /// How many failed.
        failed: u64,
        /// Of how many.
        cases: u64,
    },
    /// Who agrees has written it.
    #[error("{0} wrote it, and authors do not approve their own work: somebody else has to")]
    Author(Person),
}

/// Whether something may take over; everything that stands against it.
pub fn may_take_over(
    what: Digest,
    evidence: &[Evidence],
    authors: &[Person],
    approver: &Person,
) -> Result<(), Vec<NotYet>> {
    let mut against = Vec::new();
    let of_it = evidence.iter().filter(|evidence| evidence.of == what);
    match of_it.max_by_key(|evidence| evidence.at_ms) {
        None => against.push(NotYet::NoEvidence(what)),
        Some(Evidence { cases: 0, .. }) => against.push(NotYet::NoCases),
        Some(Evidence { cases, failed, .. }) if *failed > 0 => {
            against.push(NotYet::Failed { failed: *failed, cases: *cases });
        }
        Some(_) => {}
    }
    if authors.contains(approver) {
        against.push(NotYet::Author(approver.clone()));
    }
    if against.is_empty() { Ok(()) } else { Err(against) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(of: &str, cases: u64, failed: u64, at_ms: u64) -> Evidence {
        Evidence { of: Digest::of(of), cases, failed, at_ms }
    }

    fn check(evidence: &[Evidence], approver: &str) -> Vec<NotYet> {
        let authors = ["Ada Writer".parse().unwrap()];
        let approver = approver.parse().unwrap();
        may_take_over(Digest::of("new"), evidence, &authors, &approver).err().unwrap_or_default()
    }

    #[test]
    fn the_very_digest_was_tested_and_its_last_test_counts() {
        assert_eq!(check(&[tested("new", 60, 0, 5)], "Kim Osei"), []);
        let of_another = check(&[tested("old", 60, 0, 5)], "Kim Osei");
        assert_eq!(of_another, [NotYet::NoEvidence(Digest::of("new"))]);
        let later = [tested("new", 60, 0, 5), tested("new", 60, 2, 6)];
        assert_eq!(check(&later, "Kim Osei"), [NotYet::Failed { failed: 2, cases: 60 }]);
        assert_eq!(check(&[tested("new", 0, 0, 5)], "Kim Osei"), [NotYet::NoCases]);
    }

    #[test]
    fn who_wrote_it_does_not_approve_it() {
        let author = "ADA writer".parse().unwrap();
        assert_eq!(check(&[tested("new", 60, 0, 5)], "ada  Writer"), [NotYet::Author(author)]);
    }
}
