//! Allowed phrases: a banned term that lies completely within one is not reported.

use std::cell::OnceCell;

use crate::matcher::{Hit, Matcher};

/// The allowed phrases of one text. They are searched for only when the first banned term
/// is found, because most texts contain none.
pub(crate) struct AllowedPhrases<'t> {
    phrases: &'t Matcher,
    text: &'t str,
    hits: OnceCell<Vec<Hit>>,
    /// Number of phrases that begin at or before the last term asked about, and the
    /// furthest end among them. Terms are asked about from left to right, so neither value
    /// ever decreases.
    passed: usize,
    covered_to: usize,
}

impl<'t> AllowedPhrases<'t> {
    pub(crate) fn new(phrases: &'t Matcher, text: &'t str) -> Self {
        Self { phrases, text, hits: OnceCell::new(), passed: 0, covered_to: 0 }
    }

    /// Returns whether the term lies completely within an allowed phrase.
    pub(crate) fn cover(&mut self, term: Hit) -> bool {
        let hits = self.hits.get_or_init(|| find_phrases(self.phrases, self.text));
        // Continues where the last call stopped, so all calls together take linear time.
        let newly_passed =
            hits.iter().skip(self.passed).take_while(|phrase| phrase.start <= term.start);
        for phrase in newly_passed {
            self.passed += 1;
            self.covered_to = self.covered_to.max(phrase.end);
        }
        term.end <= self.covered_to
    }
}

/// Returns all allowed phrases, including overlapping ones. Where several begin at the same
/// place, only the longest is returned, because it covers all that the others cover.
fn find_phrases(phrases: &Matcher, text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    if phrases.is_empty() {
        return hits;
    }
    phrases.visit_starts(text, |start| {
        hits.extend(phrases.longest_hit_at(text, start, |_| true));
        None
    });
    hits
}
