//! Words and phrases that must not stand in an output, however they are spelled:
//! upper or lower case, composed or decomposed accents, curly or straight apostrophes,
//! a line break where the list has a space.
//!
//! It looks terms up. It knows no inflections, no synonyms and no intentions.

mod allowed;
mod banned_terms;
mod config;
mod findings;
mod fold;
mod matcher;
mod prefix_filter;
mod reader;
mod strings;
mod term_list;
mod trie;

use tollgate_sdk::prelude::*;

pub use banned_terms::BannedTerms;
pub use config::{Config, SeverityLevel, TermDetails, TermEntry};

use findings::Findings;

contract!(Config, configure, judge);

/// Reads the lists into the trees that every judgement walks.
pub fn configure(config: Config) -> Result<BannedTerms, Refusal> {
    BannedTerms::new(&config)
}

/// Judges a text, or every string value of a JSON document or of an action's arguments.
pub fn judge(lookup: &BannedTerms, subject: &Subject) -> Result<Report, Refusal> {
    let mut findings = Findings::default();
    match &subject.content {
        Content::Text(text) => lookup.search_text(text, |hit| {
            findings.add(lookup.term_finding(hit.term), |finding| finding.at(hit.start..hit.end));
        }),
        _ => strings::visit_strings(subject.json()?, |string, place| {
            lookup.search_text(string, |hit| {
                findings.add(lookup.term_finding(hit.term), |finding| {
                    finding.at_pointer(&place.pointer())
                });
            });
        })?,
    }
    Ok(findings.into_report())
}
