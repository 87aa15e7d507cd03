//! How hard an output is to read: the usual formulas, and limits on them.
//!
//! They count words, sentences, syllables and letters. Whether a text makes sense, they
//! cannot tell.

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

/// The limits, and the words whose syllables are listed.
#[derive(Debug)]
pub struct Reading {
    config: Config,
    lexicon: Lexicon,
}

/// Builds the list of words that every judgement looks into.
pub fn configure(config: Config) -> Result<Reading, Refusal> {
    config.check()?;
    Ok(Reading { config, lexicon: Lexicon::new() })
}

/// Measures a text and holds it against the limits. A text without English words has no
/// grade, and a limit on one leaves it to a human.
pub fn judge(reading: &Reading, subject: &Subject) -> Result<Report, Refusal> {
    let counts = reading.counts(subject.text()?);
    let findings = rules::findings(&reading.config, &counts);
    let is_doubtful = findings.iter().any(|finding| finding.severity == Severity::Warning);
    let mut report = Report::of(findings);
    if is_doubtful && report.outcome == Outcome::Pass {
        report.outcome = Outcome::Unsure;
    }
    Ok(measured(report, &counts))
}

impl Reading {
    /// Counts a text without judging it.
    pub fn counts(&self, text: &str) -> Counts {
        scan::scan(text, &self.lexicon, self.config.max_sentence_words)
    }
}

/// What cannot be told is not measured either: a zero would say something.
fn measured(report: Report, counts: &Counts) -> Report {
    let report = report
        .measure("words", counts.words.into())
        .measure("sentences", counts.sentences.into())
        .measure("syllables", counts.syllables.into());
    if !counts.are_telling() {
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
