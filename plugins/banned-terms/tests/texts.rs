//! Findings in texts, and their spans.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Instant;

use banned_terms::{Config, configure, judge};
use serde_json::{Value, json};
use tollgate_sdk::{Outcome, Place, Report, Severity, Subject};

fn report(config: Value, text: &str) -> Report {
    let config: Config = serde_json::from_value(config).unwrap();
    judge(&configure(config).unwrap(), &Subject::of_text(text)).unwrap()
}

/// Checks the spans: `|` marks the beginning and the end of each.
fn check(config: Value, marked: &str) {
    let text = marked.replace('|', "");
    let mut got = text.clone();
    for finding in report(config.clone(), &text).findings.iter().rev() {
        let Place::Span(span) = finding.place else { unreachable!("{finding:?}") };
        got.insert(span.end as usize, '|');
        got.insert(span.start as usize, '|');
    }
    assert_eq!(got, marked, "{config}");
}

fn terms(terms: &[&str]) -> Value {
    json!({ "terms": terms })
}

fn parts(terms: &[&str]) -> Value {
    json!({ "terms": terms, "whole_words": false })
}

#[test]
fn finds_only_whole_words() {
    check(terms(&["cure"]), "a |cure|, |Cure|! (|CURE|) secure cured cure2 |cure|-all");
    check(parts(&["cure"]), "a |cure| se|cure||cure|d");
    check(terms(&["frei"]), "|frei| freiß überfrei");
    check(terms(&["$$$", "100%"]), "US|$$$| and |100%| |$$$|$ 2100%");
    check(terms(&["guaranteed"]), "|guaranteed|¹ _|guaranteed|_ guaranteed1");
}

#[test]
fn prefers_the_longest_term_that_may_end() {
    check(terms(&["act", "act now", "act now please"]), "|act| nowhere, |act now| pleased");
    check(terms(&["now act", "act now"]), "|now act| now");
    check(parts(&["ab", "abab", "ba"]), "|abab||ab|b|ba|");
}

#[test]
fn ignores_case_in_every_script() {
    check(terms(&["ärger"]), "|Ärger| |ÄRGER| |A\u{308}RGER| arger");
    check(terms(&["Straße"]), "|STRASSE| |strasse| |Straße| |STRAẞE| stras");
    check(terms(&["indirim"]), "|İNDİRİM| |İndirim| |INDIRIM| |i\u{307}ndirim| |ındırım|");
    check(terms(&["οδός"]), "|ΟΔΌΣ| |οδόσ| οδος");
    check(terms(&["срочно"]), "|СРОЧНО|! |Срочно|: бессрочно");
    check(json!({ "terms": ["US"], "case_sensitive": true }), "|US| us Us ＵＳＡ |ＵＳ|");
    check(json!({ "terms": ["Ärger"], "case_sensitive": true }), "|A\u{308}rger| ärger");
}

#[test]
fn matches_composed_and_decomposed_accents() {
    check(terms(&["café"]), "|cafe\u{301}| |café| cafe CAFE\u{302}");
    check(terms(&["cafe\u{301}"]), "|café| cafe");
    check(parts(&["cafe"]), "|cafe| café cafe\u{301}s");
    check(terms(&["ệ"]), "|e\u{323}\u{302}| |e\u{302}\u{323}| |ê\u{323}| e ê");
    check(parts(&["가"]), "|가| 각 |\u{1100}\u{1161}| \u{1100}\u{1161}\u{11a8}");
}

#[test]
fn matches_typographic_and_invisible_characters() {
    check(
        terms(&["risk-free"]),
        "|risk\u{2010}free| |risk\u{2011}free| |risk-\u{ad}free| risk—free",
    );
    check(terms(&["don't"]), "|don’t| |don't|");
    check(terms(&["free"]), "|fr\u{ad}ee| |f\u{200b}r\u{200d}ee| xx\u{ad}free |ｆｒｅｅ|");
    // Fillers of Hangul are blank, and are no letters of a word.
    let fillers = "|fr\u{3164}ee| |f\u{115f}re\u{ffa0}e| |free|\u{3164}, \u{1160}|free|";
    check(terms(&["free"]), fillers);
    check(terms(&["free"]), "|fr\0ee| |f\u{1b}re\u{9f}e| \u{7f}|free|");
    check(terms(&["finance"]), "|ﬁnance|");
    check(terms(&["❤"]), "|❤|\u{fe0f} |❤|");
}

#[test]
fn matches_white_space_without_blank_lines() {
    check(
        terms(&["act now"]),
        "|act now| |act  now| |act\nnow| |act\r\n\tnow| |act\u{a0}now| actnow",
    );
    check(terms(&["act\tnow "]), "|act now|");
    check(terms(&["act now"]), "we act\n\nNow available; act\r\n \r\nnow");
}

#[test]
fn ignores_terms_within_allowed_phrases() {
    let free = json!({ "terms": ["free"], "allow": ["free of charge", "sugar free"] });
    check(free, "Free of Charge, |free| of chargers, sugar free, |free| sugar");
    let overlapping = json!({ "terms": ["free trial", "free"], "allow": ["sugar free"] });
    check(overlapping, "sugar |free trial|, sugar free");
    let longer = json!({ "terms": ["free", "free of charge now"], "allow": ["free of charge"] });
    check(longer, "free of charge, |free of charge now|");
    let chained = json!({ "terms": ["b"], "allow": ["a b", "b c", "a b c d"] });
    check(chained, "a b c d |b| d, b c, a b");
}

#[test]
fn limits_findings_but_keeps_their_worst_severity() {
    let worst = json!({ "term": "last", "severity": "critical" });
    let config = json!({ "terms": ["b", worst], "severity": "info" });
    let report = report(config, &("b ".repeat(3_000) + "last"));
    assert_eq!(report.outcome, Outcome::Fail);
    assert_eq!(report.findings.len(), 1_001);
    let last = report.findings.last().unwrap();
    assert_eq!((last.severity, &last.place), (Severity::Critical, &Place::Whole));
    assert_eq!(last.message, "2001 more banned terms are not listed");
    assert_eq!(report.measures[0].value, 3_001.0);
}

#[test]
fn judges_megabytes_in_linear_time() {
    let config = json!({ "terms": ["act now", "aaab", "größe"], "allow": ["act now or"] });
    for part in [
        "act now or ",
        "aaaa",
        "act     \n",
        "Größe\u{301} ",
        "\u{a0}",
        "\u{b}",
        "\u{ad}",
        "e\u{301}\u{301}",
    ] {
        let begun = Instant::now();
        report(config.clone(), &part.repeat(4_000_000 / part.len()));
        // Generous for a debug build on a busy machine; a quadratic search takes hours.
        assert!(begun.elapsed().as_secs() < 20, "{part:?}");
    }
}
