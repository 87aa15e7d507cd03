//! What a gate can set, and what is made of it before any text comes.

use schemars::JsonSchema;
use serde::Deserialize;
use tollgate_sdk::{Pointer, Refusal, Severity};

use crate::allow::Allow;
use crate::kind::{Kind, Kinds};

/// Everything that is rather one of the kinds than something else.
const MIN_CONFIDENCE: f64 = 0.5;

/// More would only be skimmed: after a hundred a text is known to be full of them.
const MAX_FINDINGS: usize = 100;

/// What to look for, and what to make of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The kinds to report. All of them, where none is named.
    pub kinds: Vec<Kind>,
    /// How bad a finding is.
    pub severity: Level,
    /// Findings that the contract is less sure of than this are not reported. 0.5 keeps
    /// what has the form of its kind; lower values bring in bare numbers that could be
    /// anything, higher ones leave only what a check digit or a `+` confirms.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_confidence: f64,
    /// Values that are fine, such as the own support address, and domains of e-mail
    /// addresses that are (`@example.com`, without its subdomains). Numbers match
    /// however they are grouped.
    pub allow: Vec<String>,
    /// At most so many findings are listed. A last one says how many more there are.
    #[schemars(range(min = 1))]
    pub max_findings: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            kinds: Kind::ALL.to_vec(),
            severity: Level::default(),
            min_confidence: MIN_CONFIDENCE,
            allow: Vec::new(),
            max_findings: MAX_FINDINGS,
        }
    }
}

/// How bad a finding is. `error` and `critical` fail the output.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Info,
    Warning,
    #[default]
    Error,
    Critical,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Self {
        match level {
            Level::Info => Self::Info,
            Level::Warning => Self::Warning,
            Level::Error => Self::Error,
            Level::Critical => Self::Critical,
        }
    }
}

/// A configuration that has been checked.
#[derive(Debug)]
pub struct State {
    pub(crate) kinds: Kinds,
    pub(crate) severity: Severity,
    pub(crate) min_confidence: f64,
    pub(crate) allow: Allow,
    pub(crate) max_findings: usize,
}

/// Refuses what would make the contract pass everything by mistake.
pub fn configure(config: Config) -> Result<State, Refusal> {
    let refuse =
        |key: &str, reason: &str| Err(Refusal::bad_config(&Pointer::root().key(key), reason));
    if config.kinds.is_empty() {
        return refuse(
            "kinds",
            "name at least one kind, or leave `kinds` out to look for all of them",
        );
    }
    if !(0.0..=1.0).contains(&config.min_confidence) {
        return refuse("min_confidence", "a confidence lies between 0 and 1");
    }
    if config.max_findings == 0 {
        return refuse("max_findings", "at least one finding has to fit");
    }
    Ok(State {
        kinds: Kinds::of(&config.kinds),
        severity: config.severity.into(),
        min_confidence: config.min_confidence,
        allow: Allow::read(&config.allow)?,
        max_findings: config.max_findings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(config: Config) -> String {
        match configure(config) {
            Err(Refusal::BadConfig(bad)) => bad.pointer,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_empty_configuration_asks_for_everything() {
        let state = configure(Config::default()).unwrap();
        assert!(Kind::ALL.into_iter().all(|kind| state.kinds.has(kind)));
        assert_eq!(state.severity, Severity::Error);
    }

    #[test]
    fn what_would_pass_everything_is_refused() {
        assert_eq!(refused(Config { kinds: Vec::new(), ..Config::default() }), "/kinds");
        for min_confidence in [-0.1, 1.1, f64::NAN] {
            let config = Config { min_confidence, ..Config::default() };
            assert_eq!(refused(config), "/min_confidence");
        }
        assert_eq!(refused(Config { max_findings: 0, ..Config::default() }), "/max_findings");
    }
}
