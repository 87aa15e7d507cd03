//! Errors of gate files, with their place and their remedy.

use std::fmt;

use tollgate_model::{LevelScheme, Person};

/// Error in a gate file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFileError {
    /// File as the caller names it.
    pub file: String,
    /// Line, counted from 1; `None` if the error is about the whole file.
    pub line: Option<usize>,
    /// Key, such as `contracts[0].mode`; empty if the error is not about one key.
    pub key: String,
    pub kind: GateFileErrorKind,
}

/// All errors of one file, in its order; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFileErrors(pub Vec<GateFileError>);

/// Kind of a gate file error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateFileErrorKind {
    #[error("a gate file has at most {bytes_max} bytes: check that this is the right file")]
    TooLarge { bytes_max: usize },
    #[error("invalid TOML: {0}")]
    Syntax(String),
    /// Infinity, NaN, or an integer beyond 64 bits.
    #[error("`{0}` is not a finite number")]
    NotFinite(String),
    #[error("unknown key: possible keys are {known}")]
    UnknownKey { known: String },
    #[error("unknown value `{word}`: possible values are {known}")]
    UnknownWord { word: String, known: String },
    #[error("expected {expected}, found {given}")]
    WrongType { expected: String, given: String },
    #[error("missing key `{0}`: add it")]
    MissingKey(&'static str),
    /// Value that its type refuses, with the message of the type.
    #[error("{0}")]
    InvalidValue(String),
    #[error("the name differs from the file name `{0}.toml`: rename one of them")]
    NameMismatch(String),
    #[error("`{level}` is not a level of {scheme}: use {lowest} to {highest}")]
    LevelNotInScheme { level: u8, scheme: LevelScheme, lowest: u8, highest: u8 },
    #[error("the starting level {level} is above the highest level {highest}: change one of them")]
    HighestBelowLevel { level: u8, highest: u8 },
    #[error("`{0}` reviewed outputs are too few for a promotion: use at least 30")]
    TooFewCycles(u32),
    #[error(
        "{0} is the author of this gate record, and authors cannot approve their own work: name \
         somebody else"
    )]
    ReviewerIsAuthor(Person),
    #[error("{0} is listed in `may-not` too: remove the name from one of the lists")]
    ReviewerExcluded(Person),
    #[error("`{0}` is listed twice: remove one")]
    Duplicate(String),
    #[error(
        "`count = {required}` needs {required} reviewers, but only {named} named here: add \
         reviewers or `roles`"
    )]
    TooFewReviewers { required: u8, named: usize },
    #[error("`{given}` is out of range: use {least} to {most}")]
    OutOfBounds { given: u8, least: u8, most: u8 },
    #[error(
        "{majority} of {repeat} is not a majority: use more than half of {repeat}, and at most \
         {repeat}"
    )]
    NoMajority { majority: u8, repeat: u8 },
    #[error("`config` and `config-file` are both set: keep one of them")]
    TwoConfigs,
    #[error("tables need a capability that is not granted: add `\"lookup\"` to `grants`")]
    TablesWithoutLookup,
    /// Only advice can fail open.
    #[error(
        "an enforced contract cannot fail open, because a failure is never a pass: set \
         `mode = \"advise\"` or remove `fail-open`"
    )]
    FailOpenEnforced,
    /// `topics-judged-by` names no enforced contract of the gate.
    #[error("this gate has no enforced contract `{0}`: name one that it has")]
    UnknownTopicsContract(String),
    /// Threshold without a limit, or with limits that exclude every value.
    #[error(
        "a threshold needs `at-least` or `at-most`, and `at-least` must not be above `at-most`"
    )]
    InvalidLimits,
    #[error("`sample-share = 0` samples nothing: use a larger value or remove the key")]
    EmptySample,
    #[error("ends on {end}, before its start on {start}")]
    EndBeforeStart { end: String, start: String },
    /// Region-restricted data class without regions.
    #[error("region-restricted data needs at least one region: add `regions`")]
    RegionsMissing,
    #[error("{0} is the author of this gate record and cannot sign it off: name somebody else")]
    SignOffByAuthor(Person),
}

impl GateFileError {
    pub(super) fn for_whole_file(file: &str, kind: GateFileErrorKind) -> Self {
        Self { file: file.into(), line: None, key: String::new(), kind }
    }
}

impl fmt::Display for GateFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": `{}`", self.key)?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for GateFileError {}

impl fmt::Display for GateFileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for GateFileErrors {}
