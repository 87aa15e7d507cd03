//! Finds banned words and phrases in an output in any spelling: upper or lower case,
//! composed or decomposed accents, curly or straight apostrophes, a line break in place of
//! a space.
//!
//! It only looks terms up. It does not know inflections, synonyms or intentions.

mod allowed_phrases;
mod banned_terms;
mod config;
mod findings;
mod fold;
mod folding_reader;
mod matcher;
mod prefix_filter;
mod strings;
mod term_list;
mod trie;

use tollgate_sdk::prelude::*;

pub use banned_terms::BannedTerms;
pub use config::{Config, SeverityLevel, TermDetails, TermEntry};

use findings::Findings;

contract!(Config, configure, judge);

/// Compiles the lists of the configuration.
pub fn configure(config: Config) -> Result<BannedTerms, Refusal> {
    BannedTerms::new(&config)
}

/// Judges a text, or every string value of a JSON document or of an action's arguments.
pub fn judge(terms: &BannedTerms, subject: &Subject) -> Result<Report, Refusal> {
    let mut findings = Findings::default();
    match &subject.content {
        Content::Text(text) => terms.search_text(text, |hit| {
            findings.add(terms.term_finding(hit.term), |finding| finding.at(hit.start..hit.end));
        }),
        _ => strings::visit_strings(subject.json()?, |string, path| {
            terms.search_text(string, |hit| {
                findings.add(terms.term_finding(hit.term), |finding| {
                    finding.at_pointer(&path.pointer())
                });
            });
        })?,
    }
    Ok(findings.into_report())
}
