//! Phrases in which a banned term is fine.

use std::cell::OnceCell;

use crate::matcher::{Hit, Matcher};

/// The allowed phrases of one text. They are looked for when the first banned term is
/// found, which in most texts is never.
pub(crate) struct Allowed<'t> {
    phrases: &'t Matcher,
    text: &'t str,
    found: OnceCell<Vec<Hit>>,
    /// How many of the phrases begin no later than the last term asked about, and where
    /// the furthest of them ends. Terms come from the left, so neither ever goes back.
    begun: usize,
    furthest: usize,
}

impl<'t> Allowed<'t> {
    pub(crate) fn new(phrases: &'t Matcher, text: &'t str) -> Self {
        Self { phrases, text, found: OnceCell::new(), begun: 0, furthest: 0 }
    }

    /// Whether the term lies within an allowed phrase.
    pub(crate) fn hold(&mut self, term: Hit) -> bool {
        let found = self.found.get_or_init(|| find(self.phrases, self.text));
        let begun = found.iter().skip(self.begun).take_while(|phrase| phrase.start <= term.start);
        for phrase in begun {
            self.begun += 1;
            self.furthest = self.furthest.max(phrase.end);
        }
        term.end <= self.furthest
    }
}

/// Every allowed phrase, overlapping ones too. Of those that begin at one place, the
/// longest holds whatever the others hold.
fn find(phrases: &Matcher, text: &str) -> Vec<Hit> {
    let mut found = Vec::new();
    if phrases.is_empty() {
        return found;
    }
    phrases.visit(text, |start| {
        found.extend(phrases.longest(text, start, |_| true));
        None
    });
    found
}
