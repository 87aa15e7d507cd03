//! Resolves overlaps between candidates. A text that could be a card number or a telephone
//! number is reported only once, as the more certain kind.
//!
//! A kind that nobody asked for is not reported, so it prevails only if it is certain: then the
//! text is no telephone number, but the middle of an IBAN. Otherwise it would hide what was
//! asked for.

use std::collections::BTreeMap;

use crate::candidate::Candidate;
use crate::kind::KindSet;

/// Keeps the most certain of overlapping candidates, in text order.
pub(crate) fn resolve_overlaps(mut candidates: Vec<Candidate>, asked: KindSet) -> Vec<Candidate> {
    candidates.sort_unstable_by_key(|candidate| (candidate.span.start, candidate.span.end));
    let overlap = candidates.array_windows().any(|[a, b]| a.span.end > b.span.start);
    if overlap { keep_most_certain(candidates, asked) } else { candidates }
}

/// Goes from the most to the least certain candidate and keeps each that overlaps none of
/// those kept before.
fn keep_most_certain(mut candidates: Vec<Candidate>, asked: KindSet) -> Vec<Candidate> {
    let prevails = |candidate: &Candidate| asked.contains(candidate.kind) || candidate.is_certain();
    candidates.sort_by(|a, b| prevails(b).cmp(&prevails(a)).then_with(|| b.compare_certainty(a)));
    let mut kept: BTreeMap<usize, Candidate> = BTreeMap::new();
    for candidate in candidates {
        // The kept candidates do not overlap, so only the last one that starts before this
        // one's end can overlap it.
        let neighbour = kept.range(..candidate.span.end).next_back();
        if neighbour.is_none_or(|(_, other)| other.span.end <= candidate.span.start) {
            kept.insert(candidate.span.start, candidate);
        }
    }
    kept.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kind;

    fn candidate(start: usize, end: usize, confidence: f64) -> Candidate {
        Candidate::new(Kind::Phone, start..end, confidence)
    }

    fn kept(candidates: &[Candidate]) -> Vec<(usize, usize)> {
        let kept = resolve_overlaps(candidates.to_vec(), KindSet::from_kinds(&Kind::ALL));
        kept.into_iter().map(|candidate| (candidate.span.start, candidate.span.end)).collect()
    }

    #[test]
    fn prefers_the_more_certain_then_the_longer_candidate() {
        assert_eq!(kept(&[candidate(0, 9, 0.5), candidate(3, 7, 0.9)]), [(3, 7)]);
        assert_eq!(kept(&[candidate(3, 7, 0.5), candidate(0, 9, 0.5)]), [(0, 9)]);
        assert_eq!(kept(&[candidate(0, 5, 0.5), candidate(4, 8, 0.6)]), [(4, 8)]);
    }

    #[test]
    fn prefers_kinds_that_were_asked_for_unless_another_is_certain() {
        let kept = |confidence| {
            let ssn = Candidate::new(Kind::Ssn, 0..11, 0.5);
            let both = vec![candidate(0, 11, confidence), ssn];
            resolve_overlaps(both, KindSet::from_kinds(&[Kind::Ssn])).remove(0).kind
        };
        assert_eq!(kept(0.55), Kind::Ssn);
        assert_eq!(kept(0.9), Kind::Phone);
    }

    #[test]
    fn keeps_candidates_that_overlap_only_dropped_ones() {
        let chain = [candidate(0, 4, 0.6), candidate(3, 8, 0.7), candidate(7, 9, 0.9)];
        assert_eq!(kept(&chain), [(0, 4), (7, 9)]);
    }

    #[test]
    fn keeps_adjacent_candidates_in_text_order() {
        assert_eq!(kept(&[candidate(4, 8, 0.9), candidate(0, 4, 0.1)]), [(0, 4), (4, 8)]);
        assert_eq!(kept(&[]), []);
    }
}
