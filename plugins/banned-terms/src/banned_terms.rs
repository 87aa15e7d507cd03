//! The configured lists, ready to be looked up: what `configure` builds once, and every
//! judgement reads.

use tollgate_sdk::prelude::*;

use crate::{
    allowed::AllowedPhrases,
    config::{Config, MESSAGE_CHARACTERS_MAX, TermEntry},
    matcher::{Hit, MatchOptions, Matcher},
    term_list,
};

/// The banned terms and the phrases in which they are fine.
#[derive(Debug)]
pub struct BannedTerms {
    banned: Matcher,
    allowed: Matcher,
    term_findings: Vec<TermFinding>,
}

/// What is said of a banned term.
#[derive(Debug)]
pub(crate) struct TermFinding {
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) fix: Option<String>,
}

impl BannedTerms {
    pub(crate) fn new(config: &Config) -> Result<Self, Refusal> {
        let Config { whole_words, case_sensitive, .. } = *config;
        let manner = MatchOptions { whole_words, case_sensitive };
        let (terms, allow) = (Pointer::root().key("terms"), Pointer::root().key("allow"));
        if config.terms.is_empty() {
            return Err(Refusal::bad_config(&terms, "there is no term to look for"));
        }
        let words: Vec<&str> = config.terms.iter().map(TermEntry::words).collect();
        let phrases: Vec<&str> = config.allow.iter().map(String::as_str).collect();
        let entries = (0..).zip(&config.terms);
        Ok(Self {
            banned: term_list::compile_list(&words, manner, &terms)?,
            allowed: term_list::compile_list(&phrases, manner, &allow)?,
            term_findings: entries
                .map(|entry| build_term_finding(config, entry))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Hands over every banned term that stands in the text and in no allowed phrase,
    /// from the left, none within another.
    pub(crate) fn search_text(&self, text: &str, mut found: impl FnMut(Hit)) {
        let mut allowed = AllowedPhrases::new(&self.allowed, text);
        self.banned.visit_starts(text, |start| {
            let hit = self.banned.longest_hit_at(text, start, |hit| !allowed.cover(hit))?;
            found(hit);
            Some(hit.end)
        });
    }

    pub(crate) fn term_finding(&self, number: usize) -> Option<&TermFinding> {
        self.term_findings.get(number)
    }
}

fn build_term_finding(
    config: &Config,
    (index, entry): (usize, &TermEntry),
) -> Result<TermFinding, Refusal> {
    let details = entry.details();
    let here = Pointer::root().key("terms").index(index);
    let severity = details.and_then(|details| details.severity).unwrap_or(config.severity).into();
    let message = match details.and_then(|details| details.message.as_ref()) {
        Some(message) if message.trim().is_empty() => {
            return Err(Refusal::bad_config(&here.key("message"), "it says nothing"));
        }
        Some(message) => check_length(message, here.clone().key("message"))?,
        None => format!("`{}` is a banned term", entry.words().trim()),
    };
    let fix = details.and_then(|details| details.fix.as_ref());
    let fix = fix.map(|fix| check_length(fix, here.key("fix"))).transpose()?;
    Ok(TermFinding { severity, message, fix })
}

fn check_length(text: &str, here: Pointer) -> Result<String, Refusal> {
    match text.chars().count() > MESSAGE_CHARACTERS_MAX {
        false => Ok(text.into()),
        true => {
            let reason = format!("it has more than {MESSAGE_CHARACTERS_MAX} characters");
            Err(Refusal::bad_config(&here, reason))
        }
    }
}
