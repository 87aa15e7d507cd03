//! Kinds of failure that a case can expect.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tollgate_engine::{LoadError, PrepareError};
use tollgate_model::{Failure, Refusal};

/// Kind of failure of a case. Refusals are told apart, because a case about the one passes for the wrong reason
/// where the other comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The configuration does not fit its schema, or the contract refuses it.
    BadConfig,
    /// The contract does not judge subjects of this kind.
    NotApplicable,
    /// The contract refuses for another reason, such as an exception that it does not catch.
    Broken,
    /// Either `not-applicable` or `broken`. Only an expectation is as general as this.
    Refused,
    /// The contract used up its fuel.
    OutOfFuel,
    /// The contract ran longer than its deadline.
    Deadline,
    /// The contract asked for more memory than its limit.
    Memory,
    /// The contract stopped with a panic, an exception or an invalid instruction.
    Trap,
    /// The contract does not cover the prompt version of the subject.
    PromptNotCovered,
    /// The report exceeds its size limit.
    ResultTooLarge,
    /// The subject exceeds its size limit.
    SubjectTooLarge,
    /// The report contradicts itself, its subject or `contract.toml`.
    InvalidResult,
    /// A replay asked the host something else than the judgement did.
    ReplayDiverged,
    /// The host failed.
    Host,
    /// The contract imports a capability that the case denies.
    NotGranted,
    /// The component cannot be loaded for another reason.
    NotLoaded,
}

impl FailureKind {
    /// Returns whether a failure of the kind `actual` is what an expectation of this kind asks for.
    pub fn covers(self, actual: Self) -> bool {
        match self {
            Self::Refused => matches!(actual, Self::NotApplicable | Self::Broken),
            kind => kind == actual,
        }
    }

    /// Returns whether a failure of this kind shows a defect of the contract or of its surroundings, rather than an answer that
    /// it gives on purpose.
    pub fn is_defect(self) -> bool {
        match self {
            Self::BadConfig
            | Self::NotApplicable
            | Self::PromptNotCovered
            | Self::SubjectTooLarge
            | Self::NotGranted => false,
            Self::Broken
            | Self::Refused
            | Self::OutOfFuel
            | Self::Deadline
            | Self::Memory
            | Self::Trap
            | Self::ResultTooLarge
            | Self::InvalidResult
            | Self::ReplayDiverged
            | Self::Host
            | Self::NotLoaded => true,
        }
    }
}

impl From<&Failure> for FailureKind {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::OutOfFuel { .. } => Self::OutOfFuel,
            Failure::Deadline { .. } => Self::Deadline,
            Failure::Memory { .. } => Self::Memory,
            Failure::Trap { .. } => Self::Trap,
            Failure::Refused { refusal } => refusal.into(),
            Failure::PromptNotCovered { .. } => Self::PromptNotCovered,
            Failure::ResultTooLarge { .. } => Self::ResultTooLarge,
            Failure::SubjectTooLarge { .. } => Self::SubjectTooLarge,
            Failure::InvalidResult { .. } => Self::InvalidResult,
            Failure::ReplayDiverged { .. } => Self::ReplayDiverged,
            Failure::Host { .. } => Self::Host,
        }
    }
}

impl From<&Refusal> for FailureKind {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::BadConfig { .. } => Self::BadConfig,
            Refusal::NotApplicable { .. } => Self::NotApplicable,
            Refusal::Broken { .. } => Self::Broken,
        }
    }
}

impl From<&LoadError> for FailureKind {
    fn from(error: &LoadError) -> Self {
        match error {
            LoadError::InvalidConfig(_) => Self::BadConfig,
            LoadError::Prepare(PrepareError::Refused(refusal)) => refusal.into(),
            LoadError::Prepare(PrepareError::Failed(failure)) => failure.into(),
            LoadError::NotGranted { .. } => Self::NotGranted,
            _ => Self::NotLoaded,
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_an_unfit_configuration_from_a_subject_of_another_kind() {
        let reason = || "why".to_owned();
        let bad_config = Refusal::BadConfig { pointer: String::new(), reason: reason() };
        let not_applicable = Refusal::NotApplicable { reason: reason() };
        let [unfit, other] = [bad_config, not_applicable]
            .map(|refusal| FailureKind::from(&Failure::Refused { refusal }));
        assert_eq!((unfit, other), (FailureKind::BadConfig, FailureKind::NotApplicable));
        assert!(FailureKind::Refused.covers(other) && !FailureKind::Refused.covers(unfit));
        assert!(FailureKind::BadConfig.covers(unfit) && !FailureKind::BadConfig.covers(other));
        let misfit = LoadError::InvalidConfig(Vec::new());
        assert_eq!(FailureKind::from(&misfit), FailureKind::BadConfig);
    }

    #[test]
    fn tells_defects_from_answers() {
        for defect in [FailureKind::Trap, FailureKind::Broken, FailureKind::InvalidResult] {
            assert!(defect.is_defect(), "{defect}");
        }
        for answer in [FailureKind::NotApplicable, FailureKind::PromptNotCovered] {
            assert!(!answer.is_defect(), "{answer}");
        }
    }

    #[test]
    fn is_written_as_in_a_case() {
        assert_eq!(FailureKind::PromptNotCovered.to_string(), "prompt-not-covered");
        let read: Result<FailureKind, _> = serde_json::from_str("\"refuced\"");
        assert!(read.unwrap_err().to_string().contains("expected one of `bad-config`"));
    }
}
