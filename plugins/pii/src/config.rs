//! The configuration, and its checks.

use schemars::JsonSchema;
use serde::Deserialize;
use tollgate_sdk::{Pointer, Refusal, Severity};

use crate::allow_list::AllowList;
use crate::kind::{Kind, KindSet};

/// Keeps the candidates that are more likely of their kind than not.
const DEFAULT_MIN_CONFIDENCE: f64 = 0.5;

/// A text with a hundred findings is wrong as a whole, so nobody would read more.
const DEFAULT_MAX_FINDINGS: usize = 100;

/// The kinds of personal data to find, and how they are reported.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Kinds to report. Defaults to all of them.
    pub kinds: Vec<Kind>,
    /// Severity of the findings.
    pub severity: SeverityLevel,
    /// Findings with a lower confidence are not reported. The default, 0.5, keeps values in
    /// the typical form of their kind. Lower values add bare numbers that could be
    /// anything; higher values keep only those confirmed by a check digit or a `+`.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub min_confidence: f64,
    /// Allowed values, such as the company's own support address, and allowed e-mail
    /// domains (`@example.com`, without its subdomains). The grouping of numbers makes no
    /// difference.
    pub allow: Vec<String>,
    /// Whether to ignore values that belong to nobody: addresses at `example.com` and under
    /// `.example`, North American numbers with 555, card numbers for tests, and IP addresses
    /// for documentation and private networks.
    pub ignore_reserved: bool,
    /// Maximum number of findings in the report. One more finding gives the number of
    /// omitted ones.
    #[schemars(range(min = 1))]
    pub max_findings: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            kinds: Kind::ALL.to_vec(),
            severity: SeverityLevel::default(),
            min_confidence: DEFAULT_MIN_CONFIDENCE,
            allow: Vec::new(),
            ignore_reserved: false,
            max_findings: DEFAULT_MAX_FINDINGS,
        }
    }
}

/// Severity of a finding. `error` and `critical` fail the output.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeverityLevel {
    Info,
    Warning,
    #[default]
    Error,
    Critical,
}

impl From<SeverityLevel> for Severity {
    fn from(level: SeverityLevel) -> Self {
        match level {
            SeverityLevel::Info => Self::Info,
            SeverityLevel::Warning => Self::Warning,
            SeverityLevel::Error => Self::Error,
            SeverityLevel::Critical => Self::Critical,
        }
    }
}

/// The checked configuration.
#[derive(Debug)]
pub struct CheckedConfig {
    pub(crate) kinds: KindSet,
    pub(crate) severity: Severity,
    pub(crate) min_confidence: f64,
    pub(crate) allow: AllowList,
    pub(crate) ignore_reserved: bool,
    pub(crate) max_findings: usize,
}

/// Checks the configuration. Refuses values that would make the contract pass everything by
/// mistake.
pub fn configure(config: Config) -> Result<CheckedConfig, Refusal> {
    let refuse =
        |key: &str, reason: &str| Err(Refusal::bad_config(&Pointer::root().key(key), reason));
    if config.kinds.is_empty() {
        return refuse("kinds", "name at least one kind, or remove the key to report all kinds");
    }
    if !(0.0..=1.0).contains(&config.min_confidence) {
        return refuse("min_confidence", "must be between 0 and 1");
    }
    if config.max_findings == 0 {
        return refuse("max_findings", "must be at least 1");
    }
    Ok(CheckedConfig {
        kinds: KindSet::from_kinds(&config.kinds),
        severity: config.severity.into(),
        min_confidence: config.min_confidence,
        allow: AllowList::read(&config.allow)?,
        ignore_reserved: config.ignore_reserved,
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
    fn reports_all_kinds_by_default() {
        let state = configure(Config::default()).unwrap();
        assert!(Kind::ALL.into_iter().all(|kind| state.kinds.contains(kind)));
        assert_eq!(state.severity, Severity::Error);
    }

    #[test]
    fn refuses_values_that_would_pass_everything() {
        assert_eq!(refused(Config { kinds: Vec::new(), ..Config::default() }), "/kinds");
        for min_confidence in [-0.1, 1.1, f64::NAN] {
            let config = Config { min_confidence, ..Config::default() };
            assert_eq!(refused(config), "/min_confidence");
        }
        assert_eq!(refused(Config { max_findings: 0, ..Config::default() }), "/max_findings");
    }
}
