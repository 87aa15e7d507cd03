//! Texts that are made to be slow or to break a rule: the contract always answers, in time
//! proportional to the text.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use pii::{Config, configure, judge};
use tollgate_sdk::{Place, Report, Subject};

/// Long enough that a quadratic rule shows, short enough for a build without optimisation.
const TEXT_BYTES: usize = 64 << 10;
/// A text of four times the length takes four times as long, and sixteen times with a quadratic rule.
const GROWTH_MAX: u32 = 10;
/// What cannot be told from the noise of a busy machine.
const NOISE: Duration = Duration::from_millis(20);
/// A busy machine may disturb one measurement, and a quadratic rule fails in all of them.
const ATTEMPTS: usize = 5;

/// Each of these, repeated, makes some rule read as far as it can.
const PIECES: [&str; 57] = [
    "1",
    "1 ",
    "1-",
    "12 345 67 ",
    "4111 1111 1111 1111 ",
    "4111111111111111 ",
    "41111111111111111111 ",
    "+1 ",
    "+",
    "(1) ",
    "0044 ",
    "030/12 ",
    "@",
    "a@",
    "a@b",
    "a@b.cd ",
    "a.",
    "@a.",
    "\"@",
    "\"a\"@",
    ":",
    "::",
    "a:",
    "::1 ",
    "1:",
    "GB82 ",
    "GB82 WEST 1234 ",
    "1.",
    "ü@ü.",
    "phone phone ",
    "\u{200b}1",
    "１",
    "1１",
    "\u{ff1a}",
    "&#49;",
    "&#",
    "<b",
    "<b ",
    "<b>1",
    "<!--",
    "<!-- <b>",
    "<a='\" x=\"",
    "</x> ",
    "&#0",
    "%40a",
    "1**",
    "a@b.**",
    ".*a",
    "*",
    "\\@",
    "\u{1}1",
    "4111\n",
    "4111        ",
    "DE89        ",
    "_1_",
    "415-555-0134x1 ",
    "415-555-0134 mobile (",
];

fn judged(text: String) -> Report {
    let config = Config { min_confidence: 0.0, max_findings: usize::MAX, ..Config::default() };
    judge(&configure(config).unwrap(), &Subject::of_text(text)).unwrap()
}

#[test]
fn takes_time_proportional_to_the_text() {
    for piece in PIECES {
        let measure = || (judging_time(piece, TEXT_BYTES / 4), judging_time(piece, TEXT_BYTES));
        let mut attempts = (0..ATTEMPTS).map(|_| measure());
        let is_linear = attempts.any(|(short, long)| long <= GROWTH_MAX * short + NOISE);
        assert!(is_linear, "`{piece}` takes {:?} and {:?}", measure().0, measure().1);
    }
}

fn judging_time(piece: &str, bytes: usize) -> Duration {
    let text = piece.repeat(bytes / piece.len());
    let start = Instant::now();
    judged(text);
    start.elapsed()
}

#[test]
fn reads_a_huge_text_to_the_end() {
    let prose = "No two gardens are alike, and 30 days say little of a year: write to us. ";
    let text = format!("{}dana@example.com", prose.repeat((8 << 20) / prose.len()));
    let [finding] = &judged(text.clone()).findings[..] else { panic!("more than one") };
    let Place::Span(span) = &finding.place else { panic!("{finding:?}") };
    assert_eq!(&text[span.start as usize..span.end as usize], "dana@example.com");
}

#[test]
fn returns_spans_on_characters_without_overlaps() {
    // Fixed seed, so that a failure can be reproduced.
    let mut seed = 1_u32;
    let mut next = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) as usize
    };
    let more = ["é", "日", "\u{202f}", "\u{2011}", " ", "x", "9", ")", "\0", "🦀"];
    let pieces: Vec<_> = PIECES.iter().chain(&more).collect();
    for _ in 0..20_000 {
        let text: String = (0..next() % 12).map(|_| *pieces[next() % pieces.len()]).collect();
        let mut done = 0;
        for finding in judged(text.clone()).findings {
            let Place::Span(span) = finding.place else { panic!("{finding:?}") };
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(text.get(start..end).is_some_and(|part| !part.is_empty()), "{text:?}");
            assert!(start >= done, "{text:?}");
            done = end;
        }
    }
}
