//! The floor of the comparison: the same rules as plain functions over aho-corasick, regex and
//! jsonschema, in this process, without a sandbox and without a report.

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;
use serde_json::Value;

use crate::workload::Workload;

/// Compiled rules.
pub struct Floor {
    terms: AhoCorasick,
    patterns: Vec<(bool, Regex)>,
    limits: [f64; 4],
    schema: jsonschema::Validator,
}

impl Floor {
    pub fn new(workload: &Workload) -> anyhow::Result<Self> {
        let terms = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&workload.terms)?;
        let patterns = workload.patterns.as_object().into_iter().flatten();
        let ascii = |pattern: &Value| {
            let text = pattern.as_str().unwrap_or_default();
            Regex::new(&text.replace(r"\b", r"(?-u:\b)"))
        };
        let patterns = patterns.map(|(name, pattern)| Ok((name == "card", ascii(pattern)?)));
        let limit = |name: &str| workload.limits[name].as_f64().unwrap_or_default();
        Ok(Self {
            terms,
            patterns: patterns.collect::<Result<_, regex::Error>>()?,
            limits: [
                limit("min_words"),
                limit("max_words"),
                limit("max_avg_sentence_words"),
                limit("min_flesch"),
            ],
            schema: jsonschema::options().build(&workload.schema)?,
        })
    }

    /// Returns the number of findings.
    pub fn check(&self, text: &str, document: &str) -> usize {
        self.banned(text) + self.pii(text) + self.readability(text) + self.schema(document)
    }

    pub fn banned(&self, text: &str) -> usize {
        let bytes = text.as_bytes();
        let is_word = |at: usize| {
            bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        let is_inside_word = |at: usize| at > 0 && is_word(at - 1) && is_word(at);
        let is_whole = |start, end| !is_inside_word(start) && !is_inside_word(end);
        self.terms.find_iter(text).filter(|found| is_whole(found.start(), found.end())).count()
    }

    pub fn pii(&self, text: &str) -> usize {
        let counts = self.patterns.iter().map(|(card, pattern)| {
            pattern.find_iter(text).filter(|found| !card || passes_luhn(found.as_str())).count()
        });
        counts.sum()
    }

    pub fn readability(&self, text: &str) -> usize {
        let (words, syllables, sentences) = count_text(text.as_bytes());
        let flesch = 206.835 - 1.015 * words / sentences - 84.6 * syllables / f64::max(words, 1.0);
        let [min_words, max_words, max_sentence, min_flesch] = self.limits;
        usize::from(words < min_words || words > max_words)
            + usize::from(words / sentences > max_sentence)
            + usize::from(flesch < min_flesch)
    }

    pub fn schema(&self, document: &str) -> usize {
        match serde_json::from_str(document) {
            Ok(document) => self.schema.iter_errors(&document).count(),
            Err(_) => 1,
        }
    }
}

/// Counts words (letters and apostrophes), syllables (groups of vowels) and sentences in one
/// pass over the bytes.
fn count_text(text: &[u8]) -> (f64, f64, f64) {
    let (mut words, mut syllables, mut sentences) = (0_u32, 0_u32, 0_u32);
    let (mut groups, mut in_word, mut in_vowels, mut ended) = (0, false, false, false);
    for &byte in text.iter().chain(b" ") {
        let letter = byte.is_ascii_alphabetic() || byte == b'\'';
        let vowel = matches!(byte | 0x20, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        if letter {
            groups += u32::from(vowel && !in_vowels);
        } else if in_word {
            words += 1;
            syllables += groups.max(1);
            groups = 0;
        }
        sentences += u32::from(ended && byte.is_ascii_whitespace());
        ended = matches!(byte, b'.' | b'!' | b'?');
        (in_word, in_vowels) = (letter, letter && vowel);
    }
    (f64::from(words), f64::from(syllables), f64::from(sentences.max(1)))
}

fn passes_luhn(text: &str) -> bool {
    let digits = text.bytes().rev().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => digit,
            (_, doubled) if doubled > 9 => doubled - 9,
            (_, doubled) => doubled,
        })
        .sum();
    sum.is_multiple_of(10)
}
