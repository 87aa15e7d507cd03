//! Overlaps. One stretch of text is one thing: a card number that could also be read
//! as a telephone number is reported as a card, because the rule is surer of that.

use std::collections::BTreeMap;

use crate::candidate::Candidate;

/// Keeps the best of the candidates that overlap, in the order of the text.
pub(crate) fn settle(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_unstable_by_key(|candidate| (candidate.span.start, candidate.span.end));
    let overlap = candidates.array_windows().any(|[a, b]| a.span.end > b.span.start);
    if overlap { best(candidates) } else { candidates }
}

/// From the surest down, each keeps its place unless a surer one is there already.
fn best(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.rank(a));
    let mut kept: BTreeMap<usize, Candidate> = BTreeMap::new();
    for candidate in candidates {
        // Those kept do not overlap, so the last to start before this one's end is
        // the only one that can reach into it.
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
        let kept = settle(candidates.to_vec());
        kept.into_iter().map(|candidate| (candidate.span.start, candidate.span.end)).collect()
    }

    #[test]
    fn the_surer_one_wins_and_then_the_longer_one() {
        assert_eq!(kept(&[candidate(0, 9, 0.5), candidate(3, 7, 0.9)]), [(3, 7)]);
        assert_eq!(kept(&[candidate(3, 7, 0.5), candidate(0, 9, 0.5)]), [(0, 9)]);
        assert_eq!(kept(&[candidate(0, 5, 0.5), candidate(4, 8, 0.6)]), [(4, 8)]);
    }

    #[test]
    fn a_loser_makes_room_for_what_it_did_not_touch() {
        let chain = [candidate(0, 4, 0.6), candidate(3, 8, 0.7), candidate(7, 9, 0.9)];
        assert_eq!(kept(&chain), [(0, 4), (7, 9)]);
    }

    #[test]
    fn neighbours_are_no_overlap_and_the_order_is_that_of_the_text() {
        assert_eq!(kept(&[candidate(4, 8, 0.9), candidate(0, 4, 0.1)]), [(0, 4), (4, 8)]);
        assert_eq!(kept(&[]), []);
    }
}
