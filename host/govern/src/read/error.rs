//! Kinds of errors in gate files, with the help that belongs to each.

use tollgate_model::{Digest, LevelScheme, Person, TextFile, TextFileError};

use super::FILE_BYTES_MAX;
use super::tree::{TreeError, format_path};
use crate::autonomy::REVIEWED_CYCLES_MIN;

/// Kind of a gate file error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum GateFileErrorKind {
    #[error("a gate file has at most {FILE_BYTES_MAX} bytes")]
    TooLarge,
    #[error("invalid TOML: {0}")]
    Syntax(String),
    /// Infinity, NaN, or an integer beyond 64 bits.
    #[error("`{0}` is not a finite number")]
    NotFinite(String),
    #[error("unknown key")]
    UnknownKey { known: String },
    #[error("unknown value `{word}`")]
    UnknownWord { word: String, known: String },
    #[error("expected {expected}, found {given}")]
    WrongType { expected: String, given: String },
    #[error("missing key `{0}`")]
    MissingKey(&'static str),
    /// Value that its type refuses, with the message of the type.
    #[error("{0}")]
    InvalidValue(String),
    /// Text of a template that was left in the place of an answer.
    #[error("still the placeholder `<{0}>`")]
    Placeholder(String),
    /// Key of a delegation in a gate that only judges.
    #[error("this key belongs to a delegation, and the purpose of this gate is `quality`")]
    NotOfQuality,
    #[error("the name differs from the file name `{0}.toml`")]
    NameMismatch(String),
    #[error("`{level}` is not a level of {scheme}")]
    LevelNotInScheme { level: u8, scheme: LevelScheme, lowest: u8, highest: u8 },
    #[error("the starting level {level} is above the highest level {highest}")]
    HighestBelowLevel { level: u8, highest: u8 },
    #[error("`{0}` reviewed outputs are too few for a promotion")]
    TooFewCycles(u32),
    #[error("{0} is the author of this gate record, and authors cannot approve their own work")]
    ReviewerIsAuthor(Person),
    #[error("{0} is listed in `may-not` too")]
    ReviewerExcluded(Person),
    #[error("`{0}` is listed twice")]
    Duplicate(String),
    /// Two bindings of a contract that nothing tells apart.
    #[error("`{id}` is the name of two contracts of this gate")]
    BindingTwice { id: String, alias: String },
    /// The key means nothing for a contract that judges whole outputs.
    #[error("`when-absent` is about the part that `at` names, and there is no `at`")]
    AbsentWithoutPart,
    #[error("`count = {required}` needs {required} reviewers, but only {named} named here")]
    TooFewReviewers { required: u8, named: usize },
    #[error("`{given}` is out of range")]
    OutOfBounds { given: u8, least: u8, most: u8 },
    #[error("{majority} of {repeat} is not a majority")]
    NoMajority { majority: u8, repeat: u8 },
    #[error("`config` and `config-file` are both set")]
    TwoConfigs,
    #[error("tables need a capability that is not granted")]
    TablesWithoutLookup,
    /// Only advice can fail open.
    #[error("an enforced contract cannot fail open, because a failure is never a pass")]
    FailOpenEnforced,
    /// `topics-judged-by` names no enforced contract of the gate.
    #[error("this gate has no enforced contract `{0}`")]
    UnknownTopicsContract(String),
    /// Threshold without a limit, or with limits that exclude every value.
    #[error(
        "a threshold needs `at-least` or `at-most`, and `at-least` must not be above `at-most`"
    )]
    InvalidLimits,
    #[error("`sample-share = 0` samples nothing")]
    EmptySample,
    #[error("ends on {end}, before its start on {start}")]
    EndBeforeStart { end: String, start: String },
    /// Region-restricted data class without regions.
    #[error("region-restricted data needs at least one region")]
    RegionsMissing,
    #[error("`{0}` is missing: every output would be held")]
    NoBrandVoice(String),
    #[error(
        "`{document}` has the digest {actual}, but the gate says {agreed}: every output would be held"
    )]
    OtherBrandVoice { document: String, actual: Digest, agreed: Digest },
    #[error("{0} is the author of this gate record and cannot sign it off")]
    SignOffByAuthor(Person),
}

impl GateFileErrorKind {
    /// Returns the change that would correct the file, or `None` if the message says it already.
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Self::Syntax(_)
            | Self::NotFinite(_)
            | Self::WrongType { .. }
            | Self::InvalidValue(_)
            | Self::InvalidLimits
            | Self::EndBeforeStart { .. } => return None,
            Self::UnknownKey { known } => return Some(format!("possible keys are {known}")),
            Self::UnknownWord { known, .. } => {
                return Some(format!("possible values are {known}"));
            }
            Self::LevelNotInScheme { lowest, highest, .. } => {
                return Some(format!("use {lowest} to {highest}"));
            }
            Self::OutOfBounds { least, most, .. } => return Some(format!("use {least} to {most}")),
            Self::TooFewCycles(_) => return Some(format!("use at least {REVIEWED_CYCLES_MIN}")),
            Self::NoMajority { repeat, .. } => {
                return Some(format!("use more than half of {repeat}, and at most {repeat}"));
            }
            Self::BindingTwice { alias, .. } => {
                return Some(format!("name one of them, such as `as = \"{alias}\"`"));
            }
            Self::AbsentWithoutPart => "add `at`, or remove the key",
            Self::TooLarge => "check that this is the right file",
            Self::MissingKey(_) => "add it",
            Self::Placeholder(_) => "write the answer in its place",
            Self::NameMismatch(_) => "rename one of them",
            Self::NotOfQuality => "remove the key, or write `purpose = \"delegation\"`",
            Self::HighestBelowLevel { .. } => "change one of them",
            Self::ReviewerIsAuthor(_) | Self::SignOffByAuthor(_) => "name somebody else",
            Self::ReviewerExcluded(_) => "remove the name from one of the lists",
            Self::Duplicate(_) => "remove one",
            Self::TooFewReviewers { .. } => "add reviewers or `roles`",
            Self::TwoConfigs => "keep one of them",
            Self::TablesWithoutLookup => "add `\"lookup\"` to `grants`",
            Self::FailOpenEnforced => "set `mode = \"advise\"` or remove `fail-open`",
            Self::UnknownTopicsContract(_) => "name one that it has",
            Self::EmptySample => "use a larger value or remove the key",
            Self::NoBrandVoice(_) => "add the document, or remove `[guardrails.brand-voice]`",
            Self::OtherBrandVoice { .. } => {
                "put the new digest into the gate file, or restore the document"
            }
            Self::RegionsMissing => "add `regions`",
        };
        Some(help.into())
    }
}

impl TreeError {
    /// Returns the error as it is shown: with its file, and its key in front of the message.
    pub fn into_file_error(self, file: &TextFile) -> TextFileError {
        let message = match self.path.as_slice() {
            [] => self.kind.to_string(),
            path => format!("`{}`: {}", format_path(path), self.kind),
        };
        file.error_at(self.span, message).with_help(self.kind.help())
    }
}
