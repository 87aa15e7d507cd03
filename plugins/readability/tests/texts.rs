//! Counts of texts, and findings about them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, dead_code)]

use std::time::Instant;

use readability::{Config, Counts, configure, judge};
use serde_json::{Value, json};
use tollgate_sdk::{BadConfig, Outcome, Place, Refusal, Report, Span, Subject};

#[path = "../../tests/random.rs"]
mod random;

fn counts(text: &str) -> Counts {
    configure(Config::default()).unwrap().counts(text)
}

fn report(config: Value, text: &str) -> Report {
    let config = serde_json::from_value(config).unwrap();
    judge(&configure(config).unwrap(), &Subject::of_text(text)).unwrap()
}

/// Checks the numbers of words, sentences and syllables.
fn check(text: &str, expected: [u32; 3]) {
    let counts = counts(text);
    assert_eq!([counts.words, counts.sentences, counts.syllables], expected, "{text:?}");
}

#[test]
fn counts_words() {
    check("", [0, 0, 0]);
    check(" \n- ... !", [0, 0, 0]);
    check("a", [1, 1, 1]);
    check("well-known and/or up-to-date", [3, 1, 7]);
    check("He came—late.", [3, 1, 3]);
    check("Don't, don’t, Max's O'Neil", [4, 1, 6]);
    check("It costs $1,000 or 3 €", [5, 1, 5]);
    check("a\u{a0}b\u{2003}c\u{3000}d", [4, 1, 4]);
}

#[test]
fn counts_every_full_stop_for_the_formulas() {
    check("One two three. Four five six! Seven eight nine?", [9, 3, 10]);
    check("It costs 3.50 now for you. Go on.", [8, 2, 8]);
    check("Are you there?I am not.", [5, 2, 6]);
    check("\"It is so late.\" \"It is so early.\"", [8, 2, 9]);
    check("no end in sight", [4, 1, 4]);
}

#[test]
fn ends_the_longest_sentence_only_at_its_mark() {
    let check =
        |text: &str, words| assert_eq!(counts(text).longest_sentence_words, words, "{text:?}");
    check("It costs 3.50 now.", 4);
    check("See shop.example for e.g. shoes, or i.e. more. That is all.", 8);
    check("Open from 9 a.m. Come in at any time.", 5);
    check("One... two three?! Four five six seven", 4);
    check("Are you there?I am not here now.", 5);
}

#[test]
fn counts_non_ascii_letters() {
    check("Rosé rose\u{301} rose naïve résumé", [5, 1, 10]);
    check("ＦＵＬＬ", [1, 1, 1]);
    assert_eq!(counts("Größe 42").letters, 7);
    assert!(counts("plain English and Größe").have_grades());
    let danish = "Tak for din ordre. Vi sender den med det samme, og du kan følge den her. ";
    assert!(counts(danish).have_grades(), "it is too short to tell");
    assert!(!counts(&danish.repeat(4)).have_grades());
    let english = "Thank you for your order. We send it today, and you can track it here. ";
    assert!(counts(&english.repeat(4)).have_grades());
    assert!(!counts("Это простой русский текст.").have_grades());
    assert!(!counts("123 456. 789!").foreign_letters > 0);
}

#[test]
fn reports_the_longest_sentence() {
    let text = "Ä: is short. \"This one has é six words\"; see? This has six of them too.";
    let report = report(json!({ "max_sentence_words": 5 }), text);
    let finding = &report.findings[0];
    let Place::Span(Span { start, end }) = finding.place else { unreachable!() };
    assert_eq!(&text[start as usize..end as usize], "This one has é six words\"; see?");
    let message =
        "the longest sentence has 7 words, and the maximum is 5; 1 other sentence is too long";
    assert_eq!((finding.rule.as_str(), finding.message.as_str()), ("max_sentence_words", message));
}

#[test]
fn treats_limits_as_inclusive() {
    let text = "One two three. Four five six seven eight.";
    let average = |max: f64| report(json!({ "max_words_per_sentence": max }), text);
    assert_eq!(average(4.0).outcome, Outcome::Pass);
    let message = "the average number of words in a sentence is 4, and the maximum is 3.9";
    assert_eq!(average(3.9).findings[0].message, message);
    let words = |min, max| report(json!({ "min_words": min, "max_words": max }), text).outcome;
    assert_eq!(words(8, 8), Outcome::Pass);
    assert_eq!((words(9, 9), words(7, 7)), (Outcome::Fail, Outcome::Fail));
}

#[test]
fn is_unsure_about_texts_without_english_words() {
    for text in ["", "...", "Это простой русский текст."] {
        let unsure = report(json!({ "max_smog": 8, "min_flesch": 50 }), text);
        assert_eq!((unsure.outcome, unsure.findings.len()), (Outcome::Unsure, 2), "{text}");
        assert!(unsure.measures.iter().all(|measure| measure.name != "flesch"));
        assert_eq!(report(json!({ "max_words": 9 }), text).outcome, Outcome::Pass);
        assert_eq!(report(json!({ "max_smog": 8, "min_words": 9 }), text).outcome, Outcome::Fail);
    }
}

#[test]
fn refuses_impossible_limits_at_their_place() {
    let check = |config: Value, pointer: &str, reason: &str| {
        let refusal = configure(serde_json::from_value(config).unwrap()).unwrap_err();
        let (pointer, reason) = (pointer.into(), reason.into());
        assert_eq!(refusal, Refusal::BadConfig(BadConfig { pointer, reason }));
    };
    let words = json!({ "min_words": 5, "max_words": 4 });
    check(
        words,
        "/min_words",
        "`min_words` is 5 and `max_words` is 4, so no text can satisfy both",
    );
    check(json!({ "max_smog": -1 }), "/max_smog", "must not be negative");
    let flesch = "no text can reach 122: the highest possible score is 121.22";
    check(json!({ "min_flesch": 122 }), "/min_flesch", flesch);
}

#[test]
fn refuses_other_languages() {
    let error = serde_json::from_value::<Config>(json!({ "language": "de" })).unwrap_err();
    assert!(error.to_string().starts_with("unknown variant `de`, expected `en`"), "{error}");
}

#[test]
fn returns_finite_numbers_and_valid_spans_for_random_texts() {
    let mut random = random::Random::new(5);
    for _ in 0..100_000 {
        let text = random.text("aeY'’.!? \n—é\u{301}ЖB7👩-", 20);
        let counts = counts_of(&text);
        assert!(text.get(counts.longest_sentence_span.clone()).is_some(), "{text:?}");
        assert!(counts.syllables >= counts.words && counts.letters <= counts.characters);
        assert!(
            counts.words == 0 || counts.sentences > 0 && counts.longest_sentence_words > 0,
            "{text:?}"
        );
        assert!(counts.pieces >= u32::from(counts.words > 0), "{text:?}");
        assert!(counts.smog().is_finite() && counts.coleman_liau().is_finite());
    }
}

fn counts_of(text: &str) -> Counts {
    thread_local! {
        static READING: readability::ReadabilityLimits = configure(Config::default()).unwrap();
    }
    READING.with(|reading| reading.counts(text))
}

#[test]
fn judges_megabytes_in_linear_time() {
    for part in ["Plain words, as ever. ", "a", ".", "e\u{301}", "a'", "Ж ", "—", "\u{a0}", "1"]
    {
        let text = part.repeat(4_000_000 / part.len());
        let begun = Instant::now();
        report(json!({ "max_sentence_words": 30 }), &text);
        // Generous for a debug build on a busy machine; a quadratic count takes hours.
        assert!(begun.elapsed().as_secs() < 20, "{part:?}");
    }
}
