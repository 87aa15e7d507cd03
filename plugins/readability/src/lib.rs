//! Measures how hard an output is to read with the usual formulas, and enforces limits on
//! them.
//!
//! It counts words, sentences, syllables and letters. It cannot tell whether a text makes
//! sense.

mod config;
mod counts;
mod letters;
mod rules;
mod scan;
mod syllables;
mod word;

use tollgate_sdk::prelude::*;

pub use config::{Config, Language};
pub use counts::Counts;

use syllables::Lexicon;

contract!(Config, configure, judge);

/// The limits, and the words with listed syllables.
#[derive(Debug)]
pub struct ReadabilityLimits {
    config: Config,
    lexicon: Lexicon,
}

/// Checks the limits and builds the list of words.
pub fn configure(config: Config) -> Result<ReadabilityLimits, Refusal> {
    config.check()?;
    Ok(ReadabilityLimits { config, lexicon: Lexicon::new() })
}

/// Measures a text and checks the limits. A text without English words has no grade; if a
/// limit on a grade is set, the outcome is `unsure`.
pub fn judge(limits: &ReadabilityLimits, subject: &Subject) -> Result<Report, Refusal> {
    let counts = limits.counts(subject.text()?);
    let findings = rules::check_limits(&limits.config, &counts);
    let is_doubtful = findings.iter().any(|finding| finding.severity == Severity::Warning);
    let mut report = Report::of(findings);
    // A limit that could not be checked must not pass, but a violated one still fails.
    if is_doubtful && report.outcome == Outcome::Pass {
        report.outcome = Outcome::Unsure;
    }
    Ok(add_measures(report, &counts))
}

impl ReadabilityLimits {
    /// Counts a text without judging it.
    pub fn counts(&self, text: &str) -> Counts {
        scan::scan_text(text, &self.lexicon, self.config.max_sentence_words)
    }
}

/// Adds the measures. Grades that do not apply are left out, because a zero would be
/// misleading.
fn add_measures(report: Report, counts: &Counts) -> Report {
    let report = report
        .measure("words", counts.words.into())
        .measure("sentences", counts.sentences.into())
        .measure("syllables", counts.syllables.into());
    if !counts.have_grades() {
        return report;
    }
    report
        .measure("words_per_sentence", counts.words_per_sentence())
        .measure("flesch", counts.flesch())
        .measure("flesch_kincaid_grade", counts.flesch_kincaid_grade())
        .measure("smog", counts.smog())
        .measure("gunning_fog", counts.gunning_fog())
        .measure("coleman_liau", counts.coleman_liau())
        .measure("automated_readability", counts.automated_readability())
}
