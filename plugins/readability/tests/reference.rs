//! Compares the counts of our own letters with those of textstat 0.7.13.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::{fs, path::Path};

use readability::{Config, Counts, configure};
use serde_json::Value;

struct Reference {
    case: &'static str,
    /// Words, sentences, letters and characters.
    exact: [u32; 4],
    syllables: f64,
    flesch: f64,
    /// Flesch–Kincaid, SMOG, Gunning fog, Coleman–Liau, automated readability.
    grades: [f64; 5],
}

const REFERENCES: [Reference; 3] = [
    Reference {
        case: "easy-letter",
        exact: [220, 19, 890, 927],
        syllables: 276.0,
        flesch: 88.95,
        grades: [3.73, 6.34, 5.18, 5.11, 4.21],
    },
    Reference {
        case: "product-news",
        exact: [239, 21, 991, 1035],
        syllables: 300.0,
        flesch: 89.09,
        grades: [3.66, 6.18, 5.39, 5.65, 4.4],
    },
    Reference {
        case: "hard-letter",
        exact: [181, 15, 1002, 1046],
        syllables: 333.0,
        flesch: 38.94,
        grades: [10.83, 11.86, 12.34, 13.86, 11.82],
    },
];

fn text(case: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("cases/{case}.json"));
    let case: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    case["subject"]["text"].as_str().unwrap().into()
}

fn grades(counts: &Counts) -> [f64; 5] {
    [
        counts.flesch_kincaid_grade(),
        counts.smog(),
        counts.gunning_fog(),
        counts.coleman_liau(),
        counts.automated_readability(),
    ]
}

#[test]
fn agrees_with_textstat_within_half_a_grade() {
    let reading = configure(Config::default()).unwrap();
    for reference in REFERENCES {
        let counts = reading.counts(&text(reference.case));
        let exact = [counts.words, counts.sentences, counts.letters, counts.characters];
        assert_eq!(exact, reference.exact, "{}", reference.case);
        let syllables = f64::from(counts.syllables);
        assert!((syllables / reference.syllables - 1.0).abs() < 0.03, "{syllables} syllables");
        assert!((counts.flesch() - reference.flesch).abs() < 5.0, "{} Flesch", counts.flesch());
        let pairs = grades(&counts).into_iter().zip(reference.grades);
        for (got, expected) in pairs {
            assert!((got - expected).abs() < 0.5, "{}: {got}, not {expected}", reference.case);
        }
    }
}
