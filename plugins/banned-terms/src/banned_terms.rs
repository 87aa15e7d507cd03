//! The configured lists in compiled form: `configure` builds them once, and every judgement
//! reads them.

use tollgate_sdk::prelude::*;

use crate::{
    allowed_phrases::AllowedPhrases,
    config::{Config, MESSAGE_CHARACTERS_MAX, TermEntry},
    matcher::{Hit, MatchOptions, Matcher},
    term_list,
};

/// The compiled list of banned terms and the compiled list of allowed phrases.
#[derive(Debug)]
pub struct BannedTerms {
    banned: Matcher,
    allowed: Matcher,
    term_findings: Vec<TermFinding>,
}

/// The content of a finding about one banned term.
#[derive(Debug)]
pub(crate) struct TermFinding {
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) fix: Option<String>,
}

impl BannedTerms {
    pub(crate) fn new(config: &Config) -> Result<Self, Refusal> {
        let Config { whole_words, case_sensitive, .. } = *config;
        let options = MatchOptions { whole_words, case_sensitive };
        let (terms, allow) = (Pointer::root().key("terms"), Pointer::root().key("allow"));
        if config.terms.is_empty() {
            return Err(Refusal::bad_config(&terms, "the list is empty: add at least one term"));
        }
        let words: Vec<&str> = config.terms.iter().map(TermEntry::words).collect();
        let phrases: Vec<&str> = config.allow.iter().map(String::as_str).collect();
        let entries = (0..).zip(&config.terms);
        Ok(Self {
            banned: term_list::compile_list(&words, options, &terms)?,
            allowed: term_list::compile_list(&phrases, options, &allow)?,
            term_findings: entries
                .map(|entry| build_term_finding(config, entry))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Calls `found` for every banned term that lies in no allowed phrase, from left to
    /// right and without overlaps.
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
    let pointer = Pointer::root().key("terms").index(index);
    let severity = details.and_then(|details| details.severity).unwrap_or(config.severity).into();
    let message = match details.and_then(|details| details.message.as_ref()) {
        Some(message) if message.trim().is_empty() => {
            return Err(Refusal::bad_config(
                &pointer.key("message"),
                "the message is empty: write one or remove the key",
            ));
        }
        Some(message) => check_length(message, pointer.clone().key("message"))?,
        None => format!("`{}` is a banned term", entry.words().trim()),
    };
    let fix = details.and_then(|details| details.fix.as_ref());
    let fix = fix.map(|fix| check_length(fix, pointer.key("fix"))).transpose()?;
    Ok(TermFinding { severity, message, fix })
}

fn check_length(text: &str, pointer: Pointer) -> Result<String, Refusal> {
    match text.chars().count() > MESSAGE_CHARACTERS_MAX {
        false => Ok(text.into()),
        true => {
            let reason = format!("the text has more than {MESSAGE_CHARACTERS_MAX} characters");
            Err(Refusal::bad_config(&pointer, reason))
        }
    }
}
