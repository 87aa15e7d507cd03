//! Phrases in which a banned term is fine.

use std::cell::OnceCell;

use crate::matcher::{Hit, Matcher};

/// The allowed phrases of one text. They are looked for when the first banned term is
/// found, which in most texts is never.
pub(crate) struct AllowedPhrases<'t> {
    phrases: &'t Matcher,
    text: &'t str,
    hits: OnceCell<Vec<Hit>>,
    /// How many of the phrases begin no later than the last term asked about, and where
    /// the furthest of them ends. Terms come from the left, so neither ever goes back.
    passed: usize,
    covered_to: usize,
}

impl<'t> AllowedPhrases<'t> {
    pub(crate) fn new(phrases: &'t Matcher, text: &'t str) -> Self {
        Self { phrases, text, hits: OnceCell::new(), passed: 0, covered_to: 0 }
    }

    /// Whether the term lies within an allowed phrase.
    pub(crate) fn cover(&mut self, term: Hit) -> bool {
        let found = self.hits.get_or_init(|| find_phrases(self.phrases, self.text));
        let begun = found.iter().skip(self.passed).take_while(|phrase| phrase.start <= term.start);
        for phrase in begun {
            self.passed += 1;
            self.covered_to = self.covered_to.max(phrase.end);
        }
        term.end <= self.covered_to
    }
}

/// Every allowed phrase, overlapping ones too. Of those that begin at one place, the
/// longest holds whatever the others hold.
fn find_phrases(phrases: &Matcher, text: &str) -> Vec<Hit> {
    let mut found = Vec::new();
    if phrases.is_empty() {
        return found;
    }
    phrases.visit_starts(text, |start| {
        found.extend(phrases.longest_hit_at(text, start, |_| true));
        None
    });
    found
}
