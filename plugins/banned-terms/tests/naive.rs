//! Compares the contract's findings with those of a naive search that tries every term at
//! every position.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]

use banned_terms::{Config, configure, judge};
use serde_json::json;
use tollgate_sdk::{Place, Subject};

#[path = "../../tests/random.rs"]
mod random;

use random::Random;

struct Lists {
    terms: Vec<String>,
    allow: Vec<String>,
    whole_words: bool,
}

/// Returns the spans that the contract reports, or `None` if it refuses the lists.
fn found(lists: &Lists, text: &str) -> Option<Vec<(usize, usize)>> {
    let Lists { terms, allow, whole_words } = lists;
    let config = json!({ "terms": terms, "allow": allow, "whole_words": whole_words });
    let config: Config = serde_json::from_value(config).unwrap();
    // Refused lists (duplicates, blank terms) have their own tests.
    let report = judge(&configure(config).ok()?, &Subject::of_text(text)).unwrap();
    let span = |place: &Place| match place {
        Place::Span(span) => (span.start as usize, span.end as usize),
        other => unreachable!("{other:?}"),
    };
    Some(report.findings.iter().map(|finding| span(&finding.place)).collect())
}

/// Returns whether exactly this part of the text is the term.
fn stands(text: &str, start: usize, end: usize, term: &str, whole_words: bool) -> bool {
    let part = &text[start..end];
    if plain(part) != plain(term) || part.starts_with(' ') || part.ends_with(' ') {
        return false;
    }
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (before, after) = (text[..start].chars().next_back(), text[end..].chars().next());
    let (first, last) = (part.chars().next(), part.chars().next_back());
    !whole_words || !(word(before) && word(first) || word(last) && word(after))
}

/// Replaces white space with one space and ignores case. The alphabets of these tests
/// contain nothing else that needs folding.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn naive(lists: &Lists, text: &str) -> Vec<(usize, usize)> {
    let ends: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
    let mut allowed = Vec::new();
    for &start in &ends {
        for &end in ends.iter().filter(|end| **end > start) {
            if lists.allow.iter().any(|phrase| stands(text, start, end, phrase, lists.whole_words))
            {
                allowed.push((start, end));
            }
        }
    }
    let fine = |start, end| allowed.iter().any(|&(from, to)| from <= start && end <= to);
    let (mut found, mut free_from) = (Vec::new(), 0);
    for &start in &ends {
        let longest = ends.iter().rev().copied().filter(|end| *end > start).find(|&end| {
            let stands = |term: &String| stands(text, start, end, term, lists.whole_words);
            start >= free_from && lists.terms.iter().any(stands) && !fine(start, end)
        });
        if let Some(end) = longest {
            found.push((start, end));
            free_from = end;
        }
    }
    found
}

fn compare(alphabet: &str, rounds: usize) {
    let mut random = Random::new(11);
    let (mut compared, mut matches) = (0, 0);
    for round in 0..rounds {
        let mut list = |entries, characters| -> Vec<String> {
            (0..entries).map(|_| random.text(alphabet, characters)).collect()
        };
        let (terms, allow) = (list(5, 4), list(round % 3, 6));
        let lists = Lists { terms, allow, whole_words: round % 2 == 0 };
        let text = random.text(alphabet, 16);
        let Some(found) = found(&lists, &text) else { continue };
        assert_eq!(
            found,
            naive(&lists, &text),
            "{:?} but {:?} in {text:?}",
            lists.terms,
            lists.allow
        );
        compared += 1;
        matches += found.len();
    }
    assert!(compared > rounds / 50 && matches > compared / 4, "{compared} {matches}");
}

#[test]
fn agrees_with_the_naive_search_in_ascii() {
    compare("abAB -$", 30_000);
}

#[test]
fn agrees_with_the_naive_search_in_other_scripts() {
    compare("aäÄжЖ€ 一", 30_000);
}
