//! Compares the counts with the tests of textstat, the Python library whose formulas these
//! are. The rows are not part of the project: see `corpora/README.md` beside the checkout.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stderr)]

use std::{env, fs, path::PathBuf};

use readability::{Config, Counts, configure};
use serde_json::Value;

/// Tolerance for grades, in years of school.
const GRADES_APART_MAX: f64 = 1.0;
/// Tolerance for the Flesch score: a grade is about 10 of its 100 points.
const FLESCH_APART_MAX: f64 = 10.0;

fn rows() -> Option<Vec<Value>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let corpora = env::var_os("TOLLGATE_CORPORA").map_or_else(beside, PathBuf::from);
    let rows = fs::read_to_string(corpora.join("readability/textstat.jsonl")).ok()?;
    Some(rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect())
}

/// Returns the expected value, the contract's value and the tolerance, or `None` for rows
/// about other languages or functions without a counterpart.
fn compared(row: &Value, counts: &Counts) -> Option<(f64, f64, f64)> {
    let arguments = &row["args"];
    let is = |key: &str, value: bool| arguments.get(key).is_none_or(|given| *given == value);
    let expected = arguments["expected"].as_f64();
    let grade = |value: f64| Some((expected?, value, GRADES_APART_MAX));
    let count = |value: u32| Some((expected?, value.into(), 0.0));
    match row["test"].as_str()? {
        "test_count_words" if is("rm_punctuation", true) && is("split_contractions", false) => {
            let plain = is("split_hyphens", false);
            plain.then_some((arguments["n_words"].as_f64()?, counts.words.into(), 0.0))
        }
        "test_syllable_count" => {
            let margin = arguments["margin"].as_f64().unwrap_or_default();
            Some((arguments["n_syllables"].as_f64()?, counts.syllables.into(), margin))
        }
        "test_list_difficult_words" if arguments["syllable_threshold"] == 3 => {
            let listed = arguments["expected"].as_array()?.len() as f64;
            Some((listed, counts.complex_words.into(), 0.0))
        }
        "test_letter_count" | "test_count_letters" => count(counts.letters),
        "test_count_chars" if is("ignore_spaces", true) => count(counts.characters),
        "test_count_sentences" | "test_sentence_count" => count(counts.sentences),
        "test_flesch_reading_ease" => Some((expected?, counts.flesch(), FLESCH_APART_MAX)),
        "test_flesch_kincaid_grade" => grade(counts.flesch_kincaid_grade()),
        "test_smog_index" => grade(counts.smog()),
        "test_gunning_fog" => grade(counts.gunning_fog()),
        "test_coleman_liau_index" => grade(counts.coleman_liau()),
        "test_automated_readability_index" => grade(counts.automated_readability()),
        "test_words_per_sentence" => grade(counts.words_per_sentence()),
        _ => None,
    }
}

#[test]
fn agrees_with_textstat() {
    let Some(rows) = rows() else {
        eprintln!("skipped: no corpora");
        return;
    };
    let reading = configure(Config::default()).unwrap();
    let mut agreed = 0;
    for row in &rows {
        let Some(text) = row["args"]["text"].as_str() else { continue };
        if row["args"]["lang"].as_str().is_some_and(|language| !language.starts_with("en")) {
            continue;
        }
        if let Some((expected, got, apart)) = compared(row, &reading.counts(text)) {
            assert!((expected - got).abs() <= apart, "{got}, not {expected}: {row}");
            agreed += 1;
        }
    }
    eprintln!("{agreed} of {} rows compared, the rest is about other things", rows.len());
    assert!(agreed > 0, "the rows have changed their form");
}
