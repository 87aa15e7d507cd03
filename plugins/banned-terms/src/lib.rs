//! Words and phrases that must not stand in an output, however they are spelled:
//! upper or lower case, composed or decomposed accents, curly or straight apostrophes,
//! a line break where the list has a space.
//!
//! It looks terms up. It knows no inflections, no synonyms and no intentions.

mod allowed;
mod beginnings;
mod config;
mod findings;
mod fold;
mod list;
mod lookup;
mod matcher;
mod reader;
mod strings;
mod trie;

use tollgate_sdk::prelude::*;

pub use config::{Config, Details, Entry, Level};
pub use lookup::Lookup;

use findings::Findings;

contract!(Config, configure, judge);

/// Reads the lists into the trees that every judgement walks.
pub fn configure(config: Config) -> Result<Lookup, Refusal> {
    Lookup::new(&config)
}

/// Judges a text, or every string value of a JSON document or of an action's arguments.
pub fn judge(lookup: &Lookup, subject: &Subject) -> Result<Report, Refusal> {
    let mut findings = Findings::default();
    match &subject.content {
        Content::Text(text) => lookup.search(text, |hit| {
            findings.add(lookup.term(hit.term), |finding| finding.at(hit.start..hit.end));
        }),
        _ => strings::each(subject.json()?, |string, place| {
            lookup.search(string, |hit| {
                findings.add(lookup.term(hit.term), |finding| finding.at_pointer(&place.pointer()));
            });
        })?,
    }
    Ok(findings.report())
}
