//! The configured lists, ready to be looked up: what `configure` builds once, and every
//! judgement reads.

use tollgate_sdk::prelude::*;

use crate::{
    allowed::Allowed,
    config::{Config, Entry, MESSAGE_CHARACTERS_MAX},
    list,
    matcher::{Hit, Manner, Matcher},
};

/// The banned terms and the phrases in which they are fine.
#[derive(Debug)]
pub struct Lookup {
    banned: Matcher,
    allowed: Matcher,
    terms: Vec<Term>,
}

/// What is said of a banned term.
#[derive(Debug)]
pub(crate) struct Term {
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) fix: Option<String>,
}

impl Lookup {
    pub(crate) fn new(config: &Config) -> Result<Self, Refusal> {
        let Config { whole_words, case_sensitive, .. } = *config;
        let manner = Manner { whole_words, case_sensitive };
        let (terms, allow) = (Pointer::root().key("terms"), Pointer::root().key("allow"));
        if config.terms.is_empty() {
            return Err(Refusal::bad_config(&terms, "there is no term to look for"));
        }
        let words: Vec<&str> = config.terms.iter().map(Entry::words).collect();
        let phrases: Vec<&str> = config.allow.iter().map(String::as_str).collect();
        let entries = (0..).zip(&config.terms);
        Ok(Self {
            banned: list::matcher(&words, manner, &terms)?,
            allowed: list::matcher(&phrases, manner, &allow)?,
            terms: entries.map(|entry| term(config, entry)).collect::<Result<_, _>>()?,
        })
    }

    /// Hands over every banned term that stands in the text and in no allowed phrase,
    /// from the left, none within another.
    pub(crate) fn search(&self, text: &str, mut found: impl FnMut(Hit)) {
        let mut allowed = Allowed::new(&self.allowed, text);
        self.banned.visit(text, |start| {
            let hit = self.banned.longest(text, start, |hit| !allowed.hold(hit))?;
            found(hit);
            Some(hit.end)
        });
    }

    pub(crate) fn term(&self, number: usize) -> Option<&Term> {
        self.terms.get(number)
    }
}

fn term(config: &Config, (index, entry): (usize, &Entry)) -> Result<Term, Refusal> {
    let details = entry.details();
    let here = Pointer::root().key("terms").index(index);
    let severity = details.and_then(|details| details.severity).unwrap_or(config.severity).into();
    let message = match details.and_then(|details| details.message.as_ref()) {
        Some(message) if message.trim().is_empty() => {
            return Err(Refusal::bad_config(&here.key("message"), "it says nothing"));
        }
        Some(message) => short(message, here.clone().key("message"))?,
        None => format!("`{}` is a banned term", entry.words().trim()),
    };
    let fix = details.and_then(|details| details.fix.as_ref());
    let fix = fix.map(|fix| short(fix, here.key("fix"))).transpose()?;
    Ok(Term { severity, message, fix })
}

fn short(text: &str, here: Pointer) -> Result<String, Refusal> {
    match text.chars().count() > MESSAGE_CHARACTERS_MAX {
        false => Ok(text.into()),
        true => {
            let reason = format!("it has more than {MESSAGE_CHARACTERS_MAX} characters");
            Err(Refusal::bad_config(&here, reason))
        }
    }
}
